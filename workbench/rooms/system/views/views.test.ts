import { describe, expect, it } from 'vitest';
import { SystemModel } from '../metamodel.ts';
import { VIEW_IDS } from './contract.ts';
import { viewCsv } from './csv.ts';
import { viewLine, viewMarkdown } from './markdown.ts';
import { viewOf } from './view-of.ts';

const yes = { value: 'yes' as const };
const no = { value: 'no' as const };
const parts = {
  title: 'Pump',
  zones: [
    { id: 'z-net', title: 'Clinic', kind: 'hospital', trust: 1 },
    { id: 'z-dev', title: 'Device', kind: 'device', trust: 4, elementDefaults: { 'upd.signed': yes } },
    { id: 'z-maker', title: 'Maker', kind: 'maker', trust: 3 },
  ],
  elements: [
    { id: 'e-his', title: 'Records', kind: 'external', zone: 'z-net' },
    {
      id: 'e-app',
      title: 'App',
      kind: 'process',
      zone: 'z-dev',
      contains: ['pkg:npm/left-hand'],
      tags: ['device-identity'],
    },
    { id: 'e-agent', title: 'Agent', kind: 'process', zone: 'z-dev', tags: ['updater'] },
    { id: 'e-motor', title: 'Motor', kind: 'hardware', zone: 'z-dev', tags: ['has-firmware'], safety: true },
    { id: 'e-fleet', title: 'Fleet', kind: 'process', zone: 'z-maker', tags: ['fleet-service'] },
    { id: 'e-lost', title: 'Lost', kind: 'process' },
  ],
  interfaces: [{ id: 'i-usb', title: 'USB', kind: 'usb', element: 'e-app' }],
  assets: [{ id: 'd-sw', title: 'Software', kind: 'software' }],
  flows: [
    {
      id: 'f-his',
      title: 'Orders',
      from: 'e-his',
      to: 'e-app',
      protocol: ['hl7v2'],
      answers: { 'flow.encrypted': no },
    },
    { id: 'f-upd', title: 'Update', from: 'e-fleet', to: 'e-agent', protocol: ['tls'], carries: ['d-sw'] },
    {
      id: 'f-run',
      title: 'Install',
      from: 'e-agent',
      to: 'e-app',
      carries: ['d-sw'],
      answers: { 'flow.integrity': yes },
    },
    { id: 'f-act', title: 'Drive', from: 'e-app', to: 'e-motor', protocol: ['can'] },
  ],
  safetyFunctions: [{ id: 'sf', title: 'Stop', realisedBy: ['e-motor'], harms: ['H-1'] }],
  harms: [{ id: 'H-1', title: 'Overdose', severity: 5 }],
  useCases: [{ id: 'uc', title: 'Treat', kind: 'treatment', steps: ['f-his', 'f-act'] }],
};
const model = SystemModel.parse(parts);
const gaps = (id: (typeof VIEW_IDS)[number]) => viewOf(model, id).gaps.map((gap) => gap.message);
const of = { key: 'SYS-1', revision: 3, draft: false };

describe('views of a model', () => {
  it('say of crossings what protects them, the widest step of trust first', () => {
    const view = viewOf(model, 'trust-boundaries');
    expect(view.tables[0]?.rows.map((row) => [row[1], row[4], row[8]])).toEqual([
      ['Orders', '3', 'no'],
      ['Update', '1', 'not answered'],
    ]);
    expect(view.gaps.map((gap) => gap.message)).toContain(
      'Orders crosses zones; `flow.integrity` is not answered.',
    );
  });

  it('the global view names what is in no zone, has no protocol, no state and no component', () => {
    const found = gaps('global-system');
    expect(found).toContain('Lost stands in no zone.');
    expect(found).toContain('Install names no protocol.');
    expect(found.some((gap) => gap.startsWith('USB:'))).toBe(true);
    expect(found).toContain('Agent has software, and the model names no component of it.');
    expect(found.some((gap) => gap.startsWith('App has software'))).toBe(false);
  });

  it('says that systems of the maker are missing', () => {
    const alone = SystemModel.parse({ title: 'A', elements: [{ id: 'e', title: 'E', kind: 'process' }] });
    expect(viewOf(alone, 'global-system').gaps.map((gap) => gap.message)).toContain(
      'No system of the maker is drawn: build, update, service, fleet.',
    );
  });

  it('the multi-patient view finds common causes and the safety functions behind them', () => {
    const view = viewOf(model, 'multi-patient');
    expect(view.tables[0]?.rows.map((row) => row[0])).toEqual(['Agent', 'Fleet']);
    expect(view.tables[1]?.rows).toEqual([['Stop', 'Motor', 'Overdose', '—']]);
    expect(gaps('multi-patient')).toEqual([
      'Fleet: `fleet.blast-radius` is not answered.',
      'Fleet: `fleet.no-therapy-control` is not answered.',
      'App: is its key unique to each unit? Not answered.',
    ]);
  });

  it('a question that was answered with no is no open question, but it is said', () => {
    const known = SystemModel.parse({
      ...parts,
      elements: parts.elements.map((one) =>
        one.id === 'e-app' ? { ...one, answers: { 'key.unit-unique': no } } : one,
      ),
    });
    expect(viewOf(known, 'multi-patient').gaps.map((gap) => gap.message)).toContain(
      'App: its key is the same in several units.',
    );
  });

  it('the view of updates finds parts that no update reaches, and hops without integrity', () => {
    const found = gaps('updatability');
    expect(found).toContain('Motor has software, and no way of updates leads to it.');
    expect(found).toContain('Update carries software; its integrity is not answered.');
    expect(found.some((gap) => gap.startsWith('Install carries'))).toBe(false);
    expect(found).toContain(
      'No target time for patches is stated in the description or the assumptions of the model.',
    );
  });

  it("an element answers by its zone's default where it says nothing itself", () => {
    const found = gaps('updatability');
    expect(found).not.toContain('Agent: `upd.signed` is not answered.');
    expect(found).toContain('Agent: `upd.no-rollback` is not answered.');
  });

  it('the use case views name states without a case', () => {
    const found = gaps('use-cases');
    expect(found).toContain('No use case for the state “update”.');
    expect(found).not.toContain('No use case for the state “treatment”.');
    expect(found).toContain('Treat: what happens when a step fails?');
  });

  it('count the open questions of the rules at what they show', () => {
    const view = viewOf(
      model,
      'updatability',
      new Map([
        ['e-agent', ['a', 'b']],
        ['e-his', ['c']],
      ]),
    );
    expect(view.gaps.at(-1)?.message).toBe('Agent: 2 questions are not answered.');
  });

  it('are all made of an empty model too, and say what is not there', () => {
    const empty = SystemModel.parse({ title: 'Empty' });
    for (const id of VIEW_IDS) {
      const view = viewOf(empty, id);
      for (const table of view.tables) expect(table.none.length, `${id} ${table.title}`).toBeGreaterThan(10);
    }
  });
});

describe('prints', () => {
  const hostile = SystemModel.parse({
    title: 'A | B <script>',
    elements: [{ id: 'e', title: '=HYPERLINK("x")|<b>\u202e', kind: 'process' }],
  });

  it('carry key, revision and what is open', () => {
    const text = viewMarkdown(model, viewOf(model, 'multi-patient'), of);
    expect(text).toContain('SYS-1, revision 3. 3 points are open.');
    expect(viewLine(viewOf(model, 'interfaces'), { ...of, draft: true })).toContain(
      'changes that are not saved',
    );
  });

  it('keep the names of others from becoming markup or formulas', () => {
    const view = viewOf(hostile, 'global-system');
    expect(viewMarkdown(hostile, view, of)).not.toMatch(/(?<!\\)<script>|(?<!\\)\|<b>/);
    expect(viewCsv(view, of)).toContain(`"'=HYPERLINK(""x"")`);
  });
});
