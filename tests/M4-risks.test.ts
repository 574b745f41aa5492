// Rows M1 and M4 over a real database: the safety file in and in again, a risk judged and decided on by somebody else, flagged when
// something that it rests on moves, never scored anew; the plan's policy and times.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Principal, SYSTEM } from '../workbench/kernel/people/roles.ts';
import { addLink, createRecord, editRecord, makeTransition } from '../workbench/kernel/records/operations.ts';
import { findRecord, linksOf } from '../workbench/kernel/records/read.ts';
import type { JsonObject, WardRecord } from '../workbench/kernel/records/record.ts';
import { importSbom } from '../workbench/rooms/components/index.ts';
import { DEFAULT_POLICY, policyInForce } from '../workbench/rooms/products/index.ts';
import { flaggedRisks } from '../workbench/rooms/risks/flagged-risks.ts';
import { listRisks, stateResidualRisk } from '../workbench/rooms/risks/list-risks.ts';
import { proposeRisk } from '../workbench/rooms/risks/propose-risk.ts';
import { readRiskFile } from '../workbench/rooms/risks/risk-file.ts';
import { importHarms, previewHarms } from '../workbench/rooms/risks/safety-file/import-harms.ts';
import {
  judgementHistory,
  lastJudgement,
  openFlags,
  reviewRisks,
} from '../workbench/rooms/risks/store-judgement.ts';
import { listFindings } from '../workbench/rooms/vulnerabilities/index.ts';
import { type MatchingHouse, matchingHouse, osvPackage, osvRecord } from './acceptance/matching-house.ts';
import { kevCatalogue } from './feeds/feed-server.ts';
import { makeProduct, PASSWORD } from './setup/test-ward.ts';

let house: MatchingHouse;
let lead: Principal;
let safety: Principal;
let other: Principal;
let product: WardRecord;
let serial = 0;

beforeAll(async () => {
  house = await matchingHouse();
  const { ward } = house;
  lead = house.lead;
  other = await ward.person('Otto Other', ['security-lead']);
  safety = house.approver;
});
afterAll(() => house.close());
beforeEach(async () => {
  serial += 1;
  product = await makeProduct(house.ward, `Laser ${serial}`);
});

const FILE = ['ID,Harm,Hazardous situation,Severity', 'H-1,Burn,Emission,5', 'H-2,Delay,Lock-up,3', ''].join(
  '\n',
);

const importFile = (
  text: string,
  who = safety,
  confirm: 'whatever it is' | { seen: string } | null = 'whatever it is',
) =>
  importHarms(house.ward, who, {
    product: product.key,
    fileName: 'file.csv',
    bytes: new TextEncoder().encode(text),
    mapping: null,
    confirm,
  });

async function harm(sourceId: string): Promise<WardRecord> {
  const { id } = await house.ward.db
    .selectFrom('record')
    .select('id')
    .where('kind', '=', 'harm')
    .where('product_id', '=', product.id)
    .where((on) => on(on.ref('body', '->>').key('sourceId'), '=', sourceId))
    .executeTakeFirstOrThrow();
  return (await findRecord(house.ward.db, id)) as WardRecord;
}

const make = (
  kind: string,
  body: object,
  links: { type: string; to: string }[] = [],
  who: Principal = lead,
) => createRecord(house.ward.records, who, { kind, productId: product.id, body, links, reason: 'test' });

const ANSWERS = {
  access: 'clinic network',
  rights: 'none',
  skill: 'skilled',
  effort: 'days',
  knowledge: 'findable',
  interaction: 'none',
  window: 'some states',
  detection: 'unnoticed',
  exploited: 'no',
};
const JUDGED = {
  title: 'Unauthorised command',
  scale: 'one patient',
  exploitability: ANSWERS,
  effectivenessLoss: 'none',
  confidentialityLoss: 'none',
  privacyLoss: 'none',
  benefit: 'Fewer errors of transcription.',
};

/** Verified in the name of Ward, as the tests need no tester's signature here. */
async function bring(record: WardRecord, to: string): Promise<void> {
  const { records } = house.ward;
  await records.write(SYSTEM, (unit) =>
    unit.commit([{ type: 'transition', record, transition: 'test', to, reason: 'test', signature: null }]),
  );
}

async function madeRisk(body: object = {}) {
  await importFile(FILE);
  const threat = await make('threat', { title: 'Spoofed console', category: 'spoofing', target: 'console' }, [
    { type: 'leads-to', to: (await harm('H-1')).id },
  ]);
  const control = await make('control', { title: 'Permit', category: 'integrity' });
  await bring(control, 'verified');
  const risk = await make(
    'risk',
    {
      ...JUDGED,
      controls: [{ control: control.key, effects: [{ factor: 'access', to: 'at the device' }] }],
      ...body,
    },
    [
      { type: 'of', to: threat.id },
      { type: 'harms', to: (await harm('H-1')).id },
      { type: 'reduced-by', to: control.id },
    ],
  );
  return { risk, threat, control };
}

const now = async (record: WardRecord) => (await findRecord(house.ward.db, record.id)) as WardRecord;

async function step(record: WardRecord, transition: string, who: Principal): Promise<WardRecord> {
  const { revision } = await now(record);
  return makeTransition(house.ward.records, who, record.id, {
    seenRevision: revision,
    transition,
    reason: 'Because.',
    credential: { password: PASSWORD },
  });
}

async function edit(record: WardRecord, change: object, who = lead): Promise<WardRecord> {
  const { revision, body } = await now(record);
  return editRecord(house.ward.records, who, record.id, {
    seenRevision: revision,
    body: { ...body, ...change } as JsonObject,
    reason: 'Because.',
  });
}

/** What the worker does after a change. */
async function settle(): Promise<void> {
  await house.ward.notifications.follow();
  await house.ward.jobs.drain();
}

const flagsOf = async (risk: WardRecord) =>
  ((await openFlags(house.ward.db, [risk.id])).get(risk.id) ?? []).map(({ reason }) => reason);

describe('the safety file', () => {
  it('is shown before anything is stored, and only what was seen is made so', async () => {
    const preview = await previewHarms(house.ward, safety, {
      product: product.key,
      fileName: 'file.csv',
      bytes: new TextEncoder().encode(FILE),
    });
    expect(preview).toMatchObject({
      format: 'csv',
      remembered: false,
      mapping: { columns: { title: 'Harm', severity: 'Severity' } },
    });

    const dry = await importFile(FILE, safety, null);
    expect(dry).toMatchObject({ stored: false });
    expect(dry.difference.added).toHaveLength(2);
    await importFile('ID,Harm,Severity\nH-9,Other,1\n');
    await expect(importFile(FILE, safety, { seen: dry.seen })).rejects.toMatchObject({ code: 'harms.moved' });
  });

  it('makes links suspect where a harm changed, and drops what is gone', async () => {
    const { risk } = await madeRisk();
    const again = await importFile(
      'ID,Harm,Hazardous situation,Severity\nH-1,Burn of the retina,Emission,4\n',
    );

    expect(again.difference.changed[0]?.fields.map(({ name }) => name)).toEqual(['title', 'severity']);
    expect(await harm('H-1')).toMatchObject({ revision: 2, state: 'imported', title: 'Burn of the retina' });
    expect(await harm('H-2')).toMatchObject({ revision: 1, state: 'gone' });
    const links = await linksOf(house.ward.db, lead, risk.id);
    expect(links.find(({ type }) => type === 'harms')).toMatchObject({ suspect: true });

    const back = await importFile(FILE);
    expect(back.difference.changed.map(({ returns }) => returns)).toEqual([false, true]);
    expect(await harm('H-2')).toMatchObject({ state: 'imported' });
    expect((await importFile(FILE)).difference).toMatchObject({
      added: [],
      changed: [],
      gone: [],
      unchanged: 2,
    });
  });

  it('remembers its columns for the product', async () => {
    const text = 'A,B,C\nH-1,Burn,hot\n';
    const mapping = {
      sheet: null,
      headingRow: 1,
      columns: { sourceId: 'A', title: 'B', hazardousSituation: null, severity: 'C', affected: null },
      severities: { hot: 5 as const },
    };
    const file = { product: product.key, fileName: 'file.csv', bytes: new TextEncoder().encode(text) };
    await importHarms(house.ward, safety, { ...file, mapping, confirm: 'whatever it is' });

    expect(await previewHarms(house.ward, safety, file)).toMatchObject({ remembered: true, mapping });
    expect((await importFile(text)).difference.unchanged).toBe(1);
  });

  it('is imported by those who answer for harms, and nothing is stored of a broken one', async () => {
    const developer = await house.ward.person(`Dev ${serial}`, ['developer']);
    await expect(importFile(FILE, developer)).rejects.toMatchObject({ code: 'record.not-permitted' });
    await expect(importFile('ID,Harm,Severity\n1,Burn,3\n2,Other,\n')).rejects.toMatchObject({
      code: 'harms.row-incomplete',
    });
    await expect(harm('1')).rejects.toThrow();
  });
});

describe('a risk', () => {
  it('takes its severity from the file and its level from answers; controls count when they are verified', async () => {
    const { risk, control } = await madeRisk();
    const judged = await lastJudgement(house.ward.db, risk.id);

    expect(judged?.judgement.safety.before).toMatchObject({
      severity: 5,
      zone: 'unacceptable',
      exploitability: { level: 4 },
    });
    expect(judged?.judgement.safety.after.exploitability.level).toBe(3);
    expect(judged?.premises).toMatchObject({
      plan: null,
      harms: [{ severity: 5 }],
      controls: [{ key: control.key, state: 'verified' }],
    });
    await edit(risk, { benefit: 'Another one.' });
    expect((await judgementHistory(house.ward.db, risk.id)).map(({ act }) => act)).toEqual(['edit', 'edit']);
  });

  it('is decided on only when it is judged, and by somebody else', async () => {
    const open = await make('risk', { title: 'Open' });
    await expect(step(open, 'assess', lead)).rejects.toMatchObject({ code: 'risk.not-judged' });

    const { risk } = await madeRisk();
    await step(risk, 'assess', other);
    await expect(step(risk, 'reduce', lead)).rejects.toMatchObject({ code: 'risk.own-decision' });
    await expect(step(risk, 'accept', other)).rejects.toMatchObject({ code: 'record.not-permitted' });
    expect(await step(risk, 'accept', safety)).toMatchObject({ state: 'accepted' });

    const own = await make(
      'risk',
      JUDGED,
      [{ type: 'of', to: (await make('threat', { title: 'T', category: 'spoofing' })).id }],
      safety,
    );
    await step(own, 'assess', lead);
    await expect(step(own, 'accept', safety)).rejects.toMatchObject({ code: 'signature.own-work' });
  });

  it('needs the benefit above the line, a text for the operator, and a day that has not passed', async () => {
    const { risk } = await madeRisk({ benefit: '' });
    await step(risk, 'assess', lead);
    await expect(step(risk, 'accept', safety)).rejects.toMatchObject({ code: 'risk.benefit-missing' });
    await expect(step(risk, 'transfer', safety)).rejects.toMatchObject({ code: 'risk.guide-missing' });

    await edit(risk, { benefit: 'Yes', securityGuide: 'Segment the network.', acceptedUntil: '2020-01-01' });
    await step(risk, 'assess', lead);
    await expect(step(risk, 'accept', safety)).rejects.toMatchObject({ code: 'risk.acceptance-over' });
    expect(await step(risk, 'transfer', safety)).toMatchObject({ state: 'transferred' });
  });

  it('is refused effects that say nothing and severities that fall by software', async () => {
    const { risk, control } = await madeRisk();
    const effects = (factor: string, to: string, independent = false) => ({
      controls: [{ control: control.key, independent, effects: [{ factor, to }] }],
    });

    await expect(edit(risk, effects('access', 'the moon'))).rejects.toMatchObject({
      code: 'risk.effect-unknown',
    });
    await expect(edit(risk, effects('severity', 'minor'))).rejects.toMatchObject({
      code: 'risk.severity-cannot-fall',
    });
    await edit(risk, effects('severity', 'minor', true));
    expect((await lastJudgement(house.ward.db, risk.id))?.judgement.safety.after.severity).toBe(2);
  });

  it('links nothing of another product', async () => {
    const { risk } = await madeRisk();
    const mine = product;
    product = await makeProduct(house.ward, `Other ${serial}`);
    const threat = await make('threat', { title: 'Elsewhere', category: 'spoofing' });
    product = mine;

    await expect(addLink(house.ward.records, lead, risk.id, 'of', threat.id)).rejects.toMatchObject({
      code: 'risk.other-product',
    });
  });

  it('is proposed from threats, with their harms and controls', async () => {
    const { threat, control } = await madeRisk();
    await addLink(house.ward.records, lead, control.id, 'cuts', threat.id);
    const proposal = await proposeRisk(house.ward, lead, [threat.key]);

    expect(proposal.body).toMatchObject({ title: 'Spoofed console' });
    expect(proposal.links.map(({ type, to }) => [type, to.key])).toEqual([
      ['of', threat.key],
      ['harms', (await harm('H-1')).key],
      ['reduced-by', control.key],
    ]);
    await expect(proposeRisk(house.ward, lead, [control.key])).rejects.toMatchObject({
      code: 'record.wrong-product',
    });
  });
});

describe('what moved', () => {
  async function accepted() {
    const made = await madeRisk();
    await step(made.risk, 'assess', lead);
    await step(made.risk, 'accept', safety);
    return { ...made, judged: await lastJudgement(house.ward.db, made.risk.id) };
  }

  it('a control that falls flags the risk once and takes the decision back; the level stays as it was judged', async () => {
    const { risk, control, judged } = await accepted();
    await bring(await now(control), 'implemented');

    await settle();

    expect(await reviewRisks(house.ward, product.id)).toEqual([]);
    expect(await flagsOf(risk)).toEqual([`${control.key} Permit is no longer verified; it is implemented.`]);
    expect(await now(risk)).toMatchObject({ state: 'reopened' });
    expect(await lastJudgement(house.ward.db, risk.id)).toEqual(judged);
    const work = await flaggedRisks(house.ward.db, [product.id], 10);
    expect(work).toMatchObject([
      { record: { key: risk.key }, reasons: [expect.stringContaining('no longer verified')] },
    ]);

    await step(risk, 'assess', lead);
    expect(await flagsOf(risk)).toEqual([]);
    expect((await lastJudgement(house.ward.db, risk.id))?.judgement.safety.after.exploitability.level).toBe(
      4,
    );
  });

  it('a harm that the file changed flags, and no decision is made on the old one', async () => {
    const { risk } = await madeRisk();
    await step(risk, 'assess', lead);
    await importFile(FILE.replace('Burn,Emission,5', 'Burn,Emission,4'));

    await expect(step(risk, 'accept', safety)).rejects.toMatchObject({ code: 'risk.premises-moved' });
    await settle();
    expect(await flagsOf(risk)).toEqual([expect.stringContaining('went from 5 to 4')]);
    expect(await now(risk)).toMatchObject({ state: 'assessed' });
  });

  it('a vulnerability in a component of the threatened element flags, and KEV does so again', async () => {
    const { risk } = await accepted();
    await make('system-model', {
      title: 'Model',
      zones: [{ id: 'z', title: 'Zone', kind: 'device', trust: 3 }],
      elements: [{ id: 'console', title: 'Console', kind: 'process', type: 'process', zone: 'z' }],
    });
    const release = await make('release', { name: `R ${serial}`, version: '1' });
    const name = `left-hand-${serial}`;
    await house.know(
      osvRecord({
        id: `GHSA-risk-${serial}`,
        aliases: [`CVE-2097-${serial}000`],
        affected: [osvPackage('npm', name, { introduced: '0' }, { fixed: '2.0.0' })],
      }),
    );
    await importSbom(house.ward, lead, {
      release: release.key,
      fileName: 'bom.json',
      part: null,
      bytes: Buffer.from(
        JSON.stringify({
          bomFormat: 'CycloneDX',
          specVersion: '1.6',
          version: 1,
          components: [
            {
              type: 'library',
              name,
              version: '1.0.0',
              purl: `pkg:npm/${name}@1.0.0`,
              properties: [{ name: 'ward:element', value: 'console' }],
            },
          ],
        }),
      ),
    });
    await settle();

    expect(await flagsOf(risk)).toEqual([
      expect.stringMatching(new RegExp(`CVE-2097-${serial}000 appeared in ${name} of console`)),
    ]);
    expect(await now(risk)).toMatchObject({ state: 'reopened' });

    await step(risk, 'assess', lead);
    await house.learn('kev.json', kevCatalogue([`CVE-2097-${serial}000`], '2026.11.01'));
    await settle();
    expect(await flagsOf(risk)).toEqual([
      `CVE-2097-${serial}000 in ${name} of console in ${release.key} is known to be exploited now.`,
    ]);
  });

  it('the job follows the events of other rooms', async () => {
    const { risk, threat } = await accepted();
    await edit(threat, { description: 'Another way was found.' });
    await settle();

    expect(await flagsOf(risk)).toEqual([`${threat.key} was changed (revision 2).`]);
    expect(await now(risk)).toMatchObject({ state: 'reopened' });
  });

  it('an acceptance ends on its day', async () => {
    const { risk } = await accepted();
    await settle();
    house.ward.advance((DEFAULT_POLICY.acceptanceHoldsDays + 1) * 86_400_000);
    await house.ward.jobs.add(house.ward.db, 'end-acceptances', {});
    await house.ward.jobs.drain();
    house.ward.advance(-(DEFAULT_POLICY.acceptanceHoldsDays + 1) * 86_400_000);

    expect(await flagsOf(risk)).toEqual(['The acceptance holds no longer: its day has come.']);
    expect(await now(risk)).toMatchObject({ state: 'reopened' });
  });
});

describe('the plan', () => {
  const approve = async (plan: WardRecord) => {
    await step(plan, 'submit', lead);
    return step(plan, 'approve', safety);
  };

  it('is in force once approved, and stays so while it is changed', async () => {
    const plan = await make('plan', { title: 'Plan' });
    expect(await policyInForce(house.ward.db, product.id)).toEqual({ policy: DEFAULT_POLICY, plan: null });

    await approve(plan);
    expect((await policyInForce(house.ward.db, product.id)).plan).toEqual({ key: plan.key, revision: 1 });
    const times = { ...DEFAULT_POLICY.decideWithinDays, high: 10 };
    await edit(plan, { riskPolicy: { ...DEFAULT_POLICY, decideWithinDays: times } });
    expect((await policyInForce(house.ward.db, product.id)).policy).toEqual(DEFAULT_POLICY);
    await approve(plan);
    expect((await policyInForce(house.ward.db, product.id)).policy.decideWithinDays.high).toBe(10);
  });

  it('is refused a policy that is milder where matters are worse, and its author does not approve it', async () => {
    const matrix = DEFAULT_POLICY.matrix.map((row) => [...row]);
    matrix[4]![4] = 'acceptable';
    await expect(
      make('plan', { title: 'Plan', riskPolicy: { ...DEFAULT_POLICY, matrix } }),
    ).rejects.toMatchObject({ code: 'plan.policy-unsound' });

    const own = await make('plan', { title: 'Plan' }, [], safety);
    await step(own, 'submit', lead);
    await expect(step(own, 'approve', safety)).rejects.toMatchObject({ code: 'signature.own-work' });
  });

  it('sets the times to decide of its own product only', async () => {
    const release = await make('release', { name: `R ${serial}`, version: '1' });
    const name = `slow-${serial}`;
    await house.know(
      osvRecord({
        id: `GHSA-slow-${serial}`,
        affected: [osvPackage('npm', name, { introduced: '0' }, { fixed: '2.0.0' })],
      }),
    );
    const bytes = Buffer.from(
      JSON.stringify({
        bomFormat: 'CycloneDX',
        specVersion: '1.6',
        version: 1,
        components: [{ type: 'library', name, version: '1.0.0', purl: `pkg:npm/${name}@1.0.0` }],
      }),
    );
    await importSbom(house.ward, lead, { release: release.key, fileName: 'b.json', part: null, bytes });
    await house.ward.jobs.drain();
    const due = async () => {
      const { items } = await listFindings(
        house.ward.db,
        lead,
        { productId: product.id, states: ['undecided'], sort: 'due' },
        0,
        5,
      );
      const [row] = items;
      return {
        row: row!,
        days:
          (Date.parse(row!.decide_by) - Date.parse(row!.decide_from.toISOString().slice(0, 10))) / 86_400_000,
      };
    };
    const { row, days } = await due();
    const level = row.level as keyof typeof DEFAULT_POLICY.decideWithinDays;
    expect(days).toBe(DEFAULT_POLICY.decideWithinDays[level]);

    const one = Object.fromEntries(Object.keys(DEFAULT_POLICY.decideWithinDays).map((key) => [key, 2]));
    await approve(
      await make('plan', { title: 'Plan', riskPolicy: { ...DEFAULT_POLICY, decideWithinDays: one } }),
    );
    expect((await due()).days).toBe(2);
  });

  it('another policy in force flags the risks that were judged by the old one', async () => {
    const { risk } = await madeRisk();
    await approve(
      await make('plan', { title: 'Plan', riskPolicy: { ...DEFAULT_POLICY, multiPatientLift: 2 } }),
    );
    await settle();

    expect(await flagsOf(risk)).toEqual([expect.stringContaining('Another policy is in force: PLN-')]);
  });
});

it('the file of the product says what is there and what is missing', async () => {
  const empty = await readRiskFile(house.ward, product);
  expect(empty.missing.map(({ what }) => what)).toEqual(
    expect.arrayContaining(['There is no plan.', expect.stringContaining('no harms of the safety file')]),
  );

  const { risk } = await madeRisk();
  await make('plan', { title: 'Plan', reviewOn: '2020-01-01' });
  const file = await readRiskFile(house.ward, product);
  expect(file).toMatchObject({
    safetyFile: { harms: 2, gone: 0, last: { fileName: 'file.csv', format: 'csv' } },
    counts: { threat: { open: 1 }, risk: { draft: 1 }, control: { verified: 1 } },
    statement: { total: 1, byZone: { unacceptable: 1 }, undecided: 1 },
    due: [{ what: 'Review of the plan' }],
  });
  expect(file.roles.find(({ role }) => role === 'security-lead')?.holders.length).toBeGreaterThan(1);
  expect(file.missing.map(({ what }) => what)).toEqual(
    expect.arrayContaining([expect.stringContaining('never approved')]),
  );

  const listed = await listRisks(house.ward.db, product.id);
  expect(listed.map(({ record }) => record.key)).toEqual([risk.key]);
  expect(stateResidualRisk(listed).highest).toHaveLength(1);
});
