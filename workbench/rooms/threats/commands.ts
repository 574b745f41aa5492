// What `ward model evaluate` does.
import { basename } from 'node:path';
import { readNamed } from '../../cli/ask-ward.ts';
import { type CommonOptions, EXIT, print } from '../../cli/output.ts';
import { defineErrors } from '../../kernel/errors.ts';
import {
  checkModel,
  decodeBytes,
  parseJsonText,
  parseYamlText,
  readModelText,
  type SystemModel,
} from '../system/index.ts';
import type { Evaluation, PairResult, RulePack, ThreatRule } from './evaluate/contract.ts';
import { compileRules } from './evaluate/evaluate.ts';
import { evaluateAside } from './evaluate/evaluate-in-worker.ts';
import { joinPacks, readRulePack } from './evaluate/rule-pack.ts';
import { shippedPack } from './evaluate/shipped-pack.ts';

const refuse = defineErrors({
  'rules.wrong-option': {
    status: 422,
    exit: 2,
    title: 'The option has no such value',
    remedy: 'Write --fail-on raised, --fail-on open or --fail-on never.',
  },
});

/** Open questions shown without `--all`. */
const SHOWN = 20;

interface EvaluateOptions extends CommonOptions {
  readonly rules?: readonly string[];
  readonly failOn: string;
  readonly all?: boolean;
}

export async function evaluateCommand(file: string, options: EvaluateOptions): Promise<number> {
  const { failOn } = options;
  if (!['raised', 'open', 'never'].includes(failOn))
    throw refuse('rules.wrong-option', `--fail-on ${failOn} is not known.`, { at: '--fail-on' });
  const model = readModelText(await textOf(file), basename(file));
  const own: RulePack[] = [];
  for (const path of options.rules ?? []) own.push(await readPackFile(path, [shippedPack(), ...own]));
  const pack = joinPacks([shippedPack(), ...own]);
  const found = own.length === 0 ? compileRules(pack).evaluate(model) : await evaluateAside(pack, model);
  const gaps = checkModel(model).filter(({ level }) => level === 'gap');
  const value = {
    model: { title: model.title, version: model.version },
    packs: [shippedPack(), ...own].map(({ id, version, rules }) => ({ id, version, rules: rules.length })),
    ...found,
    gaps: gaps.map(({ path, code, message }) => ({ path, code, message })),
  };
  print(
    options,
    value,
    [
      ...headLines(file, model, pack, found),
      ...raisedLines(found, pack, model),
      ...questionLines(found, pack, model, options.all === true),
      ...found.problems.map(
        ({ rule, place, message }) => `Rule ${rule}, ${place}: ${message}; it was left out.`,
      ),
      ...(gaps.length > 0
        ? ['', `${gaps.length} gaps of the model; what it does not say is taken at its worst:`]
        : []),
      ...gaps.slice(0, SHOWN).map(({ message }) => `  ${message}`),
    ]
      .map(printable)
      .join('\n'),
  );
  if (failOn === 'never') return EXIT.ok;
  const { raised, open } = found.counts;
  const isFinding = raised > 0 || found.problems.length > 0 || (failOn === 'open' && open > 0);
  return isFinding ? EXIT.findings : EXIT.ok;
}

async function readPackFile(path: string, beside: readonly RulePack[]): Promise<RulePack> {
  const [text, name] = [await textOf(path), basename(path)];
  const value = /^[\s\uFEFF]*[{[]/.test(text) ? parseJsonText(text, name) : parseYamlText(text, name).value;
  return readRulePack(value, beside);
}

async function textOf(path: string): Promise<string> {
  return decodeBytes(await readNamed(path), basename(path));
}

function headLines(file: string, model: SystemModel, pack: RulePack, { counts }: Evaluation): string[] {
  const merged = counts.raised - counts.raisedAfterMerge;
  return [
    `${file}: ${model.title}, ${model.elements.length} elements, ${model.flows.length} flows; ${pack.rules.length} rules.`,
    `${counts.raisedAfterMerge} threats raised${merged > 0 ? ` (${merged} more are merged into them)` : ''}, ${counts.open} open, ${counts.answered} answered.`,
  ];
}

const RELEVANCE = ['multi-patient', 'direct', 'indirect', 'none'];
const weight = ({ safetyRelevance, exploitability }: ThreatRule) =>
  RELEVANCE.indexOf(safetyRelevance) * 10 - exploitability;

/** What touches patients first, then what is easiest. */
function raisedLines({ results }: Evaluation, pack: RulePack, model: SystemModel): string[] {
  const rules = new Map(pack.rules.map((rule) => [rule.id, rule]));
  const titles = titlesOf(model);
  const rows = results
    .filter(({ state, mergedInto }) => state === 'raised' && mergedInto === null)
    .map((result) => ({ result, rule: rules.get(result.rule) as ThreatRule }))
    .sort((a, b) => weight(a.rule) - weight(b.rule))
    .map(({ result, rule }) => [
      rule.id,
      rule.title,
      titles.get(result.target) ?? result.target,
      rule.safetyRelevance,
      String(rule.exploitability),
      reasonOf(result, titles),
    ]);
  if (rows.length === 0) return [];
  return ['', ...columns([['rule', 'threat', 'at', 'safety', 'ease', 'since'], ...rows])];
}

/** The answers that left the threat standing; where there are none, the structure. */
function reasonOf({ facts, target }: PairResult, titles: ReadonlyMap<string, string>): string {
  const said = facts.filter(({ fact, value }) => fact.startsWith('answer ') && value === 'no');
  const shown = said.length > 0 ? said : facts.filter(({ value }) => value === 'true');
  return shown
    .map((one) => {
      const at = one.target === target ? '' : ` of ${titles.get(one.target) ?? one.target}`;
      const by = one.origin === 'answered' || one.origin === 'model' ? '' : ` (${one.origin})`;
      return `${one.fact.replace(/^answer /, 'no: ')}${at}${by}`;
    })
    .join(', ');
}

/** The questions that settle most results first. */
function questionLines({ results }: Evaluation, pack: RulePack, model: SystemModel, all: boolean): string[] {
  const titles = titlesOf(model);
  const decides = new Map<string, { readonly target: string; readonly key: string; results: number }>();
  for (const { questions } of results) {
    for (const { target, key } of questions) {
      const known = decides.get(`${target} ${key}`);
      if (known) known.results += 1;
      else decides.set(`${target} ${key}`, { target, key, results: 1 });
    }
  }
  const sorted = [...decides.values()].sort((a, b) => b.results - a.results);
  const shown = all ? sorted : sorted.slice(0, SHOWN);
  if (shown.length === 0) return [];
  const rows = shown.map(({ target, key, results: count }) => [
    key,
    titles.get(target) ?? target,
    String(count),
    pack.questions[key]?.text ?? '',
  ]);
  const more = sorted.length - shown.length;
  return [
    '',
    `Nobody answered ${sorted.length} questions${more > 0 ? `; the ${shown.length} that decide most (all with --all)` : ''}:`,
    ...columns([['question', 'of', 'decides', 'text'], ...rows]),
  ];
}

function titlesOf(model: SystemModel): ReadonlyMap<string, string> {
  const objects = [
    ...model.zones,
    ...model.elements,
    ...model.interfaces,
    ...model.flows,
    ...model.safetyFunctions,
  ];
  return new Map(objects.map(({ id, title }) => [id, title.slice(0, 60)]));
}

/** A text of a stranger never moves the cursor of a terminal, and never turns the direction of writing. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '\uFFFD');
}

/** Aligned, two spaces apart; the last column runs on. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
