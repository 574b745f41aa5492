import { describe, expect, it } from 'vitest';
import { HandClock } from '../clock.ts';
import { SimulatedDisk } from '../disk/simulated-disk.ts';
import { FileKeys } from './file-keys.ts';
import type { Access } from './purposes.ts';
import type { VaultRecord } from './record.ts';
import { RecordStore } from './store.ts';
import { accessAs, admit, openTestUnit, person, treating, treatment } from './testing.ts';

const asking = accessAs('data-protection', 'access-request');
const emergency = accessAs('clinician', 'break-glass', {
  reason: 'Unconscious after a fall, no clinician of hers here',
});

describe('a vault', () => {
  it('keeps records over a restart, with their versions', async () => {
    const disk = new SimulatedDisk();
    const first = await openTestUnit(disk);
    const record = await admit(first.vault, 'p-1');
    await first.vault.write(treating, 'p-1', treatment({ note: 'corrected' }), record);
    await first.vault.close();
    const { vault } = await openTestUnit(disk);

    expect(await vault.read(treating, 'p-1', record)).toMatchObject({
      version: 2,
      fields: { note: 'corrected' },
    });
    expect(await vault.read(treating, 'p-1', record, 1)).toMatchObject({
      version: 1,
      fields: { note: 'of p-1' },
    });
    expect(await vault.list(treating, 'p-1')).toMatchObject([
      { record: 'patient', class: 'patient', version: 1 },
      { record, class: 'treatment', version: 2 },
    ]);
  });

  it('reads records from before settings were kept, and shows what a later version of the software added', async () => {
    const disk = new SimulatedDisk();
    const { vault } = await openTestUnit(disk);
    const { settings: _none, ...before } = treatment();
    const older = await vault.write(treating, 'p-1', before);
    await vault.close();
    // As a later version would write it: the store below knows nothing of fields.
    const store = await RecordStore.open({
      ...{ disk, unit: 'L4-0007', keys: new FileKeys(disk), clock: new HandClock(), anchor: null },
    });
    const later = { ...treatment(), fixation: 'target 4' };
    await store.put('p-1', 'r-later', 'treatment', Buffer.from(JSON.stringify(later)));
    const anchor = store.anchor;
    await store.close();
    const again = await openTestUnit(disk, { anchor });

    expect((await again.vault.read(treating, 'p-1', older.record)).fields).toEqual(before);
    expect((await again.vault.read(treating, 'p-1', 'r-later')).fields).toEqual(later);
    const quality = accessAs('physicist', 'calibration-quality');
    expect((await again.vault.read(quality, 'p-1', 'r-later')).fields).not.toHaveProperty('fixation');
    await expect(again.vault.write(treating, 'p-1', later)).rejects.toMatchObject({
      code: 'vault.malformed',
    });
  });

  it('holds nothing of a patient in clear, nor does its audit log', async () => {
    const disk = new SimulatedDisk();
    const { vault } = await openTestUnit(disk);
    await admit(vault, 'p-1');
    await vault.read(emergency, 'p-1', 'patient');
    await vault.read(treating, 'p-1', 'Sam Sample').catch(() => undefined);
    await vault.read(treating, 'Sam Sample', 'patient').catch(() => undefined);

    for (const path of disk.paths()) {
      const text = Buffer.from(disk.peek(path) as Uint8Array).toString('latin1');
      for (const secret of ['Sample', '1961-02-03', 'retinopathy', 'H-1001', 'Unconscious'])
        expect(`${path}: ${text.includes(secret)}`).toBe(`${path}: false`);
    }
  });

  it('writes many records of one moment with one sync', async () => {
    const disk = new SimulatedDisk();
    const { vault } = await openTestUnit(disk);
    await admit(vault, 'p-1');
    const before = disk.steps.length;
    await Promise.all(Array.from({ length: 100 }, () => vault.write(treating, 'p-1', treatment())));

    const syncs = disk.steps.slice(before).filter(({ what }) => what === 'sync vault/data');
    expect(syncs).toHaveLength(1);
  });

  it('tells who did what for which purpose', async () => {
    const { vault, events } = await openTestUnit(new SimulatedDisk());
    const record = await admit(vault, 'p-1');
    await vault.read(treating, 'p-1', record);

    expect((await events()).at(-1)).toMatchObject({
      what: 'vault.read',
      outcome: 'done',
      who: 'person:clinician',
      role: 'clinician',
      on: 'patient:p-1',
      detail: { purpose: 'treatment', record },
    });
  });

  it('refuses what is no record, and a record under another kind', async () => {
    const { vault } = await openTestUnit(new SimulatedDisk());
    const record = await admit(vault, 'p-1');
    const bad: [VaultRecord, string | undefined][] = [
      [{ ...treatment(), powerMilliWatt: Number.NaN }, undefined],
      [{ ...treatment(), eye: 'third' as 'left' }, undefined],
      [person(), record],
    ];
    for (const [value, id] of bad)
      await expect(vault.write(treating, 'p-1', value, id)).rejects.toMatchObject({
        code: 'vault.malformed',
      });
    await expect(vault.write(treating, 'p-1', treatment(), 'nowhere')).rejects.toMatchObject({
      code: 'vault.no-such-record',
    });
    await expect(vault.write(treating, '../p', treatment())).rejects.toMatchObject({
      code: 'vault.malformed',
    });
  });
});

describe('role and purpose', () => {
  it.each<[string, Access, string]>([
    ['a service engineer', accessAs('service-engineer', 'treatment'), 'vault.role-not-permitted'],
    [
      'a fleet operator',
      accessAs('fleet-operator', 'break-glass', { reason: emergency.reason ?? '' }),
      'vault.role-not-permitted',
    ],
    ['a role that is none', accessAs('toString', 'treatment'), 'vault.role-not-permitted'],
    ['a physicist who treats', accessAs('physicist', 'treatment'), 'vault.purpose-not-permitted'],
    [
      'a clinician who calibrates',
      accessAs('clinician', 'calibration-quality'),
      'vault.purpose-not-permitted',
    ],
    ['a purpose that is none', accessAs('clinician', 'constructor'), 'vault.purpose-not-permitted'],
    ['an emergency without a reason', accessAs('clinician', 'break-glass'), 'vault.reason-missing'],
    [
      'a reason of 19 characters',
      accessAs('clinician', 'break-glass', { reason: 'needed for treating' }),
      'vault.reason-missing',
    ],
    [
      'a held-down key',
      accessAs('clinician', 'break-glass', { reason: 'a'.repeat(40) }),
      'vault.reason-missing',
    ],
  ])('%s is refused and recorded', async (_name, access, code) => {
    const { vault, events } = await openTestUnit(new SimulatedDisk());
    const record = await admit(vault, 'p-1');

    await expect(vault.read(access, 'p-1', record)).rejects.toMatchObject({ code });
    expect((await events()).at(-1)).toMatchObject({
      what: 'vault.refused',
      outcome: 'refused',
      code,
      on: 'patient:p-1',
    });
  });

  it('a physicist sees what the laser did and not to whom', async () => {
    const { vault } = await openTestUnit(new SimulatedDisk());
    const record = await admit(vault, 'p-1');
    const quality = accessAs('physicist', 'calibration-quality');
    const { fields } = await vault.read(quality, 'p-1', record);

    expect(Object.keys(fields).sort()).toEqual([
      'kind',
      'mode',
      'outcome',
      'powerMilliWatt',
      'pulseMilliSecond',
      'pulses',
      'software',
      'spotMicroMetre',
      'totalEnergyMilliJoule',
      'wavelengthNanoMetre',
    ]);
    await expect(vault.read(quality, 'p-1', 'patient')).rejects.toMatchObject({
      code: 'vault.purpose-not-permitted',
    });
    expect(await vault.list(quality, 'p-1')).toHaveLength(1);
    await expect(vault.write(quality, 'p-1', treatment())).rejects.toMatchObject({
      code: 'vault.purpose-not-permitted',
    });
  });

  it('a physicist sees the newest treatments of all, and no pseudonym', async () => {
    const { vault, events } = await openTestUnit(new SimulatedDisk());
    for (const patient of ['p-1', 'p-2', 'p-3']) await admit(vault, patient);
    await vault.restrict(accessAs('data-protection', 'restriction'), 'p-3', true);
    const seen = await vault.listWithoutPatients(accessAs('physicist', 'calibration-quality'), 10);

    expect(seen).toHaveLength(2);
    expect(seen[0]).toMatchObject({ powerMilliWatt: 200 });
    expect(JSON.stringify(seen)).not.toMatch(/p-1|p-2|amira|2026|left/);
    expect((await events()).at(-1)).toMatchObject({ what: 'vault.listed', on: null, detail: { records: 2 } });
    await expect(
      vault.listWithoutPatients(accessAs('service-engineer', 'calibration-quality'), 10),
    ).rejects.toMatchObject({
      code: 'vault.role-not-permitted',
    });
  });

  it('nobody who is to see persons sees all at once', async () => {
    const { vault } = await openTestUnit(new SimulatedDisk());
    await admit(vault, 'p-1');
    for (const access of [treating, emergency, asking])
      await expect(vault.listWithoutPatients(access, 10)).rejects.toMatchObject({
        code: 'vault.purpose-not-permitted',
      });
  });

  it('an emergency access is listed with its reason until somebody else has reviewed it', async () => {
    const { vault, events } = await openTestUnit(new SimulatedDisk());
    const record = await admit(vault, 'p-1');
    await vault.read(emergency, 'p-1', record);
    const reviewer = accessAs('data-protection', 'access-review');
    const [open] = (await vault.emergencyAccesses(reviewer)).accesses;

    expect(open).toMatchObject({ patient: 'p-1', access: { who: 'person:clinician', record, review: null } });
    expect(open?.access.reason).toBe(emergency.reason);
    const outcome = { justified: true, note: 'Confirmed with the ward' };
    const self = { ...reviewer, who: emergency.who };
    await expect(vault.review(self, 'p-1', open?.id as string, outcome)).rejects.toMatchObject({
      code: 'vault.purpose-not-permitted',
    });
    await vault.review(reviewer, 'p-1', open?.id as string, outcome);
    expect((await vault.emergencyAccesses(reviewer)).accesses[0]?.access.review).toMatchObject(outcome);
    const whats = (await events()).map(({ what }) => what);
    expect(whats).toContain('vault.opened-in-emergency');
    expect(whats).toContain('vault.reviewed');
  });

  it('emergency accesses are listed newest first, those without a review before the others, a part at a time', async () => {
    const clock = new HandClock();
    const { vault } = await openTestUnit(new SimulatedDisk(), { clock });
    await admit(vault, 'p-1');
    const reviewer = accessAs('data-protection', 'access-review');
    for (const who of ['person:a', 'person:b', 'person:c', 'person:d']) {
      await vault.read({ ...emergency, who }, 'p-1', 'patient');
      clock.advance(60_000);
    }
    const newest = (await vault.emergencyAccesses(reviewer)).accesses[0];
    await vault.review(reviewer, 'p-1', newest?.id as string, { justified: true, note: 'Confirmed' });

    const names = async (after: number, most: number) => {
      const { all, accesses } = await vault.emergencyAccesses(reviewer, after, most);
      expect(all).toBe(4);
      return accesses.map(({ access }) => access.who.slice(-1)).join('');
    };
    expect(newest?.access.who).toBe('person:d');
    expect(await names(0, 2)).toBe('cb');
    expect(await names(2, 9)).toBe('ad');
  });

  it('an emergency goes on for ten times an hour of one person and patient; the first is never refused', async () => {
    const clock = new HandClock();
    const { vault, events } = await openTestUnit(new SimulatedDisk(), { clock });
    for (const patient of ['p-1', 'p-2']) await admit(vault, patient);
    const other = { ...emergency, who: 'person:bo' };
    for (let times = 0; times < 10; times += 1) await vault.openInEmergency(emergency, 'p-1', 5);

    const refused = { code: 'vault.emergency-too-often' };
    await expect(vault.openInEmergency(emergency, 'p-1', 5)).rejects.toMatchObject(refused);
    await expect(vault.list(emergency, 'p-1')).rejects.toMatchObject(refused);
    // A wall clock that was set does not shorten the hour.
    clock.setWall(clock.wall() + 48 * 3_600_000);
    await expect(vault.read(emergency, 'p-1', 'patient')).rejects.toMatchObject(refused);
    expect((await vault.openInEmergency(emergency, 'p-2', 5)).records).toHaveLength(2);
    expect((await vault.openInEmergency(other, 'p-1', 5)).records).toHaveLength(2);
    clock.advance(3_600_000);
    expect((await vault.openInEmergency(emergency, 'p-1', 5)).records).toHaveLength(2);
    const told = await events();
    expect(told.filter(({ what }) => what === 'vault.opened-in-emergency')).toHaveLength(13);
    expect(told.filter(({ code }) => code === refused.code)).toHaveLength(3);
  });

  it('a restricted person is seen in an emergency and by their own request only', async () => {
    const { vault } = await openTestUnit(new SimulatedDisk());
    const record = await admit(vault, 'p-1');
    await vault.restrict(accessAs('data-protection', 'restriction'), 'p-1', true);

    await expect(vault.read(treating, 'p-1', record)).rejects.toMatchObject({ code: 'vault.restricted' });
    expect((await vault.read(emergency, 'p-1', record)).fields).toMatchObject({ kind: 'treatment' });
    expect((await vault.exportPatient(asking, 'p-1')).entry).toHaveLength(3);
    await vault.restrict(accessAs('data-protection', 'restriction'), 'p-1', false);
    expect((await vault.read(treating, 'p-1', record)).version).toBe(1);
  });
});

describe('export for access and portability', () => {
  it('gives Patient, Procedure and Observation of FHIR R4 with the units', async () => {
    const { vault, events } = await openTestUnit(new SimulatedDisk());
    await admit(vault, 'p-1');
    await admit(vault, 'p-2');
    const bundle = await vault.exportPatient(asking, 'p-1');

    expect(bundle).toMatchObject({ resourceType: 'Bundle', type: 'collection' });
    expect(bundle.entry.map(({ resource }) => resource.resourceType)).toEqual([
      'Patient',
      'Procedure',
      'Observation',
    ]);
    const [patient, procedure, observation] = bundle.entry.map(({ resource }) => resource);
    expect(patient).toMatchObject({ name: [{ family: 'Sample', given: ['Sam'] }], birthDate: '1961-02-03' });
    expect(procedure).toMatchObject({
      status: 'completed',
      subject: { reference: bundle.entry[0]?.fullUrl },
    });
    expect(observation).toMatchObject({
      status: 'final',
      partOf: [{ reference: bundle.entry[1]?.fullUrl }],
      component: expect.arrayContaining([
        expect.objectContaining({
          valueQuantity: { value: 200, unit: 'mW', system: 'http://unitsofmeasure.org', code: 'mW' },
        }),
      ]),
    });
    expect(JSON.stringify(bundle)).not.toContain('p-2');
    for (const { resource } of bundle.entry) expect(resource.id).toMatch(/^[A-Za-z0-9.-]{1,64}$/);
    expect((await events()).at(-1)).toMatchObject({
      what: 'vault.exported',
      detail: { purpose: 'access-request' },
    });
  });

  it('gives what was done under each setting of a treatment that was adjusted', async () => {
    const { vault } = await openTestUnit(new SimulatedDisk());
    await vault.write(treating, 'p-1', person());
    const given = { mode: 'repeat', spotMicroMetre: 100, pulseMilliSecond: 20 };
    const settings = [
      { ...given, powerMilliWatt: 200, pulses: 30, energyMilliJoule: 120 },
      { ...given, powerMilliWatt: 300, pulses: 5, energyMilliJoule: 30 },
    ];
    await vault.write(treating, 'p-1', treatment({ ...given, powerMilliWatt: 300, settings }));
    const { entry } = await vault.exportPatient(asking, 'p-1');

    const [, , whole, ...each] = entry;
    expect(whole?.resource).toMatchObject({ hasMember: each.map(({ fullUrl }) => ({ reference: fullUrl })) });
    expect(each.map(({ resource }) => 'component' in resource && resource.component)).toEqual(
      settings.map(({ powerMilliWatt, pulses, energyMilliJoule }) =>
        expect.arrayContaining([
          expect.objectContaining({
            valueQuantity: expect.objectContaining({ value: powerMilliWatt, code: 'mW' }),
          }),
          expect.objectContaining({ valueQuantity: expect.objectContaining({ value: pulses, code: '1' }) }),
          expect.objectContaining({
            valueQuantity: expect.objectContaining({ value: energyMilliJoule, code: 'mJ' }),
          }),
        ]),
      ),
    );
    const ids = entry.map(({ resource }) => resource.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9.-]{1,64}$/);
  });

  it('is for a clinician what is handed to the clinic’s own record, and nothing else', async () => {
    const { vault } = await openTestUnit(new SimulatedDisk());
    await admit(vault, 'p-1');
    for (const access of [treating, accessAs('clinician', 'portability'), emergency])
      await expect(vault.exportPatient(access, 'p-1')).rejects.toMatchObject({
        code: 'vault.purpose-not-permitted',
      });
    expect((await vault.exportPatient(accessAs('clinician', 'care-transfer'), 'p-1')).entry).toHaveLength(3);
  });
});

describe('erasure', () => {
  const erasing = accessAs('data-protection', 'erasure');

  it('leaves no way to the data in any backup, and everybody else whole', async () => {
    const disk = new SimulatedDisk();
    const before = await openTestUnit(disk);
    const gone = await admit(before.vault, 'p-gone');
    const kept = await admit(before.vault, 'p-kept');
    const backup = new Map([...disk.image()].filter(([path]) => path.startsWith('vault/')));
    await before.vault.erase(erasing, 'p-gone');
    await before.vault.close();

    await expect(before.vault.read(treating, 'p-gone', gone)).rejects.toMatchObject({ code: 'vault.erased' });
    const keyring = disk.peek('vault/keyring') as Uint8Array;
    // The backup with its own keyring opens nothing: the key that wrapped it is destroyed.
    for (const [path, bytes] of backup) disk.poke(path, bytes);
    await expect(openTestUnit(disk)).rejects.toMatchObject({ code: 'vault.key-destroyed' });
    // With the newest keyring it restores everybody but the erased.
    disk.poke('vault/keyring', keyring);
    const restored = await openTestUnit(disk, { restore: true });
    expect((await restored.vault.read(treating, 'p-kept', kept)).fields).toMatchObject({ note: 'of p-kept' });
    await expect(restored.vault.read(treating, 'p-gone', gone)).rejects.toMatchObject({
      code: 'vault.erased',
    });
    await expect(restored.vault.write(treating, 'p-gone', treatment())).rejects.toMatchObject({
      code: 'vault.erased',
    });
  });

  it('a backup that is put back with the newest keyring is taken on purpose only, and recorded', async () => {
    const disk = new SimulatedDisk();
    const before = await openTestUnit(disk);
    const first = await admit(before.vault, 'p-1');
    const data = disk.peek('vault/data') as Uint8Array;
    await admit(before.vault, 'p-1');
    await before.vault.close();
    disk.poke('vault/data', data);

    const unasked = await openTestUnit(disk);
    expect(unasked.vault.health).toEqual({ state: 'damaged', damagedRecords: 2, code: 'vault.rolled-back' });
    await unasked.vault.close();
    const restored = await openTestUnit(disk, { restore: true });
    expect((await restored.events()).map(({ what }) => what)).toContain('vault.restored');
    await restored.vault.close();
    // From then on it is the store, with and without new records.
    const again = await openTestUnit(disk);
    const later = await admit(again.vault, 'p-1');
    await again.vault.close();
    const last = await openTestUnit(disk);
    for (const record of [first, later])
      expect((await last.vault.read(treating, 'p-1', record)).version).toBe(1);
  });

  it('of everybody leaves nothing that reads, and a unit that can be used again', async () => {
    const disk = new SimulatedDisk();
    const { vault, events } = await openTestUnit(disk);
    for (const patient of ['p-1', 'p-2']) await admit(vault, patient);
    const backup = disk.peek('vault/keyring');
    await expect(vault.eraseAll(treating)).rejects.toMatchObject({ code: 'vault.purpose-not-permitted' });
    await vault.eraseAll(erasing);

    for (const patient of ['p-1', 'p-2'])
      await expect(vault.list(treating, patient)).rejects.toMatchObject({ code: 'vault.erased' });
    expect((await events()).at(-3)).toMatchObject({
      what: 'vault.erased',
      on: null,
      detail: { patients: 2 },
    });
    await admit(vault, 'p-3');
    await vault.close();
    expect((await openTestUnit(disk)).vault.patientCount).toBe(1);
    disk.poke('vault/keyring', backup);
    await expect(openTestUnit(disk)).rejects.toMatchObject({ code: 'vault.key-destroyed' });
  });

  it('of somebody who is not there is refused', async () => {
    const { vault } = await openTestUnit(new SimulatedDisk());
    await expect(vault.erase(erasing, 'p-1')).rejects.toMatchObject({ code: 'vault.no-such-patient' });
  });
});

it('rotation renews every wrapped key and writes no data', async () => {
  const disk = new SimulatedDisk();
  const { vault } = await openTestUnit(disk);
  const record = await admit(vault, 'p-1');
  const data = disk.peek('vault/data') as Uint8Array;
  const keyring = JSON.parse(Buffer.from(disk.peek('vault/keyring') as Uint8Array).toString());
  await vault.rotate(accessAs('unit', 'key-rotation'));
  await vault.close();

  expect(disk.peek('vault/data')).toEqual(data);
  const after = JSON.parse(Buffer.from(disk.peek('vault/keyring') as Uint8Array).toString());
  const [old, renewed] = [JSON.parse(keyring.body), JSON.parse(after.body)];
  expect([old.generation, renewed.generation]).toEqual([1, 2]);
  expect(renewed.patients['p-1'].key).not.toBe(old.patients['p-1'].key);
  expect(disk.paths().filter((path) => path.startsWith('keys/'))).toEqual(['keys/kek-2', 'keys/newest']);
  const again = await openTestUnit(disk);
  expect((await again.vault.read(treating, 'p-1', record)).version).toBe(1);
});

describe('a full disk', () => {
  it('refuses the write and goes on reading, also in an emergency', async () => {
    const disk = new SimulatedDisk();
    const { vault } = await openTestUnit(disk);
    const record = await admit(vault, 'p-1');
    disk.limit(1);

    await expect(vault.write(treating, 'p-1', treatment())).rejects.toMatchObject({ code: 'vault.full' });
    await expect(vault.write(treating, 'p-2', treatment())).rejects.toMatchObject({ code: 'vault.full' });
    expect((await vault.read(treating, 'p-1', record)).version).toBe(1);
    expect((await vault.read(emergency, 'p-1', record)).version).toBe(1);
    // From the network nothing is given out that cannot be recorded.
    await expect(vault.read({ ...treating, channel: 'remote' }, 'p-1', record)).rejects.toMatchObject({
      code: 'audit.unwritable',
    });
    disk.limit(Number.POSITIVE_INFINITY);
    await vault.write(treating, 'p-2', treatment());
    expect((await vault.read({ ...treating, channel: 'remote' }, 'p-1', record)).version).toBe(1);
  });

  it('keeps room for what was treated: an emergency is refused room first, and goes on without its reason', async () => {
    const options = { mostBytes: 40_000, reservedBytes: 30_000 };
    const { vault, events } = await openTestUnit(new SimulatedDisk(), options);
    for (const patient of ['p-1', 'p-2', 'p-3']) {
      await admit(vault, patient);
      for (let times = 0; times < 10; times += 1) await vault.openInEmergency(emergency, patient, 5);
    }
    const kept = (await events()).filter(({ what }) => what === 'vault.opened-in-emergency');
    expect(kept).toHaveLength(30);
    expect(kept[0]?.detail.review).not.toBeNull();
    expect(kept.at(-1)?.detail).toMatchObject({ review: null, reason: 'vault.full' });
    for (let times = 0; times < 10; times += 1) await vault.write(treating, 'p-1', treatment());
  });

  it('says so before somebody is treated whose record would find no room', async () => {
    const { vault } = await openTestUnit(new SimulatedDisk(), { mostBytes: 5 * 1024 * 1024 });
    await admit(vault, 'p-1');
    expect(() => vault.demandWritable(treating, 'p-1')).not.toThrow();
    const long = treatment({ note: 'n'.repeat(4_000) });
    for (let times = 0; times < 300; times += 1) await vault.write(treating, 'p-1', long);
    expect(() => vault.demandWritable(treating, 'p-1')).toThrow('vault.full');
    await vault.write(treating, 'p-1', long);
  });

  it('of its own bound as well', async () => {
    const { vault } = await openTestUnit(new SimulatedDisk(), { mostBytes: 1200 });
    await admit(vault, 'p-1');
    await expect(vault.write(treating, 'p-1', treatment())).rejects.toMatchObject({ code: 'vault.full' });
  });
});
