// One sensible request for each route: with what it needs made beforehand, so that only rights can refuse it.
import { randomUUID } from 'node:crypto';
import { deleteWebhook, makeWebhook } from '../../workbench/kernel/notifications/webhooks.ts';
import { makeApiToken } from '../../workbench/kernel/people/api-tokens.ts';
import { SoftAuthenticator } from '../../workbench/kernel/people/authenticator.fixture.ts';
import { storePassword } from '../../workbench/kernel/people/directory.ts';
import { invite } from '../../workbench/kernel/people/invitations.ts';
import { askForPasskey, beginPasskey } from '../../workbench/kernel/people/passkeys.ts';
import { askPasswordReset } from '../../workbench/kernel/people/password-reset.ts';
import { type Principal, SYSTEM } from '../../workbench/kernel/people/roles.ts';
import { beginEnrolment, confirmEnrolment } from '../../workbench/kernel/people/second-factor.ts';
import { listSessions, openSession } from '../../workbench/kernel/people/sessions.ts';
import { codeAt, timeStep } from '../../workbench/kernel/people/totp.ts';
import { addLink, moveBySystem } from '../../workbench/kernel/records/operations.ts';
import { findRecord } from '../../workbench/kernel/records/read.ts';
import type { WardRecord } from '../../workbench/kernel/records/record.ts';
import { createFeed } from '../../workbench/knowledge/feeds/store.ts';
import { addAlias } from '../../workbench/knowledge/store/identity-aliases.ts';
import { importSbom } from '../../workbench/rooms/components/index.ts';
import { declarePlatform } from '../../workbench/rooms/components/platforms.ts';
import { acceptDifference } from '../../workbench/rooms/threats/accept-difference.ts';
import { answerModel } from '../../workbench/rooms/threats/answer-model.ts';
import { evaluateModel, readModel } from '../../workbench/rooms/threats/index.ts';
import { assessFinding } from '../../workbench/rooms/vulnerabilities/decide-finding.ts';
import { importVex } from '../../workbench/rooms/vulnerabilities/vex/import-vex.ts';
import { openVexSample } from '../../workbench/rooms/vulnerabilities/vex/samples.ts';
import { type Actor, type House, PASSWORD } from '../setup/actors.ts';
import { FLEET_REQUESTS } from './fleet-requests.ts';

export interface Prepared {
  /** With parameters filled in; by default the route as it stands. */
  readonly path?: string;
  readonly body?: unknown;
  readonly bytes?: string;
  /** Cookies besides those of the session. */
  readonly cookie?: string;
  readonly after?: () => Promise<unknown>;
}

export type Prepare = (house: House, actor: Actor) => Promise<Prepared> | Prepared;

export const VULNERABILITY = 'GHSA-test-1111-2222';
export const PLACE = 'npm:left-hand';

/** An advisory of our own making, in OSV's form. */
export const ADVISORY = JSON.stringify({
  schema_version: '1.6.0',
  id: VULNERABILITY,
  modified: '2026-11-01T00:00:00Z',
  published: '2026-10-01T00:00:00Z',
  summary: 'A made-up flaw for tests',
  affected: [
    {
      package: { ecosystem: 'npm', name: 'left-hand' },
      ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '2.0.0' }] }],
    },
  ],
});

export const SBOM = JSON.stringify({
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  version: 1,
  metadata: { component: { type: 'application', name: 'console', version: '1.0.0', 'bom-ref': 'console' } },
  components: [
    {
      type: 'library',
      name: 'left-hand',
      version: '1.2.3',
      purl: 'pkg:npm/left-hand@1.2.3',
      'bom-ref': 'left-hand',
    },
  ],
  dependencies: [{ ref: 'console', dependsOn: ['left-hand'] }],
});

const HARMS = 'ID,Harm,Severity\nH-1,Burn,5\n';
/** A model of our own making, in the text form. */
export const MODEL = JSON.stringify({
  format: 'ward-system-model/1',
  title: 'Pump',
  elements: [{ id: 'e-1', title: 'Application', kind: 'process' }],
});

const VEX = JSON.stringify(openVexSample);

const THREAT = { title: 'Spoofed console', category: 'spoofing' };
let count = 0;
function unique(): string {
  count += 1;
  return String(count);
}

const threat = (house: House): Promise<WardRecord> => house.record('threat', THREAT);

async function release(house: House, withSbom = false): Promise<WardRecord> {
  const record = await house.record('release', { name: `Release ${unique()}`, version: '1.0' });
  if (withSbom)
    await importSbom(house.ward, SYSTEM, {
      release: record.key,
      fileName: 'bom.json',
      part: null,
      bytes: Buffer.from(SBOM),
    });
  return record;
}

const UNDER_INVESTIGATION = {
  title: 'Assessment',
  status: 'under_investigation',
  rationale: 'We look at it.',
  safety: 'none',
  safetyRationale: 'It reaches no safety function.',
  privacy: 'none',
  privacyRationale: 'It holds no data of patients.',
};

/** Key of an assessment that Ward itself wrote. */
async function draftAssessment(house: House): Promise<string> {
  const at = { release: (await release(house, true)).key, vulnerability: VULNERABILITY, place: PLACE };
  const made = await assessFinding(house.ward, SYSTEM, { ...at, body: UNDER_INVESTIGATION });
  return made.assessment.key;
}

const personOf = ({ principal }: Actor) => (principal?.via === 'session' ? principal.personId : null);

function fromBase32(text: string): Uint8Array {
  let bits = '';
  for (const letter of text)
    bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0');
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
}

/** Begins a second factor for a person in a session; gives its present code and the one after it. */
async function enrol(
  house: House,
  actor: Actor,
): Promise<{ code: string; next: string; after: () => Promise<unknown> }> {
  const id = personOf(actor);
  if (id === null) return { code: '000000', next: '000000', after: async () => undefined };
  const { context } = house.ward.people;
  const { secret } = await beginEnrolment(context, { id, email: actor.email ?? '' });
  return {
    code: codeAt(fromBase32(secret), timeStep(context.now())),
    next: codeAt(fromBase32(secret), timeStep(context.now()) + 1),
    after: () => house.ward.db.deleteFrom('second_factor').where('person_id', '=', id).execute(),
  };
}

async function enrolled(
  house: House,
  actor: Actor,
): Promise<{ next: string; after: () => Promise<unknown> }> {
  const { code, next, after } = await enrol(house, actor);
  const id = personOf(actor);
  if (id !== null) await confirmEnrolment(house.ward.people.context, id, code);
  return { next, after };
}

async function savedView({ ward }: House, personId: string | null): Promise<string> {
  const id = randomUUID();
  if (personId !== null)
    await ward.pool.query(
      `insert into saved_view (id, person_id, page, name, query, shared, created_at) values ($1, $2, 'findings', $3, '{}', false, now())`,
      [id, personId, id],
    );
  return id;
}

async function invitation(house: House) {
  const name = `Guest ${unique()}`;
  const { personId } = house.actor('administrator').principal as { personId: string };
  return invite(
    house.ward.people.context,
    { name, email: `guest.${unique()}@example.org`, suggested: [] },
    personId,
  );
}

const onRecord =
  (path: string, body?: (record: WardRecord, house: House) => Promise<unknown> | unknown): Prepare =>
  async (house) => {
    const record = await threat(house);
    return {
      path: path.replace('{key}', record.key),
      ...(body ? { body: await body(record, house) } : {}),
    };
  };

const onModel =
  (path: string, body?: unknown): Prepare =>
  async (house) => {
    const record = await house.record('system-model', { title: 'Model' }, house.product.id);
    return { path: path.replace('{key}', record.key), ...(body === undefined ? {} : { body }) };
  };

const WEBHOOK = {
  name: 'Chat',
  url: 'https://hooks.example.org/ward',
  topics: ['finding-new'],
  active: true,
};

/** A webhook of the product, gone afterwards. */
const onWebhook =
  (path: string, body?: unknown): Prepare =>
  async ({ ward, product, actor }) => {
    const { personId } = actor('administrator').principal as { personId: string };
    const { id } = await makeWebhook(ward.notifications.webhooks, personId, {
      ...WEBHOOK,
      topics: ['finding-new'],
      productId: product.id,
    });
    return {
      path: path.replace('{id}', id),
      ...(body ? { body } : {}),
      after: () => deleteWebhook(ward.notifications.webhooks, id),
    };
  };

async function failedDelivery({ ward, actor }: House, personId: string | null): Promise<string> {
  const id = ward.newId();
  const now = ward.now();
  await ward.db
    .insertInto('delivery')
    .values({
      id,
      kind: 'test',
      channel: 'mail',
      person_id: personId ?? (actor('developer').principal?.personId as string),
      webhook_id: null,
      state: 'failed',
      due_at: now,
      created_at: now,
    })
    .execute();
  return id;
}

const onRelease =
  (path: string, query = ''): Prepare =>
  async (house) => ({ path: `${path.replace('{release}', (await release(house, true)).key)}${query}` });

const plain: Prepare = () => ({});

const ofProduct =
  (path: string, more = ''): Prepare =>
  ({ product }) => ({ path: `${path}?product=${product.key}${more}` });

const PLATFORM = { cpe: 'cpe:2.3:o:linux:linux_kernel:5.15' };

const aliasOf = () => ({
  purl: `pkg:generic/sample-${unique()}`,
  target: 'cpe:2.3:a:openssl:openssl',
  reason: 'Our build of it',
});

/** A model with something raised in it. */
const RAISING = {
  title: 'Small',
  zones: [{ id: 'z', title: 'Device', kind: 'device', trust: 4 }],
  elements: [
    {
      id: 'e',
      title: 'Controller',
      kind: 'process',
      zone: 'z',
      answers: { 'input.validated': { value: 'no' } },
    },
    { id: 'x', title: 'Station', kind: 'external' },
  ],
  flows: [{ id: 'f', title: 'Commands', from: 'x', to: 'e', protocol: ['tcp'] }],
};
const RAISED = { rule: 'WR-DEV-017', target: 'e' };

/** What only reads, or may be said twice, is asked of one model. */
const models = new WeakMap<House, Promise<WardRecord>>();

const onRaising =
  (path: string, body?: unknown): Prepare =>
  async (house) => {
    const model = models.get(house) ?? house.record('system-model', RAISING);
    models.set(house, model);
    return { path: path.replace('{key}', (await model).key), ...(body === undefined ? {} : { body }) };
  };

const printNow = async ({ ward }: House, key: string) =>
  (await evaluateModel(ward.db, await readModel(ward.db, SYSTEM, key))).print;

/** Key of a threat that was decided on an answer which has changed since. */
async function staleThreat(house: House): Promise<string> {
  const { ward } = house;
  const { key } = await house.record('system-model', RAISING);
  const accepting = { model: key, revision: 1, print: await printNow(house, key), items: [RAISED] };
  const [made] = (await acceptDifference(ward, SYSTEM, accepting)).created;
  await ward.records.write(SYSTEM, async (unit) => {
    const record = (await findRecord(unit.db, made as string)) as WardRecord;
    await moveBySystem(ward.records, unit, record, 'dismiss', 'for tests');
  });
  const changes = [{ target: 'e', key: 'input.validated', value: 'yes' as const }];
  await answerModel(ward, SYSTEM, { model: key, seenRevision: 1, changes, reason: null });
  return made as string;
}

const packFile = () =>
  JSON.stringify({
    format: 'ward-rule-pack/1',
    id: `rights-${unique()}`,
    title: 'Rules',
    version: '1',
    rules: [],
    questions: {},
    protocolFacts: {},
  });

/** By method and path, as the API description writes them. */
export const REQUESTS: Readonly<Record<string, Prepare>> = {
  ...FLEET_REQUESTS,
  'GET /api/first-run': plain,
  'POST /api/first-run': async ({ ward }) => ({
    body: {
      token: new URL((await ward.people.makeFirstRunLink()).url).hash.slice(1),
      name: 'Somebody New',
      email: `new.${unique()}@example.org`,
      password: 'quiet lantern over the mole',
    },
  }),
  'GET /api/session': plain,
  'GET /api/session/ways': plain,
  'POST /api/session': (_house, actor) => ({
    body: { email: actor.email ?? 'nobody@example.org', password: PASSWORD },
  }),
  'DELETE /api/session': plain,
  'POST /api/session/totp': async (house, actor) => {
    const { after } = await enrolled(house, actor);
    return { body: { code: '000000' }, after };
  },
  'POST /api/session/link': async ({ ward }) => ({
    body: { token: new URL((await ward.people.makeFirstRunLink()).url).hash.slice(1) },
  }),
  'POST /api/session/passkey/challenge': plain,
  'POST /api/session/passkey': async ({ ward }) => {
    const { challenge, rpId } = await askForPasskey(ward.people.context, null);
    return { body: new SoftAuthenticator().answer({ challenge, rpId }) };
  },
  'GET /api/me/views': () => ({ path: '/api/me/views?page=findings' }),
  'PUT /api/me/views': () => ({ body: { page: 'findings', name: 'Mine', query: { level: 'critical' } } }),
  'DELETE /api/me/views/{id}': async (house, actor) => ({
    path: `/api/me/views/${await savedView(house, personOf(actor))}`,
  }),
  'GET /api/me/passkeys': plain,
  'POST /api/me/passkeys/options': () => ({ body: { proof: { password: PASSWORD } } }),
  'POST /api/me/passkeys': async (house, actor) => {
    const id = personOf(actor) ?? (randomUUID() as string);
    const options = personOf(actor)
      ? await beginPasskey(house.ward.people.context, { id, name: 'x', email: 'x@example.org' })
      : { challenge: 'A'.repeat(43), rp: { id: 'localhost' } };
    const passkey = new SoftAuthenticator().make(options, { origin: 'http://localhost:8100' });
    return {
      body: { name: 'Phone', passkey },
      after: () => house.ward.db.deleteFrom('passkey').where('person_id', '=', id).execute(),
    };
  },
  'POST /api/me/passkeys/challenge': () => ({ body: {} }),
  'DELETE /api/me/passkeys/{id}': async ({ ward }, actor) => {
    const id = randomUUID() as string;
    const person = personOf(actor);
    if (person !== null)
      await ward.db
        .insertInto('passkey')
        .values({
          id,
          person_id: person,
          name: 'Phone',
          credential_id: id,
          public_key: Buffer.from('x'),
          counter: 0,
          transports: [],
          synced: false,
          created_at: ward.now(),
        })
        .execute();
    return { path: `/api/me/passkeys/${id}` };
  },
  'POST /api/session/provider': () => ({ body: {} }),
  'POST /api/session/provider/finish': () => ({ body: { query: 'code=x&state=y' } }),
  'POST /api/session/password-reset': async (house) => {
    const { ward } = house;
    const { personId } = await ward.person(`Forgetful ${letters()}`, []);
    await storePassword(ward.db, ward.people.context, personId as string, 'no hash');
    const by = personOf(house.actor('administrator')) as string;
    const { url } = await askPasswordReset(ward.people.context, personId as string, by);
    return { body: { token: new URL(url).hash.slice(1), password: 'quiet lantern over the mole' } };
  },
  'POST /api/me/password-reset/seen': plain,
  'POST /api/me/password': (house, actor) => ({
    body: { password: PASSWORD, newPassword: 'another harbour at seven bells' },
    after: () => house.resetPassword(actor),
  }),
  'POST /api/me/totp': (house, actor) => ({
    body: { password: PASSWORD },
    after: async () => {
      const id = personOf(actor);
      if (id !== null) await house.ward.db.deleteFrom('second_factor').where('person_id', '=', id).execute();
    },
  }),
  'POST /api/me/totp/confirm': async (house, actor) => {
    const { code, after } = await enrol(house, actor);
    return { body: { code }, after };
  },
  'POST /api/me/totp/backup-codes': async (house, actor) => {
    const { next, after } = await enrolled(house, actor);
    return { body: { password: PASSWORD, totp: next }, after };
  },
  'POST /api/me/totp/disable': async (house, actor) => {
    const { next, after } = await enrolled(house, actor);
    return { body: { password: PASSWORD, totp: next }, after };
  },
  'GET /api/me/sessions': plain,
  'DELETE /api/me/sessions': plain,
  'DELETE /api/me/sessions/{id}': async (house, actor) => {
    const person = personOf(actor);
    let id = randomUUID() as string;
    if (person !== null) {
      await openSession(house.ward.people.auth, person, { address: 'local', userAgent: 'another browser' });
      const sessions = await listSessions(house.ward.db, person, house.ward.now());
      id = sessions.find((session) => session.userAgent === 'another browser')?.id ?? id;
    }
    return { path: `/api/me/sessions/${id}` };
  },
  'GET /api/people': plain,
  'POST /api/people/{id}/disable': async ({ ward }) => ({
    path: `/api/people/${(await ward.person(`Leaving ${letters()}`, [])).personId}/disable`,
  }),
  'POST /api/people/{id}/enable': async ({ ward }) => {
    const { personId } = await ward.person(`Returning ${letters()}`, []);
    await ward.db
      .updateTable('person')
      .set({ disabled_at: new Date() })
      .where('id', '=', personId as string)
      .execute();
    return { path: `/api/people/${personId}/enable` };
  },
  'POST /api/people/{id}/password-reset': async ({ ward }) => {
    const { personId } = await ward.person(`Forgetful ${letters()}`, []);
    await storePassword(ward.db, ward.people.context, personId as string, 'no hash');
    return { path: `/api/people/${personId}/password-reset`, body: { password: PASSWORD } };
  },
  'GET /api/invitations': plain,
  'POST /api/invitations': () => ({ body: { name: 'Guest', email: `guest.${unique()}@example.org` } }),
  'DELETE /api/invitations/{id}': async (house) => ({
    path: `/api/invitations/${(await invitation(house)).id}`,
  }),
  'POST /api/invitations/accept': async (house) => ({
    body: {
      token: new URL((await invitation(house)).url).hash.slice(1),
      password: 'quiet lantern over the mole',
    },
  }),
  'GET /api/tokens': plain,
  'POST /api/tokens': () => ({
    body: { name: 'for tests', scopes: ['read'], days: 1, password: PASSWORD },
  }),
  'DELETE /api/tokens/{id}': async ({ ward }, actor) => {
    const mine = personOf(actor) !== null && (actor.principal?.grants.length ?? 0) > 0;
    const id = mine
      ? (
          await makeApiToken(ward.people.context, actor.principal as Principal & { personId: string }, {
            name: 'to be revoked',
            scopes: ['read'],
            productId: null,
            days: 1,
          })
        ).id
      : randomUUID();
    return {
      path: `/api/tokens/${id}`,
      after: () => ward.db.deleteFrom('api_token').where('name', '=', 'to be revoked').execute(),
    };
  },
  'GET /api/system-models/{key}/layout': onModel('/api/system-models/{key}/layout'),
  'PUT /api/system-models/{key}/layout': onModel('/api/system-models/{key}/layout', {
    places: { console: { x: 10, y: 20 } },
  }),
  'GET /api/kinds': plain,
  'GET /api/records': plain,
  'POST /api/records': ({ product }) => ({ body: { kind: 'threat', productId: product.id, body: THREAT } }),
  'GET /api/threat-runs': plain,
  'GET /api/system-models/{key}/questions': onRaising('/api/system-models/{key}/questions'),
  'POST /api/system-models/{key}/answers': onRaising('/api/system-models/{key}/answers', {
    seenRevision: 1,
    changes: [{ target: 'e', key: 'input.validated', value: 'no' }],
  }),
  'GET /api/system-models/{key}/threats': onRaising('/api/system-models/{key}/threats'),
  'GET /api/system-models/{key}/threats/detail': onRaising(
    `/api/system-models/{key}/threats/detail?rule=${RAISED.rule}&target=${RAISED.target}`,
  ),
  'GET /api/system-models/{key}/threats/difference': onRaising('/api/system-models/{key}/threats/difference'),
  'GET /api/system-models/{key}/threats/preview': onRaising(
    '/api/system-models/{key}/threats/preview?packs=',
  ),
  'POST /api/system-models/{key}/threats/accept': async (house) => {
    const { key } = await house.record('system-model', RAISING);
    return {
      path: `/api/system-models/${key}/threats/accept`,
      body: { revision: 1, rules: await printNow(house, key) },
    };
  },
  'POST /api/threats/{key}/confirm': async (house) => ({
    path: `/api/threats/${await staleThreat(house)}/confirm`,
    body: { revision: 1, reason: 'for tests' },
  }),
  'GET /api/rule-packs': plain,
  'POST /api/rule-packs/upload': () => ({
    path: '/api/rule-packs/upload?name=rules.json',
    bytes: packFile(),
  }),
  'GET /api/rule-packs/{pack}': () => ({ path: '/api/rule-packs/ward' }),
  'GET /api/rule-packs/{pack}/export': () => ({ path: '/api/rule-packs/ward/export' }),
  'GET /api/products/{key}/rule-packs': ({ product }) => ({
    path: `/api/products/${product.key}/rule-packs`,
  }),
  'PUT /api/products/{key}/rule-packs': ({ product }) => ({
    path: `/api/products/${product.key}/rule-packs`,
    body: { packs: ['ward'] },
  }),
  'GET /api/search': () => ({ path: '/api/search?text=console' }),
  'GET /api/records/{key}': onRecord('/api/records/{key}'),
  'PUT /api/records/{key}': onRecord('/api/records/{key}', () => ({
    seenRevision: 1,
    body: { ...THREAT, title: 'Another title' },
  })),
  'POST /api/records/{key}/transitions': onRecord('/api/records/{key}/transitions', () => ({
    seenRevision: 1,
    transition: 'accept',
    reason: 'for tests',
    password: PASSWORD,
  })),
  'POST /api/records/{key}/links': onRecord('/api/records/{key}/links', async (_record, house) => ({
    type: 'by',
    to: (await house.record('attacker', { title: 'Outsider', profile: 'outsider' })).key,
  })),
  'POST /api/links/{id}': async (house) => {
    const from = await threat(house);
    const to = await house.record('attacker', { title: 'Outsider', profile: 'outsider' });
    await addLink(house.ward.records, SYSTEM, from.key, 'by', to.key);
    const link = await house.ward.db
      .selectFrom('link')
      .select('id')
      .where('from_id', '=', from.id)
      .executeTakeFirstOrThrow();
    return { path: `/api/links/${link.id}`, body: { act: 'end', reason: 'for tests' } };
  },
  'POST /api/records/{key}/comments': onRecord('/api/records/{key}/comments', () => ({ text: 'Seen.' })),
  'GET /api/records/{key}/history': onRecord('/api/records/{key}/history'),
  'GET /api/records/{key}/revisions/{revision}': onRecord('/api/records/{key}/revisions/1'),
  'GET /api/ledger': plain,
  'GET /api/ledger/checkpoint': plain,
  'GET /api/ledger/export': plain,
  'GET /api/requirements/checks': ofProduct('/api/requirements/checks'),
  'GET /api/requirements/library': ofProduct('/api/requirements/library'),
  'POST /api/requirements/from-library': ({ product }) => ({
    body: { product: product.key, entries: [{ id: 'SR-TIME-1', control: false }] },
  }),
  'GET /api/requirements/export': ofProduct('/api/requirements/export', '&format=csv'),
  'POST /api/requirements/upload': ({ product }) => ({
    path: `/api/requirements/upload?product=${product.key}&name=requirements.csv`,
    bytes: 'Title,Requirement\nOrigin,The device shall verify the origin.\n',
  }),
  'GET /api/controls': ofProduct('/api/controls'),
  'GET /api/traceability': ofProduct('/api/traceability'),
  'GET /api/traceability/matrix': ofProduct('/api/traceability/matrix', '&rows=threat&columns=control'),
  'GET /api/traceability/graph': async (house) => ({
    path: `/api/traceability/graph?product=${house.product.key}&key=${(await threat(house)).key}`,
  }),
  'GET /api/traceability/suspects': ofProduct('/api/traceability/suspects'),
  'POST /api/traceability/confirm': () => ({ body: { links: [{ id: randomUUID(), revision: 1 }] } }),
  'GET /api/traceability/export': ofProduct('/api/traceability/export', '&format=csv'),
  'GET /api/knowledge': plain,
  'GET /api/knowledge/feeds': plain,
  'POST /api/knowledge/feeds': () => ({
    body: {
      id: `own-${unique()}`,
      kind: 'kev',
      title: 'A mirror',
      url: 'https://feeds.example.org/kev.json',
    },
  }),
  'PATCH /api/knowledge/feeds/{feed}': () => ({
    path: '/api/knowledge/feeds/kev',
    body: { everyMinutes: 120 },
  }),
  'DELETE /api/knowledge/feeds/{feed}': async (house) => {
    const id = `gone-${unique()}`;
    await createFeed(house.ward.records, SYSTEM, {
      id,
      kind: 'kev',
      title: 'A mirror',
      url: 'https://feeds.example.org/kev.json',
      everyMinutes: 60,
      enabled: false,
    });
    return { path: `/api/knowledge/feeds/${id}` };
  },
  'POST /api/knowledge/feeds/{feed}/run': () => ({ path: '/api/knowledge/feeds/kev/run' }),
  'POST /api/knowledge/upload': () => ({
    path: '/api/knowledge/upload?name=advisory.json',
    bytes: ADVISORY,
  }),
  'GET /api/knowledge/aliases': plain,
  'POST /api/knowledge/aliases': () => ({ body: aliasOf() }),
  'POST /api/knowledge/aliases/{id}/end': async ({ ward }) => ({
    path: `/api/knowledge/aliases/${await addAlias(ward, SYSTEM, { ...aliasOf(), effect: 'joins' })}/end`,
  }),
  'GET /api/risks': (house) => ({ path: `/api/risks?product=${house.product.key}` }),
  'GET /api/risks/export': (house) => ({ path: `/api/risks/export?product=${house.product.key}` }),
  'GET /api/risks/proposal': async (house) => ({
    path: `/api/risks/proposal?from=${(await threat(house)).key}`,
  }),
  'GET /api/risks/{key}': async (house) => ({
    path: `/api/risks/${(await house.record('risk', { title: 'Spoofed console' })).key}`,
  }),
  'GET /api/risk-file': (house) => ({ path: `/api/risk-file?product=${house.product.key}` }),
  'POST /api/harms/preview': (house) => ({
    path: `/api/harms/preview?name=harms.csv&product=${house.product.key}`,
    bytes: HARMS,
  }),
  'POST /api/harms/import': (house) => ({
    path: `/api/harms/import?name=harms.csv&product=${house.product.key}`,
    bytes: HARMS,
  }),
  'GET /api/components/supplied': async (house) => {
    const record = await house.record('supplier', { name: 'Acme' }, null);
    return { path: `/api/components/supplied?supplier=${record.key}` };
  },
  'GET /api/components/where': () => ({ path: '/api/components/where?name=left-hand' }),
  'GET /api/releases/{release}/platform': onRelease('/api/releases/{release}/platform'),
  'POST /api/releases/{release}/platform': async (house) => ({
    path: `/api/releases/${(await release(house)).key}/platform`,
    body: PLATFORM,
  }),
  'POST /api/platform/{id}/end': async (house) => {
    const { key } = await release(house);
    const fact = { ...PLATFORM, holdsFor: 'release', complete: false, note: '' } as const;
    return { path: `/api/platform/${await declarePlatform(house.ward, SYSTEM, key, fact)}/end` };
  },
  'POST /api/sboms/upload': async (house) => ({
    path: `/api/sboms/upload?name=bom.json&release=${(await release(house)).key}`,
    bytes: SBOM,
  }),
  'GET /api/releases/{release}/sboms': onRelease('/api/releases/{release}/sboms'),
  'GET /api/releases/{release}/components': onRelease('/api/releases/{release}/components'),
  'GET /api/releases/{release}/tree': onRelease('/api/releases/{release}/tree', '?part=console'),
  'GET /api/releases/{release}/vex': onRelease('/api/releases/{release}/vex', '?format=openvex'),
  'POST /api/products/{product}/system-models/import': (house) => ({
    path: `/api/products/${house.product.key}/system-models/import?name=model.json`,
    bytes: MODEL,
  }),
  'GET /api/system-models/{key}/export': async (house) => ({
    path: `/api/system-models/${(await house.record('system-model', { title: 'Pump' })).key}/export?format=mermaid`,
  }),
  'POST /api/vex/upload': async (house) => ({
    path: `/api/vex/upload?name=vex.json&release=${(await release(house)).key}`,
    bytes: VEX,
  }),
  'GET /api/vex/documents': plain,
  'GET /api/vex/documents/{id}/original': async (house) => {
    const { key } = await release(house);
    const input = { release: key, supplier: null, fileName: 'vex.json', bytes: Buffer.from(VEX) };
    return { path: `/api/vex/documents/${(await importVex(house.ward, SYSTEM, input)).id}/original` };
  },
  'GET /api/vex/losses': plain,
  'GET /api/releases/{release}/sbom': onRelease('/api/releases/{release}/sbom', '?format=cyclonedx-1.6'),
  'GET /api/releases/{release}/sbom-quality': onRelease('/api/releases/{release}/sbom-quality'),
  'GET /api/releases/{release}/licences': onRelease('/api/releases/{release}/licences'),
  'GET /api/releases/{release}/assurance': onRelease('/api/releases/{release}/assurance'),
  'GET /api/releases/{release}/reach': onRelease('/api/releases/{release}/reach?vulnerability=CVE-2099-1'),
  'POST /api/releases/{release}/assurance/what-if': async (house) => {
    await house.record('system-model', { title: `Model ${unique()}` });
    return { path: `/api/releases/${(await release(house)).key}/assurance/what-if`, body: {} };
  },
  'GET /api/releases/{release}/sbom-diff': async (house) => {
    const { key } = await release(house, true);
    return { path: `/api/releases/${key}/sbom-diff?against=${key}` };
  },
  'GET /api/releases/{release}/flaw-diff': async (house) => {
    const { key } = await release(house, true);
    return { path: `/api/releases/${key}/flaw-diff?against=${key}` };
  },
  'GET /api/releases/{release}/supplements': onRelease('/api/releases/{release}/supplements'),
  'POST /api/releases/{release}/supplements': async (house) => {
    const record = await release(house, true);
    const { id } = await house.ward.db
      .selectFrom('component')
      .innerJoin('sbom', 'sbom.id', 'component.sbom_id')
      .select('component.id')
      .where('sbom.release_id', '=', record.id)
      .executeTakeFirstOrThrow();
    return {
      path: `/api/releases/${record.key}/supplements`,
      body: { components: [id], fields: { supplier: 'Acme' }, reason: 'known by contract' },
    };
  },
  'GET /api/sboms/{id}/original': async (house) => {
    const record = await release(house, true);
    const { id } = await house.ward.db
      .selectFrom('sbom')
      .select('id')
      .where('release_id', '=', record.id)
      .executeTakeFirstOrThrow();
    return { path: `/api/sboms/${id}/original` };
  },
  'GET /api/findings': plain,
  'GET /api/findings/detail': async (house) => ({
    path: `/api/findings/detail?${new URLSearchParams({
      release: (await release(house, true)).key,
      vulnerability: VULNERABILITY,
      place: PLACE,
    })}`,
  }),
  'POST /api/findings/assess': async (house) => ({
    body: {
      release: (await release(house, true)).key,
      vulnerability: VULNERABILITY,
      place: PLACE,
      body: UNDER_INVESTIGATION,
    },
  }),
  'GET /api/findings/groups': () => ({ path: '/api/findings/groups?by=vulnerability' }),
  'POST /api/findings/assess-many': async (house) => ({
    body: {
      items: [{ release: (await release(house, true)).key, vulnerability: VULNERABILITY, place: PLACE }],
      body: UNDER_INVESTIGATION,
    },
  }),
  // A draft of somebody else: nobody may take it back, and who is let through gets that answer.
  'POST /api/findings/take-back': async (house) => ({
    body: { assessments: [await draftAssessment(house)] },
  }),
  'POST /api/findings/approve-many': async (house) => ({
    body: {
      items: [{ assessment: await draftAssessment(house), revision: 1 }],
      password: PASSWORD,
    },
  }),
  'GET /api/releases/{release}/proposals': async (house) => ({
    path: `/api/releases/${(await release(house, true)).key}/proposals`,
  }),
  'POST /api/releases/{release}/proposals': async (house) => ({
    path: `/api/releases/${(await release(house, true)).key}/proposals`,
    body: { items: [{ vulnerability: VULNERABILITY, place: PLACE, from: await draftAssessment(house) }] },
  }),
  'GET /api/today': plain,
  'GET /api/notifications': plain,
  'POST /api/notifications/read': () => ({ body: { ids: null } }),
  'GET /api/notifications/settings': plain,
  'PUT /api/notifications/settings': () => ({
    body: { productId: null, topic: 'finding-new', how: null },
  }),
  // Without a mail server nobody is served; the refusal shows who was let through.
  'POST /api/notifications/test-mail': plain,
  'GET /api/deliveries': plain,
  'POST /api/deliveries/{id}/again': async (house, actor) => ({
    path: `/api/deliveries/${await failedDelivery(house, personOf(actor))}/again`,
  }),
  'GET /api/webhooks': plain,
  'POST /api/webhooks': ({ product }) => ({ body: { ...WEBHOOK, productId: product.id } }),
  'PUT /api/webhooks/{id}': onWebhook('/api/webhooks/{id}', WEBHOOK),
  'DELETE /api/webhooks/{id}': onWebhook('/api/webhooks/{id}'),
  'POST /api/webhooks/{id}/secret': onWebhook('/api/webhooks/{id}/secret'),
  'POST /api/webhooks/{id}/test': onWebhook('/api/webhooks/{id}/test'),
  // Beside the API description: streams, figures, the description itself.
  'GET /api/live': plain,
  'GET /api/openapi.json': plain,
  'GET /healthz': plain,
  'GET /metrics': plain,
};

/** Names of people keep letters only. */
function letters(): string {
  return [...unique()].map((digit) => 'abcdefghij'[Number(digit)]).join('');
}
