import { describe, expect, it } from 'vitest';
import type { Outcome } from '../testing/index.ts';
import {
  GAPS,
  type Gap,
  Trace,
  type Traced,
  type TraceGraph,
  type TraceLink,
  type TraceNode,
} from './trace.ts';

const STATES: Readonly<Record<Traced, string>> = {
  harm: 'imported',
  threat: 'open',
  risk: 'draft',
  requirement: 'draft',
  control: 'implemented',
  verification: 'approved',
  result: 'recorded',
};
const node = (key: string, kind: Traced, more: Partial<TraceNode> = {}): TraceNode => ({
  id: key,
  kind,
  key,
  title: `The ${kind} ${key}`,
  state: STATES[kind],
  number: Number(/\d+$/.exec(key)?.[0] ?? 0),
  outcome: null,
  ranOn: null,
  releases: [],
  ...more,
});
const link = (from: string, type: string, to: string, suspect = false): TraceLink => ({
  id: `${from} ${type} ${to}`,
  type,
  from,
  to,
  suspect,
});

/** A whole thread, with nothing missing. */
const whole = (outcome: Outcome = 'pass'): TraceGraph => ({
  nodes: [
    node('HRM-1', 'harm'),
    node('THR-1', 'threat'),
    node('RSK-1', 'risk'),
    node('REQ-1', 'requirement'),
    node('CTL-1', 'control'),
    node('VER-1', 'verification'),
    node('RES-1', 'result', { outcome, releases: ['r1'] }),
  ],
  links: [
    link('THR-1', 'leads-to', 'HRM-1'),
    link('RSK-1', 'of', 'THR-1'),
    link('RSK-1', 'harms', 'HRM-1'),
    link('REQ-1', 'derives-from', 'RSK-1'),
    link('REQ-1', 'demands', 'CTL-1'),
    link('CTL-1', 'cuts', 'THR-1'),
    link('VER-1', 'verifies', 'CTL-1'),
    link('RES-1', 'of', 'VER-1'),
    link('RES-1', 'in', 'r1'),
  ],
});
const without = (graph: TraceGraph, ...ids: string[]): TraceGraph => ({
  nodes: graph.nodes.filter(({ id }) => !ids.includes(id)),
  links: graph.links.filter(({ id, from, to }) => !ids.some((gone) => [id, from, to].includes(gone))),
});
const gapsOf = (graph: TraceGraph, key: string, release: string | null = 'r1'): readonly Gap[] => {
  const trace = new Trace(graph, release);
  return trace.row(graph.nodes.find((one) => one.key === key) as TraceNode).gaps;
};
const tied = (graph: TraceGraph, key: string) => {
  const found = new Trace(graph, 'r1').tied(graph.nodes.find((one) => one.key === key) as TraceNode);
  return Object.values(found)
    .flat()
    .map((one) => one.key)
    .sort();
};

describe('a whole thread', () => {
  const all = ['CTL-1', 'HRM-1', 'REQ-1', 'RES-1', 'RSK-1', 'THR-1', 'VER-1'];

  it.each(all)('is seen whole from %s', (key) => {
    expect(tied(whole(), key)).toEqual(all.filter((other) => other !== key));
  });

  it('has no gap anywhere, and its controls passed', () => {
    const trace = new Trace(whole(), 'r1');
    const counts = trace.counts();

    expect(Object.values(counts.gaps).every((count) => count === 0)).toBe(true);
    expect(counts.suspects).toBe(0);
    expect(trace.rows('control')[0]?.verdict).toBe('passed');
    expect(trace.rows('requirement')[0]?.verdict).toBe('passed');
  });
});

describe('gaps', () => {
  it.each([
    ['HRM-1', 'harm-without-risk', ['RSK-1']],
    ['THR-1', 'threat-without-control', ['CTL-1']],
    ['THR-1', 'threat-without-risk', ['RSK-1']],
    ['RSK-1', 'risk-without-cause', ['THR-1']],
    ['RSK-1', 'risk-without-harm', ['RSK-1 harms HRM-1']],
    ['REQ-1', 'requirement-without-cause', ['RSK-1']],
    ['REQ-1', 'requirement-without-control', ['REQ-1 demands CTL-1']],
    ['REQ-1', 'requirement-without-verification', ['VER-1']],
    ['CTL-1', 'control-without-requirement', ['REQ-1']],
    ['CTL-1', 'control-without-verification', ['VER-1']],
    ['CTL-1', 'control-without-result', ['RES-1']],
    ['VER-1', 'verification-without-target', ['CTL-1']],
    ['VER-1', 'verification-without-result', ['RES-1']],
  ] satisfies [string, Gap, string[]][])('%s: %s when %j is missing', (key, gap, missing) => {
    expect(gapsOf(whole(), key)).not.toContain(gap);
    expect(gapsOf(without(whole(), ...missing), key)).toContain(gap);
  });

  it('a failed verification, and a result in no release', () => {
    expect(gapsOf(whole('fail'), 'CTL-1')).toEqual(['control-failed']);
    const loose = { ...whole(), nodes: whole().nodes.map((one) => ({ ...one, releases: [] })) };
    expect(gapsOf(loose, 'RES-1')).toEqual(['result-without-release']);
  });

  it('each belong to one kind, and say what to do', () => {
    for (const gap of Object.values(GAPS)) expect(gap.todo).toMatch(/\.$/);
  });

  it('a decided threat needs no control, and what has ended neither has gaps nor closes those of others', () => {
    const decided = without(whole(), 'CTL-1', 'RSK-1');
    const nodes = decided.nodes.map((one) => (one.key === 'THR-1' ? { ...one, state: 'accepted' } : one));
    expect(gapsOf({ ...decided, nodes }, 'THR-1')).toEqual([]);

    const withdrawn = whole().nodes.map((one) =>
      one.key === 'CTL-1' ? { ...one, state: 'withdrawn' } : one,
    );
    expect(gapsOf({ ...whole(), nodes: withdrawn }, 'THR-1')).toEqual(['threat-without-control']);
    expect(gapsOf({ ...whole(), nodes: withdrawn }, 'CTL-1')).toEqual([]);
  });

  it('a risk of a finding has its cause', () => {
    const graph = without(whole(), 'RSK-1 of THR-1');
    expect(gapsOf({ ...graph, links: [...graph.links, link('RSK-1', 'of', 'FND-1')] }, 'RSK-1')).toEqual([]);
  });
});

describe('verdicts', () => {
  const results = (...given: [outcome: Outcome, release: string][]): TraceGraph => {
    const base = without(whole(), 'RES-1');
    return {
      nodes: [
        ...base.nodes,
        ...given.map(([outcome, release], at) =>
          node(`RES-${at + 2}`, 'result', { outcome, releases: [release] }),
        ),
      ],
      links: [...base.links, ...given.map((_one, at) => link(`RES-${at + 2}`, 'of', 'VER-1'))],
    };
  };
  const verdict = (graph: TraceGraph, release: string | null = 'r1') =>
    new Trace(graph, release).rows('control')[0]?.verdict;

  it.each([
    ['nothing ran', [], 'not run'],
    ['it passed in another release', [['pass', 'r2']], 'not run'],
    ['it was not run', [['not run', 'r1']], 'not run'],
    ['it passed', [['pass', 'r1']], 'passed'],
    ['it failed', [['fail', 'r1']], 'failed'],
    [
      'it failed and was repaired',
      [
        ['fail', 'r1'],
        ['pass', 'r1'],
      ],
      'passed',
    ],
    [
      'it passed and failed later',
      [
        ['pass', 'r1'],
        ['fail', 'r1'],
      ],
      'failed',
    ],
  ] as const)('%s', (_what, given, wanted) => {
    expect(verdict(results(...(given as unknown as [Outcome, string][])))).toBe(wanted);
  });

  it('without a release nothing is passed', () => {
    expect(verdict(whole(), null)).toBe('not run');
  });

  it('one of two verifications that did not run keeps a control from passing', () => {
    const graph = whole();
    const two = {
      nodes: [...graph.nodes, node('VER-2', 'verification')],
      links: [...graph.links, link('VER-2', 'verifies', 'CTL-1')],
    };
    expect(verdict(two)).toBe('not run');
  });
});

it('counts suspect links at both ends', () => {
  const graph = whole();
  const suspect = {
    ...graph,
    links: graph.links.map((one) =>
      one.id === 'REQ-1 derives-from RSK-1' ? { ...one, suspect: true } : one,
    ),
  };
  const trace = new Trace(suspect, 'r1');

  expect(trace.rows('requirement')[0]?.suspects).toHaveLength(1);
  expect(trace.rows('risk')[0]?.suspects).toHaveLength(1);
  expect(trace.counts().suspects).toBe(1);
});

it('answers for 5,000 requirements and 20,000 links soon', () => {
  const nodes: TraceNode[] = [];
  const links: TraceLink[] = [];
  const add = (
    kind: Traced,
    prefix: string,
    count: number,
    more: (n: number) => Partial<TraceNode> = () => ({}),
  ) => {
    for (let n = 1; n <= count; n += 1) nodes.push(node(`${prefix}-${n}`, kind, more(n)));
  };
  add('harm', 'HRM', 100);
  add('threat', 'THR', 2_000);
  add('risk', 'RSK', 500);
  add('requirement', 'REQ', 5_000);
  add('control', 'CTL', 1_500);
  add('verification', 'VER', 3_000);
  add('result', 'RES', 3_000, () => ({ outcome: 'pass', releases: ['r1'] }));
  for (let n = 1; n <= 5_000; n += 1) {
    links.push(
      link(`REQ-${n}`, 'derives-from', `THR-${(n % 2_000) + 1}`),
      link(`REQ-${n}`, 'demands', `CTL-${(n % 1_500) + 1}`),
    );
  }
  for (let n = 1; n <= 3_000; n += 1)
    links.push(link(`VER-${n}`, 'verifies', `REQ-${n}`), link(`RES-${n}`, 'of', `VER-${n}`));
  for (let n = 1; n <= 2_000; n += 1)
    links.push(
      link(`THR-${n}`, 'leads-to', `HRM-${(n % 100) + 1}`),
      link(`RSK-${(n % 500) + 1}`, 'of', `THR-${n}`),
    );
  const began = performance.now();
  const trace = new Trace({ nodes, links }, 'r1');
  trace.rows('requirement');
  trace.counts();
  expect(performance.now() - began).toBeLessThan(3_000);
});
