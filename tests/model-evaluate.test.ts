// `ward model evaluate`: threats of a model in a file, without a server.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { command } from './bad-input/files.ts';

const folder = mkdtempSync(join(tmpdir(), 'ward-model-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const model = (encrypted: string) => `
format: ward-system-model/1
title: Pump
zones:
  - { id: ward-net, title: Ward network, kind: hospital, trust: 1, answers: { net.segmented: yes, guidance.customer: yes } }
  - { id: room, title: Patient room, kind: room, trust: 3 }
assets:
  - { id: dose, title: Dose, kind: patient-data }
elements:
  - { id: station, title: Nurse station, kind: hardware, zone: ward-net }
  - { id: pump, title: Pump, kind: hardware, zone: room }
flows:
  - id: f-dose
    title: Dose report
    from: pump
    to: station
    protocol: [mqtt]
    carries: [dose]
    answers:
      flow.auth-source: yes
      flow.auth-destination: yes
      flow.integrity: yes
      flow.minimised: yes
${encrypted}
`;
const PROTECTED = '      flow.encrypted: yes';
const PLAIN = '      flow.encrypted: no';

describe('ward model evaluate', () => {
  it('shows what is raised, on which answer, and what nobody answered', async () => {
    const { exit, out, err } = await command(['model', 'evaluate', file('plain.yaml', model(PLAIN))]);

    expect(err).toBe('');
    expect(exit).toBe(1);
    expect(out).toMatch(
      /plain\.yaml: Pump, 2 elements, 1 flows; 165 rules\.\n1 threats raised, \d+ open, \d+ answered/,
    );
    expect(out).toMatch(/WR-NET-003 +Sensitive content in clear +Dose report +none +4 +no: flow\.encrypted/);
  });

  it('leaves with 0 where nothing is raised, unless open questions are to fail', async () => {
    const path = file('protected.yaml', model(PROTECTED));
    const open = file('open.yaml', model(''));

    expect((await command(['model', 'evaluate', path])).exit).toBe(0);
    expect((await command(['model', 'evaluate', open])).exit).toBe(0);
    expect((await command(['model', 'evaluate', open, '--fail-on', 'open'])).exit).toBe(1);
    expect((await command(['model', 'evaluate', open])).out).toMatch(
      /flow\.encrypted +Dose report +1 +Is .*\?/,
    );
    expect(
      (await command(['model', 'evaluate', file('p.yaml', model(PLAIN)), '--fail-on', 'never'])).exit,
    ).toBe(0);
  });

  it('gives machines each result with its facts', async () => {
    const { out } = await command(['model', 'evaluate', file('plain.yaml', model(PLAIN)), '--json']);
    const { packs, counts, results } = JSON.parse(out);

    expect(packs).toEqual([{ id: 'ward', version: expect.any(String), rules: 165 }]);
    expect(counts).toMatchObject({ raised: 1, raisedAfterMerge: 1 });
    expect(results.find((one: { state: string }) => one.state === 'raised')).toMatchObject({
      rule: 'WR-NET-003',
      target: 'f-dose',
      facts: expect.arrayContaining([
        { target: 'f-dose', fact: 'answer flow.encrypted', value: 'no', origin: 'answered' },
      ]),
    });
  });

  it('takes packs of one’s own, which may ask the questions of Ward', async () => {
    const path = file('protected.yaml', model(PROTECTED));
    const rules = file(
      'own.yaml',
      ownPack('f.hasProtocol("mqtt")', 'f.yes("flow.rate-limited") || f.yes("own.broker")'),
    );

    const { out } = await command(['model', 'evaluate', path, '--rules', rules, '--json']);

    expect(JSON.parse(out).results).toContainEqual(
      expect.objectContaining({
        rule: 'OWN-1',
        state: 'open',
        questions: [
          { target: 'f-dose', key: 'flow.rate-limited' },
          { target: 'f-dose', key: 'own.broker' },
        ],
      }),
    );
  });

  it.each([
    ['a file that is not there', ['gone.yaml'], 3, 'command.no-file'],
    ['another format', [file('other.yaml', 'format: something/1\n')], 2, 'model.unknown-format'],
    [
      'a value of --fail-on that there is not',
      [file('a.yaml', model(PLAIN)), '--fail-on', 'answered'],
      2,
      'rules.wrong-option',
    ],
    [
      'a pack with a field that is not listed',
      [file('b.yaml', model(PLAIN)), '--rules', file('bad.yaml', ownPack('f.nope', 'false'))],
      3,
      'rules.refused',
    ],
    [
      'a pack that is none',
      [file('c.yaml', model(PLAIN)), '--rules', file('none.json', '{"id": "x"}')],
      3,
      'rules.wrong-shape',
    ],
  ])('refuses %s', async (_, args, exit, code) => {
    const refused = await command(['model', 'evaluate', ...args, '--json']);

    expect(refused.exit).toBe(exit);
    expect(JSON.parse(refused.err).error).toMatchObject({ code });
  });

  it('never lets a title move the cursor of the terminal', async () => {
    const hostile = model(PLAIN).replace('title: Dose report', 'title: "\\e[2J\\u202EDose"');

    const { out } = await command(['model', 'evaluate', file('hostile.yaml', hostile)]);

    expect(out).toContain('Dose');
    expect(out).not.toMatch(/\p{Cf}|(?!\n)\p{Cc}/u);
  });
});

function ownPack(when: string, unless: string): string {
  return `
format: ward-rule-pack/1
id: own
title: Own rules
version: '1'
questions:
  own.broker: { appliesTo: flow, text: Does the broker know each sender? }
rules:
  - id: OWN-1
    version: 1
    title: Unknown sender at the broker
    statement: Anybody may publish on {f}.
    appliesTo: flow
    when: '${when}'
    unless: '${unless}'
    exploitability: 3
    safetyRelevance: indirect
`;
}
