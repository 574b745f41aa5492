// Conditions of strangers (T28): what is refused when a pack is read, and in which words.
import { describe, expect, it } from 'vitest';
import type { RuleTarget } from './contract.ts';
import { type Condition, type ConditionProblem, readCondition } from './language.ts';

const QUESTIONS = { 'flow.encrypted': {}, 'os.hardened': {} };

const check = (text: string, place: 'when' | 'unless' = 'when', target: RuleTarget = 'element') =>
  readCondition(text, place, target, QUESTIONS);
const reason = (found: Condition | ConditionProblem) => ('message' in found ? found.message : null);

describe('a condition', () => {
  it.each([
    ['e.kind == "process" && !e.tag("bare-metal")', ['kind', 'tag bare-metal']],
    ['e.kind in ["store", "process"] ? e.trust >= 3 : e.safety', ['kind', 'trust', 'safety']],
    ['e.hasTech("SQL") || e.yes("os.hardened")', ['hasTech sql', 'answer os.hardened']],
    ['e.title.startsWith("Data") && e.trust + 1 < 4', ['title', 'trust']],
    ['!e.yes("os.hardened")', ['answer os.hardened']],
  ])('may be %s', (text, reads) => {
    const found = check(text) as Condition;

    expect(reason(found)).toBeNull();
    expect([...found.reads]).toEqual(reads);
  });

  it('may ask the ends of a flow and the owner of an interface', () => {
    const flow = check('f.dst.inZone("maker") && f.src.trust < 2', 'when', 'flow') as Condition;
    const face = check('i.owner.safety && i.state == "open"', 'when', 'interface') as Condition;

    expect([...flow.reads]).toEqual(['dst.inZone maker', 'src.trust']);
    expect([...face.reads]).toEqual(['owner.safety', 'state']);
  });

  it.each([
    ['a field that is not listed', 'e.nope', /no field nope \(at character 3, "nope"\); e has id, title/],
    ['the constructor', 'e.constructor == 1', /no field constructor/],
    ['the prototype', 'e.__proto__ == 1', /no field __proto__/],
    [
      'the constructor behind a cast',
      'dyn(e).constructor == 1',
      /facts are asked of e or of one of its ends/,
    ],
    ['a field by its computed name', 'e["const" + "ructor"] == 1', /`\[\]` is not part/],
    ['what is no truth value', 'e.kind', /gives string, not true or false/],
    ['a comparison of unlike types', 'e.kind == 3', /no such overload: string == int/],
    ['a thing alone', 'e', /gives Element/],
    ['the target of another kind of rule', 'f.crosses', /Unknown variable: f/],
    ['an unknown variable', 'process.exit()', /Unknown variable: process/],
    ['a broken text', 'e.kind == "process', /Unterminated string/],
    ['500 nodes', Array(251).fill('true').join(' && '), /Exceeded maxAstNodes \(400\)/],
    ['25 levels', `${'('.repeat(30)}true${')'.repeat(30)}`, /Exceeded maxDepth \(24\)/],
    ['a macro on a literal', '[1, 2, 3].all(x, [1, 2].exists(y, y == x))', /macro all\(\) on a literal/],
    ['a macro on a map', '{"a": 1}.exists(k, k == "a")', /macro exists\(\) on a literal/],
    ['a binding', 'cel.bind(x, e.kind, x == "a")', /macro bind\(\)/],
    ['a test for presence', 'has(e.kind)', /function has\(\)/],
    ['a pattern', 'e.title.matches("(a+)+$")', /method matches\(\)/],
    ['a function', 'size(e.title) > 3', /function size\(\)/],
    ['a division', 'e.trust / 0 == 1', /`\/` is not part/],
    ['a list that is no literal', 'e.kind in [e.type]', /`in` needs a list of literals/],
    ['an unknown question', 'e.yes("os.nope")', /no question os\.nope in the questions/],
    ['a question that stands nowhere literally', 'e.yes("os." + "hardened")', /yes\(\) needs a word/],
    ['a word that stands nowhere literally', 'e.tag(e.type)', /tag\(\) needs a word/],
    ['a method of another type', 'e.hasProtocol("tls")', /no matching overload for 'Element\.hasProtocol/],
    ['a question named like what every object has', 'e.yes("constructor")', /no question constructor/],
  ])('is refused with %s', (_, text, words) => {
    expect(reason(check(text))).toMatch(words);
  });

  it.each([
    '!e.yes("os.hardened")',
    'e.yes("os.hardened") == false',
    'e.yes("os.hardened") ? false : true',
    '!(e.safety && e.yes("os.hardened"))',
  ])('is refused as `unless` where yes could raise the threat: %s', (text) => {
    expect(reason(check(text, 'unless'))).toMatch(/answer yes to os\.hardened could raise the threat/);
    expect(reason(check(text, 'when'))).toBeNull();
  });

  it('takes two turns for none', () => {
    expect(reason(check('!!e.yes("os.hardened") && !e.safety', 'unless'))).toBeNull();
  });

  it('answers hostile texts fast', () => {
    const began = performance.now();
    for (const text of ['!'.repeat(4_000), '('.repeat(4_000), 'a'.repeat(4_000), '"'.repeat(4_001), '\u0000'])
      expect(reason(check(text))).not.toBeNull();

    expect(performance.now() - began).toBeLessThan(500);
  });
});
