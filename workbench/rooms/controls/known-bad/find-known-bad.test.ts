import { describe, expect, it } from 'vitest';
import { libraryEntry } from '../../requirements/library.ts';
import { SystemModel } from '../../system/metamodel.ts';
import { findKnownBad } from './find-known-bad.ts';
import { PRACTICES } from './practices.ts';

type Parts = { [K in keyof SystemModel]?: unknown };

/** A clinic, a device with a safety side, the internet; elements of each; what is not said stays unanswered. */
function model(parts: Parts = {}): SystemModel {
  return SystemModel.parse({
    title: 'Sample',
    zones: [
      { id: 'net', title: 'Internet', kind: 'internet', trust: 0 },
      { id: 'clinic', title: 'Clinic', kind: 'hospital', trust: 1 },
      { id: 'device', title: 'Device', kind: 'device', trust: 4 },
      { id: 'safe', title: 'Safety side', kind: 'safety', trust: 5, parent: 'device' },
    ],
    assets: [
      { id: 'cmd', title: 'Commands', kind: 'command' },
      { id: 'data', title: 'Records', kind: 'patient-data', personal: true },
      { id: 'sw', title: 'Software', kind: 'software' },
      { id: 'key', title: 'Key', kind: 'key' },
      { id: 'cred', title: 'Log-in', kind: 'credential' },
    ],
    ...parts,
  });
}

const value = (answer: 'yes' | 'no') => ({ value: answer });
const element = (id: string, zone: string, more: object = {}) => ({
  id,
  title: id,
  kind: 'process',
  zone,
  ...more,
});
const flow = (from: string, to: string, protocol: string[], more: object = {}) => ({
  id: `${from}-${to}`,
  title: `${from} to ${to}`,
  from,
  to,
  protocol,
  ...more,
});
const console_ = element('console', 'clinic');
const agent = (more: object = {}) => element('agent', 'device', more);
const person = (zone = 'clinic') => element('nurse', zone, { kind: 'actor' });
const port = (kind: string, state: string, more: object = {}) => ({
  id: 'port',
  title: 'Port',
  kind,
  element: 'agent',
  state,
  ...more,
});
const no = (key: string) => ({ answers: { [key]: value('no') } });
const yes = (key: string) => ({ answers: { [key]: value('yes') } });

function stateOf(practice: string, parts: Parts): 'found' | 'question' | 'nothing' {
  const result = findKnownBad(model(parts)).find((one) => one.practice.id === practice);
  if (!result) throw new Error(`no practice ${practice}`);
  return result.found.length > 0 ? 'found' : result.questions.length > 0 ? 'question' : 'nothing';
}

const commands = (more: object = {}, protocol = ['tls']) => ({
  elements: [console_, agent()],
  flows: [flow('console', 'agent', protocol, { carries: ['cmd'], ...more })],
});
const ofAgent = (more: object, flows: object[] = []) => ({
  elements: [console_, person(), agent(more)],
  flows,
});
const fromConsole = [flow('console', 'agent', ['tls'], { carries: ['cmd'] })];
const byHand = [flow('nurse', 'agent', ['ui'])];

/** Practice → a model that has it, one that asks, one that has it not. */
const CASES: Readonly<Record<string, readonly [has: Parts, asks: Parts | null, hasNot: Parts]>> = {
  'account-is-shared': [
    ofAgent(no('authn.each-user'), byHand),
    ofAgent({}, byHand),
    ofAgent(yes('authn.each-user'), byHand),
  ],
  'password-is-a-default': [
    ofAgent({ tags: ['default-password'] }),
    ofAgent({}, byHand),
    ofAgent(yes('authn.no-default-secret'), byHand),
  ],
  'clear-text-crosses-zones': [
    commands({}, ['http']),
    commands({}, ['house protocol']),
    commands({}, ['TLS 1.3']),
  ],
  'secret-travels-in-clear-text': [
    {
      elements: [agent(), element('store', 'device')],
      flows: [flow('agent', 'store', ['sql'], { carries: ['data'] })],
    },
    null,
    {
      elements: [agent(), element('store', 'device')],
      flows: [flow('agent', 'store', ['ipc'], { carries: ['data'] })],
    },
  ],
  'network-is-one-flat-zone': [
    { elements: ['a', 'b', 'c', 'd'].map((id) => element(id, 'device')) },
    null,
    { elements: [...['a', 'b', 'c'].map((id) => element(id, 'device')), element('d', 'safe')] },
  ],
  'safety-shares-a-zone-with-the-network': [
    { elements: [console_, agent(), element('laser', 'device', { safety: true })], flows: fromConsole },
    null,
    { elements: [console_, agent(), element('laser', 'safe', { safety: true })], flows: fromConsole },
  ],
  'update-is-not-authenticated': [
    ofAgent({ tags: ['updater'], ...no('upd.signed') }),
    ofAgent({}, [flow('console', 'agent', ['https'], { carries: ['sw'] })]),
    ofAgent({ tags: ['updater'], ...yes('upd.signed') }),
  ],
  'old-version-can-be-installed': [
    ofAgent({ tags: ['updater'], ...no('upd.no-rollback') }),
    ofAgent({ tags: ['bootloader'] }),
    ofAgent({ tags: ['updater'], ...yes('upd.no-rollback') }),
  ],
  'debug-port-is-open': [
    { elements: [agent()], interfaces: [port('debug', 'open')] },
    { elements: [agent()], interfaces: [port('debug', 'not stated')] },
    { elements: [agent()], interfaces: [port('debug', 'open', yes('port.debug-locked'))] },
  ],
  'cryptography-is-out-of-date': [commands({}, ['TLS 1.0']), null, commands({}, ['TLS 1.3'])],
  'protocol-is-retired': [commands({}, ['Telnet']), null, commands({}, ['SSH'])],
  'internet-reaches-the-device': [
    { elements: [element('cloud', 'net'), agent()], flows: [flow('cloud', 'agent', ['https'])] },
    null,
    { elements: [element('cloud', 'net'), agent()], flows: [flow('agent', 'cloud', ['https'])] },
  ],
  'safety-element-trusts-the-network': [
    ofAgent(
      {
        safety: true,
        answers: Object.fromEntries(
          ['safety.firewall-link', 'safety.hw-interlock', 'cmd.bounds-on-device'].map((key) => [
            key,
            value('no'),
          ]),
        ),
      },
      fromConsole,
    ),
    ofAgent({ safety: true, ...no('safety.hw-interlock') }, fromConsole),
    ofAgent({ safety: true, ...yes('cmd.bounds-on-device') }, fromConsole),
  ],
  'command-has-no-known-sender': [
    commands({}, ['dicom']),
    commands({}, ['tls']),
    commands({}, ['mutual-tls']),
  ],
  'command-can-be-replayed': [
    commands(no('flow.replay-protected')),
    commands(),
    commands(yes('flow.replay-protected')),
  ],
  'key-is-the-same-everywhere': [
    ofAgent({ tags: ['shared-key'] }),
    ofAgent({ tags: ['device-identity'] }),
    ofAgent({ tags: ['device-identity'], ...yes('key.unit-unique') }),
  ],
  'key-lies-in-plain-storage': [
    ofAgent({ holds: ['key'], ...no('key.hw-protected') }),
    ofAgent({ holds: ['key'] }),
    ofAgent({ holds: ['data'] }),
  ],
  'patient-data-lies-in-clear-text': [
    ofAgent({ holds: ['data'], ...no('store.encrypted') }),
    ofAgent({ holds: ['data'] }),
    ofAgent({ holds: ['data'], ...yes('store.encrypted') }),
  ],
  'platform-is-out-of-support': [
    ofAgent({ tech: ['Windows 7'] }),
    ofAgent({ tags: ['runs-os'] }),
    ofAgent({ tags: ['runs-os'], tech: ['Linux'], ...yes('os.supported') }),
  ],
  'remote-log-in-has-one-factor': [
    ofAgent(no('authn.mfa-remote'), byHand),
    ofAgent({}, byHand),
    { elements: [person('device'), agent()], flows: byHand },
  ],
  'service-port-listens': [
    ofAgent({ tags: ['service-access'], ...no('svc.outbound-only') }),
    ofAgent({ tags: ['service-access'] }),
    ofAgent({ tags: ['service-access'], ...yes('svc.outbound-only') }),
  ],
  'media-runs-by-itself': [
    { elements: [agent()], interfaces: [port('usb', 'open', no('port.no-autorun'))] },
    { elements: [agent()], interfaces: [port('media', 'not stated')] },
    { elements: [agent()], interfaces: [port('usb', 'removed')] },
  ],
  'wireless-is-weakly-authenticated': [
    { elements: [agent()], interfaces: [port('wifi', 'open', no('wifi.strong-auth'))] },
    { elements: [agent()], interfaces: [port('bluetooth', 'open')] },
    { elements: [agent()], interfaces: [port('wifi', 'open', yes('wifi.strong-auth'))] },
  ],
  'events-are-not-recorded': [
    ofAgent(no('log.security-events'), fromConsole),
    ofAgent({}, fromConsole),
    ofAgent(yes('log.security-events'), fromConsole),
  ],
  'one-person-moves-the-fleet': [
    ofAgent({ tags: ['fleet-service'], ...no('fleet.admin-dual') }),
    ofAgent({ tags: ['fleet-service'] }),
    ofAgent({ tags: ['fleet-service'], ...yes('fleet.admin-dual') }),
  ],
  'unused-interface-is-open': [
    { elements: [agent()], interfaces: [port('usb', 'open')] },
    { elements: [agent()], interfaces: [port('usb', 'not stated')] },
    {
      elements: [console_, agent()],
      interfaces: [port('ethernet', 'open')],
      flows: [flow('console', 'agent', ['tls'], { via: ['port'] })],
    },
  ],
  'port-takes-any-device': [
    { elements: [agent()], interfaces: [port('usb', 'covered', no('port.disabled-or-allowlisted'))] },
    { elements: [agent()], interfaces: [port('usb', 'open')] },
    { elements: [agent()], interfaces: [port('usb', 'disabled')] },
  ],
  'network-allows-by-default': [
    commands(no('flow.allowlisted')),
    commands(),
    commands(yes('flow.allowlisted')),
  ],
  'older-versions-are-accepted': [
    commands(no('flow.no-downgrade')),
    commands(),
    commands(yes('flow.no-downgrade')),
  ],
  'process-runs-as-administrator': [
    ofAgent({ tags: ['root'] }),
    ofAgent({}, fromConsole),
    {
      elements: [{ ...console_, outOfScope: true }, agent(yes('authz.least-privilege'))],
      flows: fromConsole,
    },
  ],
  'rights-are-checked-on-the-screen': [
    ofAgent(no('authz.server-side'), fromConsole),
    ofAgent({}, fromConsole),
    ofAgent(yes('authz.server-side'), fromConsole),
  ],
  'flow-carries-more-than-needed': [
    commands({ carries: ['data'], ...no('flow.minimised') }),
    commands({ carries: ['data'] }),
    commands({ carries: ['data'], ...yes('flow.minimised') }),
  ],
  'person-reaches-the-safety-side-from-afar': [
    {
      elements: [person(), element('laser', 'safe', { safety: true })],
      flows: [flow('nurse', 'laser', ['ui'], { carries: ['cmd'] })],
    },
    null,
    {
      elements: [person('device'), element('laser', 'safe', { safety: true })],
      flows: [flow('nurse', 'laser', ['ui'], { carries: ['cmd'] })],
    },
  ],
  'element-joins-networks': [
    {
      elements: [console_, agent(no('net.no-routing')), element('cloud', 'net')],
      flows: [...fromConsole, flow('agent', 'cloud', ['https'])],
    },
    {
      elements: [console_, agent(), element('cloud', 'net')],
      flows: [...fromConsole, flow('agent', 'cloud', ['https'])],
    },
    { elements: [console_, agent(no('net.no-routing'))], flows: fromConsole },
  ],
};

describe('each practice', () => {
  it('has its examples', () => {
    expect(Object.keys(CASES).sort()).toEqual(PRACTICES.map(({ id }) => id).sort());
    expect(PRACTICES.length).toBeGreaterThanOrEqual(30);
  });

  it.each(Object.entries(CASES))('%s is found, asked for, and not imagined', (id, [has, asks, hasNot]) => {
    expect(stateOf(id, has)).toBe('found');
    if (asks) expect(stateOf(id, asks)).toBe('question');
    expect(stateOf(id, hasNot)).toBe('nothing');
  });

  it.each(PRACTICES.map((practice) => [practice.id, practice] as const))(
    '%s is worded for people',
    (_id, practice) => {
      expect(practice.cwe).toMatch(/^CWE-\d+$/);
      expect(practice.why).toMatch(/\.$/);
      expect(practice.repair).toMatch(/\.$/);
      for (const id of practice.requirements) expect(libraryEntry(id), id).toBeDefined();
    },
  );
});

describe('a look at a model', () => {
  it('finds nothing where nothing is drawn', () => {
    const results = findKnownBad(model());

    expect(results.flatMap(({ found, questions }) => [...found, ...questions])).toEqual([]);
  });

  it('never takes silence for a no: a model without answers, tags and protocols has questions only', () => {
    const results = findKnownBad(
      model({
        elements: [console_, agent(), person()],
        interfaces: [port('usb', 'not stated'), { ...port('debug', 'not stated'), id: 'port2' }],
        flows: [flow('console', 'agent', [])],
      }),
    );

    expect(results.flatMap(({ found }) => found)).toEqual([]);
    expect(results.flatMap(({ questions }) => questions).length).toBeGreaterThan(0);
  });

  it('takes the default of the zone where the element says nothing', () => {
    const zones = [
      { id: 'clinic', title: 'Clinic', kind: 'hospital' },
      {
        id: 'device',
        title: 'Device',
        kind: 'device',
        elementDefaults: { 'log.security-events': value('yes') },
      },
    ];

    expect(stateOf('events-are-not-recorded', { ...ofAgent({}, fromConsole), zones })).toBe('nothing');
    expect(
      stateOf('events-are-not-recorded', { ...ofAgent(no('log.security-events'), fromConsole), zones }),
    ).toBe('found');
  });

  it('names places that the model has', () => {
    for (const [has, asks] of Object.values(CASES)) {
      const given = model({ ...has });
      const ids = new Set(
        [...given.zones, ...given.elements, ...given.interfaces, ...given.flows].map(({ id }) => id),
      );
      for (const { found, questions } of findKnownBad(given))
        for (const hit of [...found, ...questions]) for (const id of hit.ids) expect(ids).toContain(id);
      if (asks) findKnownBad(model(asks));
    }
  });

  it('of 5,000 elements and 15,000 flows ends soon', () => {
    const elements = Array.from({ length: 5_000 }, (_, n) =>
      element(`e${n}`, ['net', 'clinic', 'device', 'safe'][n % 4] as string),
    );
    const flows = Array.from({ length: 15_000 }, (_, n) => ({
      ...flow(`e${n % 5_000}`, `e${(n * 7 + 1) % 5_000}`, ['tls'], { carries: ['cmd'] }),
      id: `f${n}`,
    }));
    const given = model({ elements, flows });
    const began = performance.now();
    findKnownBad(given);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
