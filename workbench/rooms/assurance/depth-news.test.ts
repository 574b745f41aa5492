import { describe, expect, it } from 'vitest';
import { assureModel, elements, flows, makeControl } from './assurance.fixture.ts';
import { depthNews, knownDepths } from './depth-news.ts';

const LINE = {
  elements: elements('net', 'console', 'laser'),
  flows: flows('net>console', 'console>laser'),
  safetyFunctions: [{ id: 'sf', realisedBy: ['laser'], harms: ['h'] }],
  harms: [{ id: 'h', severity: 5 }],
  attackers: [{ id: 'at', entries: ['net'] }],
};
const TLS = { ...makeControl('CTL-1', ['net-console']), falls: [] };
const SIGN = { ...makeControl('CTL-2', ['console-laser']), falls: [] };
const fallen = { ...SIGN, counted: false, why: 'ASM-2 says that libxml2 in console is affected.' };
const depthsWith = (...controls: (typeof TLS)[]) => assureModel(LINE, { controls }).depths;
const news = (before: ReturnType<typeof depthsWith>, after: ReturnType<typeof depthsWith>, lost = [fallen]) =>
  depthNews(
    knownDepths(before),
    after,
    lost,
    (id) => ({ sf: 'Prevent emission', at: 'Criminals' })[id] ?? id,
  );

describe('the depth of a target', () => {
  it('that fell below what is enough is told once, with the reason', () => {
    expect(news(depthsWith(TLS, SIGN), depthsWith(TLS, fallen))).toEqual([
      {
        target: 'sf',
        severity: 5,
        text: 'Defence in depth of Prevent emission: it fell from 2 to 1 because ASM-2 says that libxml2 in console is affected. 2 are enough.',
      },
    ]);
  });

  it.each([
    ['that rose', depthsWith(TLS), depthsWith(TLS, SIGN)],
    ['that stayed', depthsWith(TLS), depthsWith(TLS)],
    ['that is still enough', depthsWith(TLS, SIGN, { ...TLS, id: 'CTL-3' }), depthsWith(TLS, SIGN)],
  ])('%s is no news', (_what, before, after) => {
    expect(news(before, after)).toEqual([]);
  });

  it('of which nothing was known is no news', () => {
    expect(depthNews([], depthsWith(TLS), [], String)).toEqual([]);
  });

  it('falls when a way opens where none was', () => {
    const before = assureModel({ ...LINE, flows: flows('net>console') }).depths;

    expect(news(before, depthsWith(TLS), [])[0]?.text).toBe(
      'Defence in depth of Prevent emission: a way opened where none was, with 1 counted controls on it because the system model or what is asked of it has changed. 2 are enough.',
    );
  });
});
