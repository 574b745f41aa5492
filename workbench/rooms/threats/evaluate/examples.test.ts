// Rules × examples: each shipped rule is raised by one model and not by the other. WARD_UPDATE_GOLDEN=1 renews docs/reports/rules.md.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkModel, SystemModel } from '../../system/index.ts';
import { compileRules } from './evaluate.ts';
import { type ShippedExample, shippedExamples } from './shipped-examples.ts';
import { shippedPack } from './shipped-pack.ts';

const REPORT = new URL('../../../../docs/reports/rules.md', import.meta.url);
const { rules } = shippedPack();
const evaluator = compileRules(shippedPack());

function run({ rule, target, model }: ShippedExample) {
  const { results } = evaluator.evaluate(SystemModel.parse(model));
  const result = results.find((one) => one.rule === rule && one.target === target);
  const decided = result?.facts.filter(({ origin }) => origin !== 'model') ?? [];
  return {
    state: result?.state ?? 'not applicable',
    by: decided.map(
      ({ target: at, fact, value }) => `${at === target ? '' : `${at}: `}${fact.slice(7)} = ${value}`,
    ),
  };
}

const examplesOf = (id: string, kind: ShippedExample['kind']) =>
  shippedExamples.filter((example) => example.rule === id && example.kind === kind);

describe('the shipped rules', () => {
  it.each(rules.map(({ id }) => [id]))(
    '%s is raised by its positive example and not by its negative one',
    (id) => {
      const [positive, negative] = [examplesOf(id, 'positive'), examplesOf(id, 'negative')];

      expect(positive.length).toBeGreaterThan(0);
      expect(negative.length).toBeGreaterThan(0);
      for (const example of positive) expect(run(example).state).toBe('raised');
      for (const example of negative) expect(run(example).state).toMatch(/^(answered|not applicable)$/);
    },
  );

  it('have examples for no rule that there is not, each a sound model', () => {
    const ids = new Set(rules.map(({ id }) => id));
    const refused = shippedExamples.flatMap(({ rule, model }) =>
      checkModel(SystemModel.parse(model))
        .filter(({ level }) => level === 'refused')
        .map(({ path }) => `${rule} ${path}`),
    );

    expect(shippedExamples.filter(({ rule }) => !ids.has(rule))).toEqual([]);
    expect(refused).toEqual([]);
  });

  it('stand in the report as they are', () => {
    const report = render();
    if (process.env.WARD_UPDATE_GOLDEN === '1') writeFileSync(REPORT, report);
    expect(existsSync(REPORT) ? readFileSync(REPORT, 'utf8') : '').toBe(report);
  });
});

function render(): string {
  const rows = rules.map(({ id, version, title, appliesTo, when }) => {
    const cell = (kind: ShippedExample['kind']) =>
      examplesOf(id, kind)
        .map((example) => {
          const { state, by } = run(example);
          return by.length === 0 ? state : `${state} (${by.join(', ')})`;
        })
        .join('; ');
    const condition = when.replaceAll('|', '\\|');
    return `| ${id} v${version} | ${title} | ${appliesTo} | \`${condition}\` | ${cell('positive')} | ${cell('negative')} |`;
  });
  const covered = rules.filter(
    ({ id }) => examplesOf(id, 'positive').length > 0 && examplesOf(id, 'negative').length > 0,
  );
  return [
    '# Rules and their examples',
    '',
    `${covered.length} of ${rules.length} rules of edition ${shippedPack().version} have a model that raises them and one that does not`,
    '(`threat-rules/examples/`). Written by',
    '`WARD_UPDATE_GOLDEN=1 npx vitest run --project unit workbench/rooms/threats/evaluate/examples.test.ts`.',
    '',
    '| rule | threat | at | when | positive example | negative example |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
