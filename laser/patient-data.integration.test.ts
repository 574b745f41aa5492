// Patient data of a unit in this process: what a treatment leaves behind, and who gets it out.
import { afterEach, describe, expect, it } from 'vitest';
import { exportRecord } from './console/export-record.ts';
import { readReasons } from './console/read-reasons.ts';
import { readRecords } from './console/read-records.ts';
import { SAMPLE_PATIENT, SAMPLE_PREPARATION } from './machine/scene.ts';
import { closeUnits, SERIAL, unitInHand } from './testing/unit-in-hand.ts';

afterEach(closeUnits);

const { patient } = SAMPLE_PREPARATION;
type Unit = Awaited<ReturnType<typeof unitInHand>>;

const setting = (powerMilliWatt: number, pulses: number) => ({
  mode: SAMPLE_PREPARATION.mode,
  parameters: { ...SAMPLE_PREPARATION.parameters, repeatHertz: 10, powerMilliWatt, pulses },
});

/** Gives so many pulses and takes the foot off. */
async function give({ laser }: Unit, pulses: number): Promise<void> {
  const before = laser.display().pulses?.done ?? 0;
  for (const input of ['foot-a-down', 'foot-b-down'] as const) laser.local(input);
  await expect
    .poll(() => (laser.display().pulses?.done ?? 0) - before, { interval: 5, timeout: 5_000 })
    .toBeGreaterThanOrEqual(pulses);
  for (const input of ['foot-a-up', 'foot-b-up'] as const) laser.local(input);
}

/** A whole treatment under one setting. */
async function treat(unit: Unit): Promise<void> {
  const body = { ...SAMPLE_PREPARATION, ...setting(200, 2) };
  await unit.link.ask({ verb: 'treatment.prepare', body, patientData: SAMPLE_PATIENT });
  for (const input of ['key-on', 'confirm-pressed', 'arm-pressed'] as const) unit.laser.local(input);
  await give(unit, 2);
  await expect.poll(() => unit.laser.display().sentences[1]).toContain('is kept');
}

describe('a treatment that was adjusted halfway', () => {
  it('is recorded with each setting and what was given under it', async () => {
    const unit = await unitInHand();
    const { laser, link } = unit;
    await link.ask({
      verb: 'treatment.prepare',
      body: { ...SAMPLE_PREPARATION, ...setting(200, 20) },
      patientData: SAMPLE_PATIENT,
    });
    for (const input of ['key-on', 'confirm-pressed', 'arm-pressed'] as const) laser.local(input);
    await give(unit, 3);
    laser.local('pause-pressed');
    const first = laser.display().pulses?.done as number;
    const adjusted = await link.ask({ verb: 'treatment.adjust', body: { patient, ...setting(300, 2) } });
    expect(adjusted.receipt).toMatchObject({ outcome: 'done', state: 'prepared' });
    expect(laser.display()).toMatchObject({ pulses: { done: 0, of: 2 } });
    expect(laser.display().givenBySetting).toHaveLength(1);
    for (const input of ['confirm-pressed', 'arm-pressed'] as const) laser.local(input);
    for (const input of ['foot-a-down', 'foot-b-down'] as const) laser.local(input);
    await expect.poll(() => laser.display().sentences[1], { timeout: 5_000 }).toContain('is kept');

    expect(laser.display().givenBySetting).toEqual([
      `repeat, 200 mW, 20 ms, 100 µm: ${first} pulses, ${first * 4} mJ`,
      'repeat, 300 mW, 20 ms, 100 µm: 2 pulses, 12 mJ',
    ]);
    const read = await link.ask({
      verb: 'record.read',
      body: { patient, purpose: 'treatment', view: 'treatment' },
    });
    expect(read.patientData).toMatchObject({
      records: [
        {
          // Begun, adjusted, ended.
          version: 3,
          fields: {
            ...{ powerMilliWatt: 300, pulses: first + 2, totalEnergyMilliJoule: first * 4 + 12 },
            outcome: 'completed',
            settings: [
              { powerMilliWatt: 200, pulses: first, energyMilliJoule: first * 4 },
              { powerMilliWatt: 300, pulses: 2, energyMilliJoule: 12 },
            ],
          },
        },
      ],
    });
  });

  it('is stopped, not completed, when less was given than the last setting had', async () => {
    const unit = await unitInHand();
    const { laser, link } = unit;
    const body = { ...SAMPLE_PREPARATION, ...setting(200, 20) };
    await link.ask({ verb: 'treatment.prepare', body, patientData: SAMPLE_PATIENT });
    for (const input of ['key-on', 'confirm-pressed', 'arm-pressed'] as const) laser.local(input);
    await give(unit, 4);
    laser.local('pause-pressed');
    await link.ask({ verb: 'treatment.adjust', body: { patient, ...setting(300, 3) } });
    for (const input of ['confirm-pressed', 'arm-pressed', 'end-pressed'] as const) laser.local(input);
    await expect.poll(() => laser.display().sentences[1]).toContain('is kept');

    const read = await link.ask({
      verb: 'record.read',
      body: { patient, purpose: 'treatment', view: 'treatment' },
    });
    expect(read.patientData).toMatchObject({
      records: [{ fields: { outcome: 'stopped', settings: [{ powerMilliWatt: 200 }, { pulses: 0 }] } }],
    });
  });
});

/** Treatments with so long a note that an answer holds two or three. */
async function keepLong({ parts: { vault } }: Unit, times: number): Promise<void> {
  const access = { who: 'person:amira', role: 'clinician', purpose: 'treatment', channel: 'local' } as const;
  const treated = (await vault.list(access, patient)).find((one) => one.class === 'treatment');
  const { fields } = await vault.read(access, patient, treated?.record ?? '');
  for (let more = 0; more < times; more += 1)
    await vault.write(access, patient, { ...fields, note: '\u00e4\u20ac'.repeat(2_000) } as never);
}

describe('a record that fills several answers', () => {
  const whole = { verb: 'record.read', body: { patient, purpose: 'treatment', view: 'whole' } };

  it('is read to its end, and says how many treatments there are', async () => {
    const unit = await unitInHand();
    await treat(unit);
    await keepLong(unit, 12);
    const ask = (one: Parameters<typeof unit.link.ask>[0]) => unit.link.ask(one);
    const read = await readRecords(ask, whole);
    expect(read).toMatchObject({ kind: 'read', treatments: 13, next: null, anew: true });
    expect(read.kind === 'read' && read.records).toHaveLength(14);

    const part = await readRecords(ask, whole, null, 2);
    if (part.kind !== 'read' || !part.next) throw new Error('it was not read in parts');
    const rest = await readRecords(ask, whole, part.next);
    if (rest.kind !== 'read') throw new Error('it was not read on');
    expect(rest.anew).toBe(false);
    expect([...part.records, ...rest.records]).toEqual(read.kind === 'read' ? read.records : []);
    // Somebody treated meanwhile: from the newest on again.
    await keepLong(unit, 1);
    expect(await readRecords(ask, whole, part.next)).toMatchObject({ treatments: 14, anew: true });
  });

  it('is one emergency, and shows the newest five of how many', async () => {
    const unit = await unitInHand();
    await treat(unit);
    await keepLong(unit, 6);
    const reason = 'Fell at home, eye bleeding; her own clinician is not reached';
    const emergency = { verb: 'record.break-glass', body: { patient }, patientData: { reason } };
    let parts = 0;
    const read = await readRecords((one) => {
      parts += 1;
      return unit.link.ask(one);
    }, emergency);
    expect(parts).toBeGreaterThan(1);
    expect(read).toMatchObject({ kind: 'read', treatments: 7, next: null });
    expect(read.kind === 'read' && read.records).toHaveLength(6);
    const whats = (await unit.events()).map(({ what }) => String(what));
    expect(whats.filter((what) => what === 'vault.opened-in-emergency')).toHaveLength(1);
  });
});

describe('an export', () => {
  const asked = { patient, purpose: 'access-request', request: 'REQ-2026-17' } as const;

  it('gives who answers requests the whole record as FHIR, for the purpose, and is recorded', async () => {
    const unit = await unitInHand();
    await treat(unit);
    const dora = await unit.linkOf('person:dora', 'data-protection');
    const exported = await exportRecord((one) => dora.ask(one), asked);

    expect(exported).toMatchObject({
      kind: 'bundle',
      bundle: {
        ...{ resourceType: 'Bundle', type: 'collection' },
        entry: [
          { resource: { resourceType: 'Patient', name: [{ family: 'Ferrara' }] } },
          { resource: { resourceType: 'Procedure', performer: [{ actor: { display: 'person:amira' } }] } },
          { resource: { resourceType: 'Observation' } },
        ],
      },
    });
    const told = (await unit.events()).filter(({ what }) => what === 'vault.exported');
    expect(told).toMatchObject([
      {
        ...{ who: 'person:dora', role: 'data-protection', on: `patient:${patient}` },
        detail: { purpose: 'access-request', request: 'REQ-2026-17' },
      },
    ]);
    expect(JSON.stringify(await unit.events())).not.toContain('Ferrara');
  });

  it('puts a record together that fills several answers', async () => {
    const unit = await unitInHand();
    await treat(unit);
    const access = {
      who: 'person:amira',
      role: 'clinician',
      purpose: 'treatment',
      channel: 'local',
    } as const;
    const { vault } = unit.parts;
    const treated = (await vault.list(access, patient)).find((one) => one.class === 'treatment');
    const { fields } = await vault.read(access, patient, treated?.record ?? '');
    for (let more = 0; more < 40; more += 1)
      await vault.write(access, patient, { ...fields, note: 'n'.repeat(3_000) } as never);
    const dora = await unit.linkOf('person:dora', 'data-protection');
    let parts = 0;
    const exported = await exportRecord((part) => {
      parts += 1;
      return dora.ask(part);
    }, asked);

    expect(parts).toBeGreaterThan(3);
    expect(exported.kind === 'bundle' && (exported.bundle as { entry: unknown[] }).entry).toHaveLength(83);
    const read = await unit.link.ask({
      verb: 'record.read',
      body: { patient, purpose: 'treatment', view: 'whole' },
    });
    expect(read.receipt).toMatchObject({ outcome: 'done', answer: { records: 41 } });
  });

  it.each([
    [
      'a clinician, as if the patient had asked',
      'clinician',
      'access-request',
      'vault.purpose-not-permitted',
    ],
    ['data protection, for treating', 'data-protection', 'care-transfer', 'vault.purpose-not-permitted'],
  ] as const)('is refused to %s', async (_who, role, purpose, code) => {
    const unit = await unitInHand();
    await treat(unit);
    const link = await unit.linkOf('person:dora', role);
    const exported = await exportRecord((one) => link.ask(one), { ...asked, purpose });
    expect(exported).toMatchObject({ kind: 'refused', by: { receipt: { code } } });
  });

  it('is all that data protection may: nothing of treatment', async () => {
    const unit = await unitInHand();
    await treat(unit);
    const dora = await unit.linkOf('person:dora', 'data-protection');
    for (const asked of [
      { verb: 'record.read', body: { patient, purpose: 'treatment', view: 'whole' } },
      { verb: 'treatment.status', body: {} },
      { verb: 'treatment.prepare', body: SAMPLE_PREPARATION, patientData: SAMPLE_PATIENT },
    ])
      expect((await dora.ask(asked)).receipt).toMatchObject({ code: 'command.not-permitted' });
    expect((await dora.ask({ verb: 'unit.status', body: {} })).receipt.outcome).toBe('done');
  });
});

describe('breaking the glass', () => {
  const reason = 'Fell at home, eye bleeding; her own clinician is not reached';
  const breakGlass = { verb: 'record.break-glass', body: { patient }, patientData: { reason } };
  const restrict = (unit: Unit) =>
    unit.parts.vault.restrict(
      { who: 'person:dora', role: 'data-protection', purpose: 'restriction', channel: 'local' },
      patient,
      true,
    );

  it('shows what is needed of a restricted person, is recorded without the reason, and seen at the device', async () => {
    const unit = await unitInHand();
    await treat(unit);
    await restrict(unit);
    const closed = { verb: 'record.read', body: { patient, purpose: 'treatment', view: 'whole' } };
    expect((await unit.link.ask(closed)).receipt.code).toBe('vault.restricted');
    const { receipt, patientData } = await unit.link.ask(breakGlass);

    expect(receipt.outcome).toBe('done');
    const { records } = patientData as { records: { fields: Record<string, unknown> }[] };
    expect(records.map(({ fields }) => fields)).toMatchObject([
      { kind: 'patient', family: 'Ferrara', given: 'Jo' },
      { kind: 'treatment', eye: 'right', pulses: 2 },
    ]);
    expect(records[0]?.fields).not.toHaveProperty('hospitalNumber');
    expect(records[1]?.fields).not.toHaveProperty('performedBy');
    const told = (await unit.events()).filter(({ what }) => what === 'vault.opened-in-emergency');
    expect(told).toMatchObject([
      { who: 'person:amira', role: 'clinician', detail: { purpose: 'break-glass', channel: 'remote' } },
    ]);
    expect(JSON.stringify(await unit.events())).not.toMatch(/Ferrara|bleeding/);
    expect(unit.laser.display().warnings.join(' ')).toContain('opened in an emergency');
  });

  it('lets who reviews it read the reason, and nobody else', async () => {
    const unit = await unitInHand();
    await treat(unit);
    for (let times = 0; times < 3; times += 1) await unit.link.ask(breakGlass);
    const dora = await unit.linkOf('person:dora', 'data-protection');
    const read = await readReasons((one) => dora.ask(one));

    expect(read).toMatchObject({ kind: 'read', accesses: Array(3).fill({ patient, access: { reason } }) });
    const jonas = await unit.linkOf('person:jonas', 'physicist');
    for (const link of [unit.link, jonas])
      expect(await readReasons((one) => link.ask(one))).toMatchObject({
        by: { receipt: { code: 'command.not-permitted' } },
      });
  });

  it.each([
    ['an empty reason', '', 'vault.reason-missing'],
    ['one letter held down', 'a'.repeat(60), 'vault.reason-missing'],
    ['a reason without end', `${'why '.repeat(126)}`, 'command.wrong-seal'],
  ])('is refused for %s', async (_what, typed, code) => {
    const unit = await unitInHand();
    await treat(unit);
    const { receipt } = await unit.link.ask({ ...breakGlass, patientData: { reason: typed } });
    expect(receipt).toMatchObject({ outcome: 'refused', code });
    const events = await unit.events();
    expect(events.some(({ what }) => what === 'vault.opened-in-emergency')).toBe(false);
    expect(events.some(({ code: told }) => told === code)).toBe(true);
  });
});

describe('a damaged vault', () => {
  const DATA = 'vault/data';
  const read = { verb: 'record.read', body: { patient, purpose: 'treatment', view: 'whole' } };

  it('lets the unit start, treat and keep; nothing of the damaged patient goes out, and the workbench hears of it', async () => {
    const unit = await unitInHand();
    await treat(unit);
    const { agent, laser } = await unit.restart((disk) => {
      const bytes = Buffer.from(disk.peek(DATA) as Uint8Array);
      // In the newest frame: the treatment as it ended.
      bytes[bytes.length - 100] = (bytes[bytes.length - 100] as number) ^ 1;
      disk.poke(DATA, bytes);
    });

    expect(laser.display().warnings.join(' ')).toContain('Stored patient data are damaged (1 records)');
    const link = await unit.linkOf('person:amira', 'clinician');
    expect((await link.ask(read)).receipt).toMatchObject({ outcome: 'refused', code: 'vault.damaged' });
    const dora = await unit.linkOf('person:dora', 'data-protection');
    const request = { patient, purpose: 'access-request', request: 'R-1' } as const;
    expect(await exportRecord((one) => dora.ask(one), request)).toMatchObject({
      by: { receipt: { code: 'vault.damaged' } },
    });
    const events = await unit.events();
    expect(events.filter(({ what }) => what === 'vault.damaged')).toMatchObject([
      { code: 'vault.changed', on: `patient:${patient}`, detail: { version: 2 } },
    ]);
    await treat({ ...unit, laser, link });
    expect((await unit.events()).filter(({ what }) => what === 'treatment.record-not-kept')).toEqual([]);
    await agent.checkIn();
    expect(unit.workbench.unit(SERIAL).report?.vault).toEqual({
      ...{ state: 'damaged', damagedRecords: 1, code: 'vault.changed' },
    });
  });

  it('whose keys are gone lets the unit start; nobody is prepared whose treatment could not be kept', async () => {
    const unit = await unitInHand();
    await treat(unit);
    const { agent, laser } = await unit.restart((disk) => disk.poke('vault/keyring', null));

    expect(laser.state).toBe('standby');
    expect(laser.display().warnings.join(' ')).toContain('cannot be opened');
    const link = await unit.linkOf('person:amira', 'clinician');
    const body = { ...SAMPLE_PREPARATION, ...setting(200, 2) };
    const prepared = await link.ask({ verb: 'treatment.prepare', body, patientData: SAMPLE_PATIENT });
    expect(prepared.receipt).toMatchObject({
      outcome: 'refused',
      code: 'vault.keyring-missing',
      state: 'standby',
    });
    expect((await link.ask(read)).receipt).toMatchObject({ code: 'vault.keyring-missing' });
    expect((await link.ask({ verb: 'unit.status', body: {} })).receipt.outcome).toBe('done');
    await agent.checkIn();
    expect(unit.workbench.unit(SERIAL).report?.vault).toMatchObject({ state: 'closed' });
  });
});
