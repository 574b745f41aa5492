import { describe, expect, it } from 'vitest';
import { makeModel } from './assurance.fixture.ts';
import { entriesOf } from './entries.ts';

const PARTS = {
  zones: [
    { id: 'web', kind: 'internet' },
    { id: 'clinic', kind: 'hospital' },
    { id: 'vlan', kind: 'other', parent: 'clinic' },
    { id: 'unit', kind: 'device' },
    { id: 'cloud', kind: 'maker' },
    { id: 'ci', kind: 'build' },
    { id: 'vendor', kind: 'supplier' },
  ],
  elements: [
    { id: 'proxy', kind: 'external', zone: 'web' },
    { id: 'his', kind: 'external', zone: 'clinic' },
    { id: 'pacs', kind: 'external', zone: 'vlan' },
    { id: 'nurse', kind: 'actor', zone: 'clinic', type: 'clinician' },
    { id: 'engineer', kind: 'actor', zone: 'clinic', type: 'service' },
    { id: 'fleet-admin', kind: 'actor', zone: 'cloud', type: 'admin' },
    { id: 'console', kind: 'process', zone: 'unit' },
    { id: 'pedal', kind: 'hardware', zone: 'unit' },
    { id: 'laptop', kind: 'external', tags: ['service-access'] },
    { id: 'broker', kind: 'process', zone: 'cloud', tags: ['service-broker'] },
    { id: 'fleet', kind: 'process', zone: 'cloud', tags: ['fleet-service'] },
    { id: 'portal', kind: 'process', zone: 'cloud' },
    { id: 'pipeline', kind: 'process', zone: 'ci' },
    { id: 'oem', kind: 'external', zone: 'vendor' },
    { id: 'loose', kind: 'process' },
  ],
  interfaces: [
    { id: 'usb', element: 'console', kind: 'usb', state: 'covered' },
    { id: 'jtag', element: 'console', kind: 'debug', state: 'removed' },
    { id: 'port', element: 'loose' },
    { id: 'rack', element: 'fleet' },
  ],
  flows: [
    { id: 'f-order', from: 'his', to: 'console' },
    { id: 'f-report', from: 'console', to: 'pacs' },
    { id: 'f-nurse', from: 'nurse', to: 'console' },
    { id: 'f-foot', from: 'nurse', to: 'pedal' },
    { id: 'f-engineer', from: 'engineer', to: 'laptop' },
    { id: 'f-admin', from: 'fleet-admin', to: 'portal' },
    { id: 'f-fleet', from: 'fleet', to: 'console' },
  ],
  conduits: [{ id: 'c', from: 'web', to: 'cloud', flows: ['f-fleet'] }],
};

const open = (attacker: object) => {
  const model = makeModel({ ...PARTS, attackers: [{ id: 'at', ...attacker }] });
  const { held, interfaces, flows } = entriesOf(model, model.attackers[0]!);
  return { held: [...held].sort(), interfaces: [...interfaces].sort(), flows: [...flows].sort() };
};

describe('access opens', () => {
  it.each([
    ['internet', { held: ['proxy'], interfaces: [], flows: ['f-fleet'] }],
    ['adjacent-network', { held: ['his', 'pacs'], interfaces: [], flows: ['f-order', 'f-report'] }],
    ['physical', { held: [], interfaces: ['port', 'usb'], flows: [] }],
    ['user-account', { held: ['console'], interfaces: [], flows: [] }],
    ['service-account', { held: ['broker', 'laptop'], interfaces: [], flows: [] }],
    ['fleet', { held: ['fleet', 'portal'], interfaces: [], flows: [] }],
    ['build', { held: ['pipeline'], interfaces: [], flows: [] }],
    ['supplier', { held: ['oem'], interfaces: [], flows: [] }],
  ])('%s', (access, places) => {
    expect(open({ access: [access] })).toEqual(places);
  });

  it('nothing where there is none', () => {
    expect(open({})).toEqual({ held: [], interfaces: [], flows: [] });
  });
});

describe('entries of the profile', () => {
  it.each([
    [
      'a zone like a network',
      ['cloud'],
      { held: ['broker', 'fleet', 'portal'], interfaces: [], flows: ['f-fleet'] },
    ],
    ['an element', ['console'], { held: ['console'], interfaces: [], flows: [] }],
    ['an interface, also a removed one', ['jtag'], { held: [], interfaces: ['jtag'], flows: [] }],
    ['a flow', ['f-nurse'], { held: [], interfaces: [], flows: ['f-nurse'] }],
  ])('open %s', (_what, entries, places) => {
    expect(open({ entries })).toEqual(places);
  });
});
