// Every file of the shared models: it imports, or it is refused for a stated reason; nothing else is thrown.
// WARD_UPDATE_GOLDEN=1 renews docs/reports/model-imports.md.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isWardError } from '../../../kernel/errors.ts';
import { checkModel } from '../check-model.ts';
import { MODELS_PRESENT, sharedModel, sharedModelPaths, titled } from '../shared-models.fixture.ts';
import { readModelText, writeModelText } from '../text-form.ts';
import type { ModelImport } from './contract.ts';
import { importModel } from './import-model.ts';

const REPORT = resolve('docs/reports/model-imports.md');

/** Files that are rightly refused, with the code and why that is right. */
const rightlyRefused: readonly { readonly name: RegExp; readonly code: string; readonly why: string }[] = [
  { name: /schema\.json$|_schema\.json$/, code: 'model.no-model', why: 'a JSON Schema' },
  { name: /\.tb7$/, code: 'model.no-model', why: 'a template, which is imported as a rule pack' },
  { name: /format-zip\.tm7$/, code: 'model.not-text', why: 'a zip by its first bytes' },
  {
    name: /pytm\/.*threats\.json$/,
    code: 'model.no-model',
    why: 'a threat library, whose conditions are code',
  },
  { name: /malformed/, code: 'model.wrong-shape', why: 'summary and diagrams are missing' },
  { name: /otm_without_version/, code: 'model.unsupported-version', why: 'no otmVersion' },
  { name: /technologies\.yaml$/, code: 'model.unknown-format', why: 'a list of technologies' },
  { name: /split\/diagram_tweak\.yaml$/, code: 'model.unknown-format', why: 'holds comments only' },
  { name: /split\/parsed-model\.json$/, code: 'model.no-model', why: 'the output of an analysis' },
  {
    name: /split\/(?!main)/,
    code: 'model.no-model',
    why: 'a part of a split model, imported with its main file',
  },
  {
    name: /-(control-(minimal|grc)|risk-|party-|vex-).*2\.0\.json$/,
    code: 'model.no-model',
    why: 'controls, risks or parties alone: no blueprint and no threats',
  },
];

interface Outcome {
  readonly path: string;
  readonly result: ModelImport | null;
  readonly code: string;
  readonly message: string;
  readonly ms: number;
}

function outcomeOf(path: string, all: readonly string[]): Outcome {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const beside = path.endsWith('split/main.yaml')
    ? all.filter((one) => one.startsWith(folder) && one !== path)
    : [];
  const files = [path, ...beside].map(sharedModel);
  const started = performance.now();
  try {
    return { path, result: importModel(files), code: '', message: '', ms: performance.now() - started };
  } catch (error) {
    if (!isWardError(error)) throw error;
    return { path, result: null, code: error.code, message: error.message, ms: performance.now() - started };
  }
}

describe.skipIf(!MODELS_PRESENT)(titled('the shared models'), () => {
  const paths = MODELS_PRESENT ? sharedModelPaths() : [];
  const outcomes = paths.map((path) => outcomeOf(path, paths));

  it('are 111, each imported or refused within two seconds', () => {
    expect(outcomes).toHaveLength(111);
    expect(outcomes.filter(({ ms }) => ms > 2_000).map(({ path, ms }) => `${path} ${ms}`)).toEqual([]);
  });

  it('are refused for the reason that is right, and for no other', () => {
    const wrong = outcomes.filter(
      ({ path, code }) => (rightlyRefused.find(({ name }) => name.test(path))?.code ?? '') !== code,
    );

    expect(wrong.map(({ path, code, message }) => `${path}: ${code} ${message}`)).toEqual([]);
  });

  it('become sound models, which come back from the text form as they are', () => {
    for (const { result } of outcomes) {
      if (!result) continue;
      expect(checkModel(result.model).filter(({ level }) => level === 'refused')).toEqual([]);
      expect(readModelText(writeModelText(result.model, 'json'), 'back')).toEqual(result.model);
    }
  });

  it('have a line in the report for each thing that is counted', () => {
    for (const { result } of outcomes) {
      if (!result) continue;
      const { counts, ...lines } = result.report;
      expect([lines.kept.length, lines.changed.length, lines.raw.length, lines.refused.length]).toEqual([
        counts.kept,
        counts.changed,
        counts.raw,
        counts.refused,
      ]);
      expect(
        [...lines.kept, ...lines.changed, ...lines.raw, ...lines.refused].every(
          ({ place, what }) => place !== '' && what !== '',
        ),
      ).toBe(true);
      expect([...lines.changed, ...lines.raw, ...lines.refused].every(({ why }) => why !== '')).toBe(true);
    }
  });

  it('give the table of docs/reports/model-imports.md', () => {
    const table = tableOf(outcomes);
    if (process.env.WARD_UPDATE_GOLDEN) writeFileSync(REPORT, table);

    expect(existsSync(REPORT) && readFileSync(REPORT, 'utf8')).toBe(table);
  });
});

function tableOf(outcomes: readonly Outcome[]): string {
  const imported = outcomes.filter(({ result }) => result);
  const rows = imported.map(({ path, result }) => {
    const { model, report, threats, decisions, proposedZones, format } = result as ModelImport;
    const { kept, changed, raw, refused } = report.counts;
    const cells = [
      format,
      model.elements.length,
      model.flows.length,
      `${model.zones.length}${proposedZones.length > 0 ? ` + ${proposedZones.length}` : ''}`,
      model.assets.length,
      threats.length,
      decisions.length,
      kept,
      changed,
      raw,
      refused,
    ];
    return `| ${path} | ${cells.join(' | ')} |`;
  });
  const refusedRows = outcomes
    .filter(({ result }) => !result)
    .map(
      ({ path, code }) =>
        `| ${path} | ${code} | ${rightlyRefused.find(({ name }) => name.test(path))?.why ?? 'not expected'} |`,
    );
  return [
    '# What imports of system models keep, change and lose',
    '',
    'Made by `workbench/rooms/system/import/shared-models.test.ts` from real models of other tools. *Kept*: taken as it is. *Changed*: taken, and',
    'something of it was read in another way (a name that became an id, a curve that became a proposed zone, a threat that waits for a target).',
    '*Left*: the model has no place for it; it stays in the original file, which Ward keeps. *Refused*: not taken. Every count has a line with its place',
    'in the report of the import. Zones `2 + 1` are two and one that is proposed.',
    '',
    `${outcomes.length} files: ${imported.length} imported, ${outcomes.length - imported.length} refused.`,
    '',
    '| file | format | elements | flows | zones | assets | threats | decisions | kept | changed | left | refused |',
    '| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |',
    ...rows,
    '',
    '## Refused',
    '',
    '| file | code | why that is right |',
    '| --- | --- | --- |',
    ...refusedRows,
    '',
  ].join('\n');
}
