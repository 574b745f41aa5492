// T15, T16 and what templates do to a model, on the real templates read in place.
import { describe, expect, it } from 'vitest';
import { isWardError } from '../../../kernel/errors.ts';
import { importModel } from '../../system/import/import-model.ts';
import { SystemModel } from '../../system/index.ts';
import { MODELS_PRESENT, sharedModel, titled } from '../../system/shared-models.fixture.ts';
import { compileRules } from '../evaluate/evaluate.ts';
import { readRulePack } from '../evaluate/rule-pack.ts';
import { importTb7 } from './tb7.ts';
import { parseFilter } from './tmt-filter.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const templateOf = (types: string) =>
  bytesOf(`<KnowledgeBase><Manifest name="Small" version="1"/><GenericElements>
    <ElementType><Name>Generic Process</Name><ID>GE.P</ID><ParentElement>ROOT</ParentElement></ElementType>
    <ElementType><Name>Generic Data Flow</Name><ID>GE.DF</ID><ParentElement>ROOT</ParentElement><Attributes>
      <Attribute><Name>providesIntegrity</Name><DisplayName>Provides Integrity</DisplayName></Attribute></Attributes></ElementType>
    </GenericElements><StandardElements>
    <ElementType><Name>Pump</Name><ID>p</ID><ParentElement>GE.P</ParentElement></ElementType>
    <ElementType><Name>Infusion Pump</Name><ID>ip</ID><ParentElement>p</ParentElement></ElementType></StandardElements>
    <ThreatCategories><ThreatCategory><Id>T</Id><Name>Tampering</Name></ThreatCategory></ThreatCategories>
    <ThreatTypes>${types}</ThreatTypes></KnowledgeBase>`);
const typeOf = (include: string, exclude = '') =>
  `<ThreatType><GenerationFilters><Include>${include}</Include><Exclude>${exclude}</Exclude></GenerationFilters><Id>X</Id><ShortTitle>Tamper with {target.Name}</ShortTitle><Category>T</Category><Description>Data to {target.Name} is changed.</Description></ThreatType>`;
const only = (include: string, exclude = '') => importTb7(templateOf(typeOf(include, exclude)), 'small.tb7');

describe('a threat type', () => {
  it('asks a question of its own where the template names no control', () => {
    const { pack, counts } = only("target is 'p'");
    const [rule] = pack.rules;

    expect(rule).toMatchObject({
      id: 'TMT-X',
      title: 'Tamper with the receiver',
      statement: 'Data to the receiver of {f} is changed.',
      stride: ['tampering'],
      appliesTo: 'flow',
      unless: 'f.yes("tmt.tmt-x")',
    });
    expect(counts.ownQuestions).toBe(1);
    expect(pack.questions['tmt.tmt-x']?.text).toContain('Tamper with the receiver');
  });

  it('holds for a stencil and all that descend from it', () => {
    expect(only("target is 'p'").pack.rules[0]?.when).toBe(
      'f.dst.tag("pump") || f.dst.type == "pump" || f.dst.tag("infusion-pump") || f.dst.type == "infusion-pump"',
    );
  });

  it('takes a property that is No as the control that would answer it', () => {
    const [rule] = only("flow crosses 'GE.TB.B' and flow.providesIntegrity is 'No'").pack.rules;

    expect([rule?.when, rule?.unless]).toEqual(['f.crosses', 'f.yes("flow.integrity")']);
  });

  it('leaves out a reason to exclude that cannot be said, and says so', () => {
    const { pack, changed } = only(
      "target is 'GE.P'",
      "flow crosses 'SE.X' or flow.providesIntegrity is 'Yes'",
    );

    expect(pack.rules[0]?.unless).toBe('f.yes("flow.integrity")');
    expect(changed[0]?.why).toContain('left out');
  });

  it.each([
    ['', 'no Include'],
    ["source is 'ROOT'", 'remnant'],
    ["source is 'unknown'", 'no stencil'],
    ["flow crosses 'SE.X'", 'no kind of zone'],
    ["not source is 'GE.P'", 'not'],
    ["source is 'GE.P' and", 'cannot be read'],
    ["(source is 'GE.P'", 'not closed'],
    ["river is 'GE.P'", 'neither source'],
  ])('%s becomes no rule, with the reason', (include, reason) => {
    const { pack, notExpressed } = only(include);

    expect(pack.rules).toEqual([]);
    expect(notExpressed[0]?.why).toContain(reason);
    expect(notExpressed[0]?.place).toMatch(/^small\.tb7:\d+$/);
  });

  it('of a filter with ten thousand brackets is listed, not a fault', () => {
    expect(parseFilter('('.repeat(10_000))).toHaveProperty('problem');
  });

  it('of another file is refused', () => {
    try {
      importTb7(bytesOf('<ThreatModel/>'), 'x.tb7');
    } catch (error) {
      expect(isWardError(error) && error.code).toBe('rules.not-a-template');
      return;
    }
    throw new Error('was imported');
  });
});

describe.skipIf(!MODELS_PRESENT)(titled("Microsoft's templates"), () => {
  const medical = MODELS_PRESENT
    ? importTb7(
        sharedModel('ms-tb7/threat-modeling-templates__MedicalDeviceTemplate.tb7').bytes,
        'medical.tb7',
      )
    : null!;

  it('T15: the medical template is read whole', () => {
    expect(medical.counts).toMatchObject({
      stencils: 87,
      categories: 9,
      threatTypes: 125,
      patientSafety: 12,
      withExclude: 35,
    });
    expect(medical.pack.rules.length + medical.notExpressed.length).toBe(125);
    expect(medical.pack.rules.filter(({ safetyRelevance }) => safetyRelevance === 'direct')).toHaveLength(12);
    expect(medical.categories).toContain('Patient Safety');
  });

  it('T15: each rule passes the type check, and what is no rule has a reason', () => {
    expect(() => readRulePack(medical.pack)).not.toThrow();
    expect(compileRules(medical.pack).problems).toEqual([]);
    expect(medical.notExpressed.map(({ why }) => why.split(':')[0])).toEqual([
      ...Array(4).fill('A remnant of version 3 of the tool'),
      'The boundary “Machine Trust Boundary” is no kind of zone here.',
      ...Array(2).fill('A remnant of version 3 of the tool'),
    ]);
  });

  it.each(['threat-modeling-templates__default', 'TMTool__test_template'])(
    '%s is a pack that compiles',
    (name) => {
      const { pack } = importTb7(sharedModel(`ms-tb7/${name}.tb7`).bytes, name);

      expect(compileRules(pack).problems).toEqual([]);
      expect(pack.rules.length).toBeGreaterThan(0);
    },
  );

  it('raises every rule on a model that deserves it, and none where nothing is answered', () => {
    const { raised, asked } = everyFlow(medical.pack);

    expect(medical.pack.rules.map(({ id }) => id).filter((id) => !raised.has(id))).toEqual([]);
    expect([...asked]).toEqual([]);
  });

  it('T08, T16: on an imported model it asks, raises nothing, and leaves the results of another pack as they were', () => {
    const { model } = importModel([sharedModel('ms-tm7/startleft__MTMT_example.tm7')]);
    const other = importTb7(
      sharedModel('ms-tb7/threat-modeling-templates__default.tb7').bytes,
      'default.tb7',
    );
    const alone = compileRules(other.pack).evaluate(model);
    const both = compileRules({
      ...other.pack,
      rules: [...other.pack.rules, ...medical.pack.rules.map((rule) => ({ ...rule, id: `M-${rule.id}` }))],
      questions: { ...medical.pack.questions, ...other.pack.questions },
    }).evaluate(model);

    expect(alone.counts.open).toBeGreaterThan(0);
    expect([alone.counts.raised, both.counts.raised]).toEqual([0, 0]);
    expect(both.results.filter(({ rule }) => !rule.startsWith('M-'))).toEqual(alone.results);
    expect(both.results.length).toBeGreaterThan(alone.results.length);
  });
});

/** For each rule a flow made after its own words, with every question answered no; and the same with nothing answered. */
function everyFlow(pack: ReturnType<typeof importTb7>['pack']) {
  const raised = new Set<string>();
  const asked = new Set<string>();
  const kinds = ['process', 'store', 'external', 'hardware'] as const;
  for (const rule of pack.rules) {
    const words = (pattern: RegExp) =>
      [...`${rule.when}`.matchAll(pattern)].map((match) => match[1] as string);
    const end = (name: 'src' | 'dst', kind: (typeof kinds)[number], id: string) => ({
      id,
      title: id,
      kind,
      zone: name === 'src' ? 'z-1' : 'z-2',
      type: words(new RegExp(`f\\.${name}\\.type == "([^"]+)"`, 'g'))[0] ?? '',
      tags: words(new RegExp(`f\\.${name}\\.tag\\("([^"]+)"\\)`, 'g')),
      holds: words(new RegExp(`f\\.${name}\\.holdsKind\\("([^"]+)"\\)`, 'g')).map((asset) => `a-${asset}`),
    });
    const flows = kinds.flatMap((from) => kinds.map((to) => ({ from, to })));
    const answers = (value: 'yes' | 'no', keys: readonly string[]) =>
      Object.fromEntries(keys.map((key) => [key, { value }]));
    const needed = words(/yes\("([^"]+)"\)/g);
    const others = Object.keys(pack.questions).filter((key) => !needed.includes(key));
    const modelWith = (answered: boolean) =>
      SystemModel.parse({
        title: rule.id,
        zones: [
          { id: 'z-1', title: 'a', trust: 1 },
          { id: 'z-2', title: 'b', trust: 4 },
        ],
        assets: ['patient-data', 'audit', 'credential'].map((kind) => ({
          id: `a-${kind}`,
          title: kind,
          kind,
        })),
        elements: flows.flatMap(({ from, to }, at) =>
          [end('src', from, `s-${at}`), end('dst', to, `d-${at}`)].map((element) => ({
            ...element,
            answers: answered ? { ...answers('no', others), ...answers('yes', needed) } : {},
          })),
        ),
        flows: flows.map((_, at) => ({
          id: `f-${at}`,
          title: rule.id,
          from: `s-${at}`,
          to: `d-${at}`,
          protocol: words(/hasProtocol\("([^"]+)"\)/g),
          carries: words(/carriesKind\("([^"]+)"\)/g).map((kind) => `a-${kind}`),
          answers: answered ? { ...answers('no', others), ...answers('yes', needed) } : {},
        })),
      });
    const evaluator = compileRules({ ...pack, rules: [rule] });
    if (evaluator.evaluate(modelWith(true)).results.some(({ state }) => state === 'raised'))
      raised.add(rule.id);
    if (evaluator.evaluate(modelWith(false)).results.some(({ state }) => state === 'raised'))
      asked.add(rule.id);
  }
  return { raised, asked };
}
