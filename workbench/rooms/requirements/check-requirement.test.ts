import { describe, expect, it } from 'vitest';
import { type CheckCode, checkRequirement, checkRequirements, checkSummary } from './check-requirement.ts';
import { library } from './library.ts';

const GOOD = 'Each of 40 changed messages is refused within 1 s.';
const codes = (statement: string, acceptance = GOOD): CheckCode[] =>
  checkRequirement({ key: 'REQ-1', statement, acceptance }).map(({ code }) => code);

describe('statements that can be tested', () => {
  it.each([
    'The control computer shall refuse commands that are not signed.',
    'The device shall end emission within 100 ms of pressing stop.',
    'The product shall delay a log-in after at most 5 failures in a row.',
    'The maker shall build each release from sources that two people reviewed.',
    'The unit shall store at most the size that the manifest states.',
    'The device shall keep keys in a secure element.',
    'The protective function shall be realised by hardware.',
    'Parameters shall stay within the armed treatment.',
    'The console shall start within 30 s, by day and by night.',
    'The service shall answer at least 99.5 % of the requests.',
    'Das Gerät muss Befehle ohne gültige Signatur verwerfen.',
    'Das Gerät muss die Emission innerhalb von 100 ms beenden.',
    'Die Sicherheitssteuerung muss den sicheren Zustand selbst herstellen.',
    'Befehle müssen vom Steuerrechner geprüft werden.',
    'The device shall use the Simple Network Management Protocol version 3 only.',
  ])('%s', (statement) => {
    expect(codes(statement)).toEqual([]);
  });
});

describe('statements that cannot', () => {
  it.each([
    ['The device shall be adequately protected by the maker.', ['vague']],
    ['The device shall provide appropriate logging.', ['vague']],
    ['The console shall be secure.', ['vague']],
    ['The user interface shall be user-friendly.', ['vague']],
    ['The device shall react fast.', ['vague']],
    ['The device shall react as soon as possible.', ['vague']],
    ['The device shall encrypt data as far as possible.', ['vague']],
    ['The device shall refuse TLS 1.0, SSL 3 etc.', ['vague']],
    ['The device shall refuse old protocols and so on.', ['vague']],
    ['The device shall support TBD users.', ['vague']],
    ['The device shall follow best practices.', ['vague']],
    ['The device shall keep several records.', ['vague']],
    ['Das Gerät muss angemessene Verfahren verwenden.', ['vague']],
    ['Das Gerät muss Daten sicher speichern.', ['vague']],
    ['Das Gerät muss schnell reagieren.', ['vague']],
    ['Das Gerät muss Daten soweit möglich verschlüsseln.', ['vague']],
    ['Das Gerät muss TLS 1.0 usw. ablehnen.', ['vague']],
    ['The device should refuse unsigned commands.', ['weak-verb']],
    ['The operator may confirm the import.', ['weak-verb']],
    ['Das Gerät sollte Befehle prüfen.', ['weak-verb']],
    ['The device refuses unsigned commands.', ['no-demand']],
    ['The device shall lock after at most failures in a row.', ['no-number']],
    ['The device shall lock within a short time.', ['no-number']],
    ['The device shall lock within 30.', ['no-unit']],
    ['The device shall keep at least 5 of them.', ['no-unit']],
    ['Das Gerät muss nach höchstens Fehlversuchen sperren.', ['no-number']],
    ['The device shall check the signature and/or the counter.', ['several']],
    ['The device shall check the signature and shall record the result.', ['several']],
    ['Das Gerät muss prüfen und muss aufzeichnen.', ['several']],
    ['Commands shall be verified before use.', ['no-actor']],
    ['Keys shall not be stored in clear text.', ['no-actor']],
    ['Befehle müssen vor der Ausführung geprüft werden.', ['no-actor']],
    ['', ['no-statement']],
  ] satisfies [string, CheckCode[]][])('%s', (statement, wanted) => {
    expect(codes(statement)).toEqual(wanted);
  });

  it('shows the place of the words, why, and what to write', () => {
    const [found] = checkRequirement({
      key: 'R',
      statement: 'It shall be  User-Friendly.',
      acceptance: GOOD,
    });

    expect(found).toMatchObject({
      code: 'vague',
      field: 'statement',
      from: 13,
      to: 26,
      words: 'User-Friendly',
    });
    expect(found?.why).toMatch(/\.$/);
    expect(found?.proposal).toMatch(/\.$/);
  });

  it('does not take a part of a word for the word', () => {
    expect(codes('The device shall show the breakfast menu at the canister.')).toEqual([]);
  });

  it('stays quick on hostile text', () => {
    const began = performance.now();
    for (const piece of ['shall be ', 'within ', 'at most 1', 'müssen a werden ', '\u202e', 'and/or '])
      checkRequirement({ key: 'R', statement: piece.repeat(2_000), acceptance: piece.repeat(2_000) });
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});

describe('acceptance criteria', () => {
  it.each([
    ['', ['no-criterion']],
    ['The test succeeds.', ['not-measurable']],
    ['Commands are handled properly.', ['not-measurable', 'vague']],
    ['Each changed command is refused within a reasonable time.', ['no-number', 'vague']],
    ['Each changed command is refused.', []],
    ['Keine Nachricht wird angenommen.', []],
    ['The device answers within 2 s.', []],
  ] satisfies [string, CheckCode[]][])('“%s”', (acceptance, wanted) => {
    expect(codes('The device shall refuse changed commands.', acceptance).sort()).toEqual([...wanted].sort());
  });
});

describe('links', () => {
  const of = (causes: number, controls: number, verifications: number) =>
    checkRequirement({
      key: 'REQ-1',
      statement: 'The device shall refuse changed commands.',
      acceptance: GOOD,
      links: { causes, controls, verifications },
    }).map(({ code }) => code);

  it('are each asked for', () => {
    expect(of(0, 0, 0)).toEqual(['no-cause', 'no-control', 'no-verification']);
    expect(of(1, 0, 2)).toEqual(['no-control']);
    expect(of(1, 1, 1)).toEqual([]);
  });

  it('are not asked for where nothing is known of them', () => {
    expect(codes('The device shall refuse changed commands.')).toEqual([]);
  });
});

describe('a list', () => {
  const one = (key: string, statement: string) => ({ key, statement, acceptance: GOOD });

  it('finds what says the same in other order and other small words', () => {
    const checked = checkRequirements([
      one('REQ-1', 'The control computer shall refuse every command without a valid signature.'),
      one('REQ-2', 'The device shall record each refused command with its reason.'),
      one('REQ-3', 'The control computer shall refuse a command without valid signature.'),
    ]);

    expect(checked.map(({ findings }) => findings.map(({ code }) => code))).toEqual([[], [], ['duplicate']]);
    expect(checked[2]?.findings[0]?.why).toContain('REQ-1');
    expect(checkSummary(checked)).toBe('3 requirements, 1 with findings');
  });

  it('of thousands is checked in time that grows with it', () => {
    const list = Array.from({ length: 5_000 }, (_, n) =>
      one(`REQ-${n}`, `The unit ${n} shall refuse message ${n * 7} of peer ${n % 13} in state ${n % 5}.`),
    );
    const began = performance.now();
    checkRequirements(list);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});

describe('the library', () => {
  it('holds to the checker, and names each id once', () => {
    const checked = checkRequirements(
      library.requirements.map(({ id, statement, acceptance }) => ({ key: id, statement, acceptance })),
    );

    expect(checked.filter(({ findings }) => findings.length > 0)).toEqual([]);
    expect(new Set(library.requirements.map(({ id }) => id)).size).toBe(library.requirements.length);
    expect(library.requirements.length).toBeGreaterThanOrEqual(48);
  });
});
