// Defence in depth on the shipped example: it rises when a verification passes, falls when a component of a control is
// affected, and a what-if says the same without saving. Over the database; the same by its pages is a test of the browser.
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadExample } from '../example/load.ts';
import { type Principal, SYSTEM } from '../workbench/kernel/people/roles.ts';
import { openSession } from '../workbench/kernel/people/sessions.ts';
import { createRecord, makeTransition } from '../workbench/kernel/records/operations.ts';
import { findRecord } from '../workbench/kernel/records/read.ts';
import { runImport } from '../workbench/knowledge/run-import.ts';
import { appOf } from '../workbench/main.ts';
import type { AssuranceView, ReachView, WhatIfView } from '../workbench/rooms/assurance/views.ts';
import { assessFinding } from '../workbench/rooms/vulnerabilities/decide-finding.ts';
import { listFindings } from '../workbench/rooms/vulnerabilities/list-findings.ts';
import { writeTemporary } from './setup/temporary.ts';
import { makeProduct, PASSWORD, type TestWard, testWard } from './setup/test-ward.ts';

const ATTACKER = 'at-criminal';
let ward: TestWard;
let app: Awaited<ReturnType<typeof appOf>>;
let lead: Principal;
let approver: Principal;
let cookie: string;

beforeAll(async () => {
  ward = await testWard();
  await loadExample(ward, () => undefined);
  await ward.jobs.start(1);
  await settle();
  app = await appOf(ward, null, null);
  lead = await ward.person('Lea Lead', ['security-lead']);
  approver = await ward.person('Sam Safety', ['safety-risk-manager', 'quality']);
  await ward.people.setPassword(approver.personId as string, PASSWORD);
  const cookies = await openSession(ward.people.auth, lead.personId as string, {
    address: 'local',
    userAgent: 'tests',
  });
  cookie = cookies.map((one) => one.split(';')[0]).join('; ');
}, 120_000);
afterAll(() => ward.close());

async function ask<T>(path: string, body?: object): Promise<T> {
  const response = await app.request(`/api${path}`, {
    headers: { cookie, 'content-type': 'application/json' },
    ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
  });
  expect(response.status, await response.clone().text()).toBe(200);
  return (await response.json()) as T;
}

const depth = (view: AssuranceView, attacker: string | null = ATTACKER) =>
  view.depths.find((one) => one.target === 'sf-emission' && one.attacker === attacker)!;
const now = () => ask<AssuranceView>('/releases/REL-1/assurance?target=sf-emission');

async function approve(key: string): Promise<void> {
  const record = await findRecord(ward.db, key);
  await makeTransition(ward.records, approver, key, {
    seenRevision: record?.revision ?? 0,
    transition: 'approve',
    reason: null,
    credential: { password: PASSWORD },
  });
}

/** Of the controls that stand in the ways from the clinic network to the safety side. */
const PLACES = ['control-computer', 'flow-service', 'flow-command'];

async function verificationsOf(places: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{
    key: string;
  }>`select v.key from record c join link l on l.to_id = c.id and l.type = 'verifies'
    join record v on v.id = l.from_id where c.kind = 'control' and c.state = 'implemented' and c.body->'places' ?| ${places}::text[]
    order by v.number`.execute(ward.db);
  return rows.map((row) => row.key);
}

/** What the worker does after a change. */
async function settle(): Promise<void> {
  await ward.notifications.follow();
  await ward.jobs.drain();
}

async function notices(): Promise<string[]> {
  const { rows } = await sql<{
    text: string;
  }>`select i.text from notice_item i join notice n on n.id = i.notice_id
    where n.topic = 'depth-fell' and i.subject like ${'%sf-emission%'} order by i.id`.execute(ward.db);
  return rows.map((row) => row.text);
}

describe('prevent unintended emission', () => {
  it('has claims at first: no verification is approved', async () => {
    const view = await now();

    expect(depth(view)).toMatchObject({ reachable: true, counted: 0, severity: 5, enough: 2 });
    expect(depth(view).claimed).toBeGreaterThan(0);
    expect(view.policy.plan).toBeNull();
    expect(view.controls.every((control) => !control.counted)).toBe(true);
    expect(view.controls[0]?.why).toMatch(/VER-\d+ is not approved/);
    expect(depth(view).paths[0]?.steps.length).toBeGreaterThan(1);
    expect(view.names['control-computer']).toBe('Control computer (Linux)');
  });

  it('says beforehand what a verification would bring, and saves nothing', async () => {
    const before = await now();
    const controls = Object.fromEntries(
      before.controls
        .filter(({ places, claimed }) => claimed && places.some((place) => PLACES.includes(place)))
        .map(({ id }) => [id, 'counted']),
    );
    const tried = await ask<WhatIfView>('/releases/REL-1/assurance/what-if', {
      target: 'sf-emission',
      controls,
    });

    expect(depth(tried.before)).toEqual(depth(before));
    expect(depth(tried.after).counted).toBe(2);
    expect(await now()).toEqual(before);
  });

  it('gains depth when the verifications of its controls are approved, as the what-if said', async () => {
    for (const key of await verificationsOf(PLACES)) await approve(key);
    await settle();
    const view = await now();

    expect(depth(view).counted).toBe(2);
    const onCommand = view.controls.filter(({ places }) => places.includes('flow-command'));
    expect(onCommand.length).toBeGreaterThan(0);
    for (const { counted, why } of onCommand)
      expect([counted, why]).toEqual([
        true,
        expect.stringMatching(/^VER-\d+ passed in Lumen 400 4\.1 \(RES-\d+\)\.$/),
      ]);
    expect(await ask<AssuranceView>('/releases/REL-2/assurance')).toMatchObject({ model: { linked: false } });
    // The results are of 4.1; 4.2 has to be tested itself.
    const next = await ask<AssuranceView>('/releases/REL-2/assurance');
    expect(depth(next).counted).toBe(0);
  });

  it('is written down once: another look at what did not move writes nothing', async () => {
    const states = () =>
      ward.db.selectFrom('assurance_state').select(['release_id', 'at']).orderBy('release_id').execute();
    const before = await states();
    const { product_id } = await ward.db
      .selectFrom('record')
      .select('product_id')
      .where('key', '=', 'REL-1')
      .executeTakeFirstOrThrow();
    ward.advance(60_000);
    await ward.jobs.add(ward.db, 'watch-depth', { product: product_id });
    await ward.jobs.drain();

    expect(before.length).toBeGreaterThan(0);
    expect(await states()).toEqual(before);
  });

  it('loses it when a component of the control computer is affected, and says which and why', async () => {
    const { items } = await listFindings(ward.db, lead, {}, 0, 200);
    const { rows } = await sql<{
      place: string;
    }>`select c.place from component c join sbom s on s.id = c.sbom_id
      and s.superseded_at is null where c.detail->'properties' @> '[{"name":"ward:element","value":"control-computer"}]'`.execute(
      ward.db,
    );
    const places = new Set(rows.map((row) => row.place));
    const finding = items.find((item) => places.has(item.place) && item.release_key === 'REL-1')!;
    const made = await assessFinding(ward, lead, {
      release: 'REL-1',
      vulnerability: finding.vulnerability,
      place: finding.place,
      body: {
        title: 'It is reached from the network',
        status: 'affected',
        actionStatement: 'Keep the device segment apart until the update.',
        safety: 'possible',
        safetyRationale: 'Commands pass here.',
        privacy: 'none',
        privacyRationale: 'It holds no data of patients.',
      },
    });
    expect(depth(await now()).counted).toBe(2);
    expect(await notices()).toEqual([]);
    await approve(made.assessment.key);
    await settle();
    const view = await now();

    expect(depth(view).counted).toBe(0);
    const fallen = view.controls.filter(({ falls }) => falls.length > 0);
    expect(fallen.length).toBeGreaterThan(1);
    expect(fallen[0]?.why).toContain(`${made.assessment.key} says that`);
    expect(fallen[0]?.why).toContain('in control-computer is affected');

    expect(await notices()).toEqual([
      expect.stringMatching(
        /^Defence in depth of Prevent unintended emission against Criminal group with ransomware: it fell from 2 to 0 because ASM-\d+ says that .* \(4 controls count no longer\)\. 2 are enough\.$/,
      ),
    ]);

    const patched = [...new Set(fallen.flatMap(({ falls }) => falls.map(({ component }) => component)))];
    const tried = await ask<WhatIfView>('/releases/REL-1/assurance/what-if', { patched });
    expect(depth(tried.after).counted).toBe(2);
  });
});

describe('what a vulnerability reaches', () => {
  it('T31: element, threats, ways to safety functions, harms, risks and documents stand in one view within seconds', async () => {
    const risk = await findRecord(ward.db, 'RSK-1');
    const document = await createRecord(ward.records, SYSTEM, {
      kind: 'document',
      productId: risk?.productId ?? null,
      body: { title: 'Risk file of 4.1', profile: 'risk-file', cites: [{ key: 'RSK-1', revision: 1 }] },
    });
    const advisory = {
      id: 'GHSA-reach-0001',
      aliases: ['CVE-2099-3101'],
      modified: '2026-11-20T00:00:00Z',
      published: '2026-11-20T00:00:00Z',
      summary: 'A flaw in the decoder',
      affected: [
        {
          package: { ecosystem: 'npm', name: 'protobufjs' },
          ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '99.0.0' }] }],
        },
      ],
    };
    const file = await writeTemporary('reach.json', JSON.stringify(advisory));
    const began = performance.now();

    await runImport(ward, { paths: [file], source: 'reach', actorId: null });
    const reach = await ask<ReachView>('/releases/REL-1/reach?vulnerability=CVE-2099-3101');

    const took = performance.now() - began;
    const keys = (list: readonly { key: string }[]) => list.map(({ key }) => key);
    expect(reach.components.map(({ name, elements }) => [name, elements])).toEqual([
      ['protobufjs', ['console']],
    ]);
    expect(reach.elements).toEqual([{ id: 'console', title: 'Operator console' }]);
    expect(reach.results[0]).toMatchObject({ state: 'raised' });
    expect(keys(reach.threats)).toEqual(expect.arrayContaining(['THR-1', 'THR-3', 'THR-7']));
    expect(reach.functions.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['sf-emission', 'sf-patient']),
    );
    expect(reach.functions.find(({ id }) => id === 'sf-emission')?.way).toContain('Operator console');
    expect(keys(reach.harms)).toEqual(expect.arrayContaining(['HRM-1', 'HRM-6']));
    expect(keys(reach.risks)).toEqual(expect.arrayContaining(['RSK-1', 'RSK-5']));
    expect(keys(reach.documents)).toEqual([document.key]);
    expect(await ask<ReachView>('/releases/REL-1/reach?vulnerability=CVE-2099-9999')).toMatchObject({
      components: [],
      elements: [],
      functions: [],
    });
    // Two seconds are the goal; a machine that is at work beside it may take longer.
    expect(took).toBeLessThan(10_000);
  });
});

describe('a product without a system model', () => {
  it('has no depth yet, which is said and not shown as fine', async () => {
    const product = await makeProduct(ward, 'No model');
    const release = await createRecord(ward.records, SYSTEM, {
      kind: 'release',
      productId: product.id,
      body: { name: 'First', version: '1.0' },
    });

    expect(await ask(`/releases/${release.key}/assurance`)).toMatchObject({ model: null, depths: [] });
    const response = await app.request(`/api/releases/${release.key}/assurance/what-if`, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json' },
      body: '{}',
    });
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ code: 'assurance.no-model' });
  });
});

describe('a what-if is refused', () => {
  it.each([
    ['assurance.unknown-place', 422, { cut: ['no-such-flow'] }],
    [
      'assurance.model-unsound',
      422,
      { model: { title: 'x', elements: [{ id: 'a', title: 'a', kind: 'process', zone: 'nowhere' }] } },
    ],
    ['assurance.model-unsound', 422, { model: { elements: 3 } }],
    ['http.invalid', 422, { cut: 'everything' }],
  ])('with %s', async (code, status, body) => {
    const response = await app.request('/api/releases/REL-1/assurance/what-if', {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code });
  });
});
