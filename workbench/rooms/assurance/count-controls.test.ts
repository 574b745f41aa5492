import { describe, expect, it } from 'vitest';
import type { RunningComponent } from '../system/index.ts';
import { makeModel } from './assurance.fixture.ts';
import { type ControlFacts, countControl, type Flaw, type Proof } from './count-controls.ts';

const MODEL = makeModel({
  elements: [
    {
      id: 'console',
      title: 'Operator console',
      kind: 'process',
      contains: ['pkg:npm/%40scope/ui', 'cpe:2.3:a:openssl:openssl:*:*:*:*:*:*:*:*', 'libxml2'],
    },
    { id: 'laser', kind: 'process' },
  ],
  flows: [{ id: 'f', from: 'console', to: 'laser' }],
  interfaces: [{ id: 'usb', element: 'laser' }],
  zones: [{ id: 'z' }],
});

const component = (given: Partial<RunningComponent>): RunningComponent => ({
  name: 'x',
  group: null,
  purl: null,
  cpes: [],
  elements: [],
  ...given,
});
const proof = (given: Partial<Proof> = {}): Proof => ({
  verification: 'VER-3',
  approved: true,
  through: null,
  suspect: false,
  result: 'RES-3',
  outcome: 'pass',
  ...given,
});
const control = (given: Partial<ControlFacts> = {}): ControlFacts => ({
  key: 'CTL-1',
  title: 'Mutual TLS',
  state: 'implemented',
  places: ['f'],
  implementation: '',
  proofs: [proof()],
  ...given,
});
const flaw = (given: Partial<RunningComponent>): Flaw => ({
  assessment: 'ASM-2',
  vulnerability: 'CVE-2024-1',
  component: component(given),
});
const count = (given: Partial<ControlFacts>, ...flaws: Flaw[]) =>
  countControl(control(given), MODEL, flaws, 'Lumen 400 4.1');

describe('a control counts', () => {
  it('when an approved verification of it passed', () => {
    expect(count({})).toMatchObject({
      claimed: true,
      counted: true,
      why: 'VER-3 passed in Lumen 400 4.1 (RES-3).',
    });
  });

  it('when a requirement that demands it was verified', () => {
    expect(count({ proofs: [proof({ through: 'REQ-2' })] }).why).toBe(
      'VER-3 (by REQ-2) passed in Lumen 400 4.1 (RES-3).',
    );
  });
});

describe('a control is a claim', () => {
  it.each([
    ['without a verification', { proofs: [] }, 'No verification of CTL-1 is written.'],
    ['while its verification is a draft', { proofs: [proof({ approved: false })] }, 'VER-3 is not approved.'],
    [
      'without a result',
      { proofs: [proof({ result: null, outcome: null })] },
      'VER-3 has no result in Lumen 400 4.1.',
    ],
    [
      'when it was not run',
      { proofs: [proof({ outcome: 'not run' })] },
      'VER-3 was not run in Lumen 400 4.1 (RES-3).',
    ],
    [
      'when one verification failed, though another passed',
      { proofs: [proof(), proof({ verification: 'VER-4', result: 'RES-9', outcome: 'fail' as const })] },
      'VER-4 failed in Lumen 400 4.1 (RES-9).',
    ],
    [
      'when it changed since it was verified',
      { proofs: [proof({ suspect: true })] },
      'VER-3 passed in Lumen 400 4.1 (RES-3), but what it verifies has changed since: confirm the link.',
    ],
  ])('%s', (_what, given, why) => {
    expect(count(given)).toMatchObject({ claimed: true, counted: false, why });
  });

  it('and not even that while it is planned', () => {
    expect(count({ state: 'planned' })).toMatchObject({
      claimed: false,
      counted: false,
      why: 'CTL-1 is planned, not implemented.',
    });
  });
});

describe('an affected component takes down', () => {
  it('a control of a flow, at either end', () => {
    expect(count({}, flaw({ name: 'libxml2' }))).toMatchObject({
      counted: false,
      why: 'ASM-2 says that libxml2 in console is affected by CVE-2024-1.',
      falls: [{ assessment: 'ASM-2', component: 'libxml2' }],
    });
  });

  it('a control at an interface, in its element', () => {
    expect(count({ places: ['usb'] }, flaw({ elements: ['laser'] })).counted).toBe(false);
    expect(count({ places: ['usb'] }, flaw({ elements: ['console'] })).counted).toBe(true);
  });

  it('not a control of a zone, unless its record names what implements it', () => {
    expect(count({ places: ['z'] }, flaw({ elements: ['console'] })).counted).toBe(true);
    expect(count({ places: ['z'], implementation: 'console' }, flaw({ elements: ['console'] })).counted).toBe(
      false,
    );
  });

  it('only a control that it implements, where the record names the component', () => {
    const built = { implementation: 'pkg:deb/debian/openssl' };
    expect(count(built, flaw({ elements: ['console'] })).counted).toBe(true);
    expect(count(built, flaw({ purl: 'pkg:deb/debian/openssl@3.0.1' })).why).toBe(
      'ASM-2 says that x is affected by CVE-2024-1.',
    );
  });
});
