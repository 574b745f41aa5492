// The kinds of record against the domain's table: none missing, none with other states, no step that nobody reaches, and
// every kind of evidence that clause maps ask for is served.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import map from '../regulation/record-kind-map.json' with { type: 'json' };
import evidence from '../regulation/record-kinds.json' with { type: 'json' };
import { roleAssignmentKind } from '../workbench/kernel/people/role-assignment.ts';
import { ROLE_IDS } from '../workbench/kernel/people/roles.ts';
import type { KindDefinition } from '../workbench/kernel/records/kind.ts';
import { appOf } from '../workbench/main.ts';
import { loadRooms } from '../workbench/rooms/load.ts';
import { type TestWard, testWard } from './setup/test-ward.ts';

/** The table of the domain: key and states of each kind. What Ward has beyond it follows with its reason. */
const DOMAIN: Readonly<Record<string, readonly [key: string, ...states: string[]]>> = {
  plan: ['PLN', 'draft', 'in-review', 'approved', 'superseded'],
  'role-assignment': ['ROL', 'active', 'ended'],
  'system-model': ['SYS', 'draft', 'approved'],
  attacker: ['ATK', 'active'],
  threat: ['THR', 'open', 'mitigated', 'accepted', 'not-applicable'],
  harm: ['HRM', 'imported'],
  risk: ['RSK', 'draft', 'assessed', 'accepted', 'reduce', 'residual-accepted'],
  control: ['CTL', 'planned', 'implemented', 'verified'],
  requirement: ['REQ', 'draft', 'approved', 'obsolete'],
  verification: ['VER', 'draft', 'approved'],
  result: ['RES', 'recorded'],
  finding: ['FND', 'new', 'in-triage', 'affected', 'not-affected', 'fixed', 'false-positive', 'deferred'],
  assessment: ['ASM', 'draft', 'approved'],
  supplier: ['SUP', 'active', 'ended'],
  'practice-evidence': ['EVD', 'recorded'],
  incident: ['INC', 'detected', 'contained', 'eradicated', 'recovered', 'closed'],
  'disclosure-case': ['CVD', 'received', 'acknowledged', 'validated', 'remedied', 'published', 'closed'],
  advisory: ['ADV', 'draft', 'approved', 'published', 'revised'],
  clock: ['CLK', 'running', 'met', 'missed', 'stopped'],
  update: ['UPD', 'planned', 'built', 'verified', 'released', 'withdrawn'],
  campaign: ['CMP', 'planned', 'running', 'paused', 'done', 'halted'],
  document: ['DOC', 'generated', 'reviewed', 'signed', 'stale'],
};
const BEYOND: Readonly<Record<string, readonly [reason: string, ...states: string[]]>> = {
  attacker: ['a profile that was wrong is not deleted', 'withdrawn'],
  harm: ['a re-import may no longer hold it', 'gone'],
  risk: [
    'it may be avoided or transferred, and comes back when its premises move',
    'avoided',
    'transferred',
    'reopened',
  ],
  control: ['a control may be given up', 'withdrawn'],
  verification: ['a test may be replaced', 'obsolete'],
  result: ['a result may turn out to be wrong', 'withdrawn'],
  finding: ['its advisory may be withdrawn, its component may leave', 'closed'],
  assessment: ['it re-opens itself, and ends with its finding', 'reopened', 'closed'],
  'practice-evidence': ['evidence may turn out to be wrong', 'withdrawn'],
  threat: ['a rule may no longer raise what it raised', 'gone'],
  'rule-pack': ['rules of the house are data with revisions and an audit trail', 'active', 'withdrawn'],
  product: ['a product is a record too: other records hang on it', 'active', 'retired'],
  release: [
    'a release is a record too: evidence holds for one',
    'planned',
    'released',
    'end-of-support',
    'end-of-life',
  ],
};
/** States that no step leads to, and why that is so today. */
const NEVER_REACHED: Readonly<Record<string, string>> = {};

const rooms = await loadRooms();
const kinds: readonly KindDefinition[] = [roleAssignmentKind, ...rooms.flatMap((room) => room.kinds)];
const byName = new Map(kinds.map((kind) => [kind.kind, kind]));

describe('the table of the domain', () => {
  it.each(Object.entries(DOMAIN))('%s has its key and its states', (name, [key, ...states]) => {
    const kind = byName.get(name);
    const beyond = BEYOND[name]?.slice(1) ?? [];

    expect(kind?.key).toBe(key);
    expect(kind?.states.map((state) => state.id).sort()).toEqual([...states, ...beyond].sort());
  });

  it('has no kind that is not told of', () => {
    const known = new Set([...Object.keys(DOMAIN), ...Object.keys(BEYOND)]);

    expect(kinds.map((kind) => kind.kind).filter((kind) => !known.has(kind))).toEqual([]);
  });

  it('gives no two kinds one key', () => {
    expect(new Set(kinds.map((kind) => kind.key)).size).toBe(kinds.length);
  });
});

describe.each(kinds.map((kind) => [kind.kind, kind] as const))('%s', (_name, kind) => {
  it('has a JSON Schema that says what every field is called', () => {
    const schema = z.toJSONSchema(kind.schema, { io: 'input', unrepresentable: 'throw' }) as {
      properties: Record<string, { title?: string }>;
    };

    expect(Object.keys(schema.properties)).toContain(kind.titleField);
    if (kind.kind !== 'role-assignment')
      // drawn by a form of its own
      expect(Object.values(schema.properties).map((field) => field.title ?? '')).not.toContain('');
  });

  it('bounds every text and every list', () => {
    expect(unbounded(z.toJSONSchema(kind.schema, { io: 'input' }))).toEqual([]);
  });

  it('reaches every state, and each step from a state that is reached', () => {
    const reached = reachable(kind);
    const states = kind.states.map((state) => state.id).filter((state) => !reached.has(state));
    const steps = kind.transitions.filter((step) => !step.from.some((state) => reached.has(state)));

    expect(states.filter((state) => !NEVER_REACHED[`${kind.kind} ${state}`])).toEqual([]);
    expect(steps.map((step) => step.id)).toEqual([]);
  });

  it('opens no step to an auditor, no signature to an administrator, and nothing to unknown roles', () => {
    for (const step of kind.transitions) {
      expect(step.roles).not.toContain('auditor');
      if (step.signature) expect(step.roles).not.toContain('administrator');
      for (const role of step.roles) expect(ROLE_IDS).toContain(role);
      if (step.system) expect(step.roles).toEqual([]);
    }
    expect([...kind.rights.create, ...kind.rights.edit]).not.toContain('auditor');
    expect([...kind.rights.create, ...kind.rights.edit]).not.toContain('supplier-contact');
  });

  it('needs a reason to edit what was approved', () => {
    for (const step of kind.transitions) {
      if (step.signature !== 'approve') continue;
      const state = kind.states.find((found) => found.id === step.to);
      const guarded =
        state?.onEdit === false ||
        kind.editReason === 'always' ||
        (kind.editReason !== 'never' && kind.editReason.includes(step.to));
      expect({ step: step.id, guarded }).toEqual({ step: step.id, guarded: true });
    }
  });

  it('names a clause and says in a sentence why it matters', () => {
    expect(kind.clause).toMatch(/\d/);
    expect(kind.purpose).toMatch(/\.$/);
  });
});

it('keeps no excuse for a state that is reached by now', () => {
  const stale = Object.keys(NEVER_REACHED).filter((name) => {
    const [kind = '', state = ''] = name.split(' ');
    return reachable(byName.get(kind) as KindDefinition).has(state);
  });

  expect(stale).toEqual([]);
});

describe('evidence that clause maps ask for', () => {
  let ward: TestWard;
  let paths: string[];

  beforeAll(async () => {
    ward = await testWard();
    const answer = await (await appOf(ward, null, null)).request('/api/openapi.json');
    paths = Object.keys(((await answer.json()) as { paths: object }).paths);
  });
  afterAll(() => ward.close());

  it('is served, each kind once, none left over', () => {
    expect(map.entries.map((entry) => entry.id)).toEqual(evidence.kinds.map((kind) => kind.id));
    expect(evidence.kinds).toHaveLength(75);
  });

  it('is served by kinds of record that there are, told apart by fields that they have', () => {
    for (const entry of map.entries.filter((found) => found.by === 'record')) {
      const kind = byName.get(entry.to);
      expect(kind, `${entry.id} → ${entry.to}`).toBeDefined();
      for (const [field, value] of Object.entries(entry.where ?? {})) {
        const shape = kind?.schema.shape[field] as z.ZodType;
        expect(shape?.safeParse(value).success, `${entry.id}: ${field} = ${value}`).toBe(true);
      }
    }
  });

  it('is served by views that the API has', () => {
    const views = map.entries.filter((entry) => entry.by === 'view');

    expect(views.filter((entry) => !paths.includes(entry.to))).toEqual([]);
  });

  it('is served by documents of distinct profiles', () => {
    const profiles = map.entries.filter((entry) => entry.by === 'document').map((entry) => entry.to);

    expect(new Set(profiles).size).toBe(profiles.length);
    for (const profile of profiles) expect(profile).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  });

  it('is served in one of three ways, each with a sentence that says how', () => {
    for (const { by, note } of map.entries) {
      expect(['record', 'view', 'document']).toContain(by);
      expect(note).toMatch(/^[A-Z].*\.$/);
    }
  });
});

/** From the first state by steps of people and of Ward itself, and by edits. */
function reachable(kind: KindDefinition): Set<string> {
  const reached = new Set<string>([kind.states[0].id]);
  for (let size = 0; size !== reached.size; ) {
    size = reached.size;
    for (const state of kind.states)
      if (reached.has(state.id) && typeof state.onEdit === 'string') reached.add(state.onEdit);
    for (const step of kind.transitions)
      if (step.from.some((state) => reached.has(state))) reached.add(step.to);
  }
  return reached;
}

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
}

/** Places of texts and lists that may grow without end. */
function unbounded(schema: unknown, at = '$'): string[] {
  const {
    type,
    properties,
    items,
    anyOf,
    maxLength,
    maxItems,
    enum: values,
    format,
    pattern,
  } = schema as Schema;
  const found: string[] = [];
  if (type === 'string' && maxLength === undefined && !values && !format && !pattern) found.push(at);
  if (type === 'array' && maxItems === undefined) found.push(at);
  if (items) found.push(...unbounded(items, `${at}[]`));
  for (const other of anyOf ?? []) found.push(...unbounded(other, at));
  for (const [name, field] of Object.entries(properties ?? {}))
    found.push(...unbounded(field, `${at}.${name}`));
  return found;
}
