// The closed table of the updater's refusals: TUF's own list of attacks, the director's, and those of the two slots.
import { defineRefusals } from '../refusal.ts';

export const refuseUpdate = defineRefusals({
  'update.malformed': { plain: 'The update information cannot be read.', row: 'L5' },
  'update.endless-data': { plain: 'More data came than was announced.', row: 'L5' },
  'update.slow-retrieval': { plain: 'The update server answers too slowly.', row: 'L5' },
  'update.unreachable': { plain: 'The update server cannot be reached.', row: 'L5' },
  'update.missing': { plain: 'The update server does not have a file it should have.', row: 'L5' },
  'update.threshold-unmet': { plain: 'The update information is not signed by enough keys.', row: 'L5' },
  'update.root-untrusted': {
    plain: 'New root keys are not signed for by the keys this unit trusts.',
    row: 'L5',
  },
  'update.root-skipped': { plain: 'A step of the root keys was left out.', row: 'L5' },
  'update.rollback': { plain: 'The update information is older than what this unit has seen.', row: 'L5' },
  'update.freeze': { plain: 'The update information has expired.', row: 'L5' },
  'update.mix-and-match': {
    plain: 'Parts of the update information do not belong together.',
    row: 'L5',
  },
  'update.wrong-hardware': { plain: 'The update is not for this kind of device.', row: 'L5' },
  'update.wrong-unit': { plain: 'The update instruction is for another unit.', row: 'L6' },
  'update.not-directed': { plain: 'Nobody instructed this unit to install this.', row: 'L6' },
  'update.not-published': { plain: 'The manufacturer has not published what was instructed.', row: 'L6' },
  'update.disagreement': {
    plain: 'Instruction and publication describe different software.',
    row: 'L6',
  },
  'update.counter-lower': { plain: 'Software this old may no longer run on this unit.', row: 'L6' },
  'update.version-too-old': { plain: 'Another version must be installed before this one.', row: 'L6' },
  'update.failed-before': { plain: 'This update has already failed on this unit.', row: 'L7' },
  'update.bytes-differ': { plain: 'The downloaded software is not the published one.', row: 'L5' },
  'update.not-in-standby': { plain: 'An update waits until the laser is in standby.', row: 'L7' },
  'update.postponed': { plain: 'The update was postponed at the device.', row: 'L7' },
  'update.postponed-too-long': { plain: 'The update cannot be postponed any longer.', row: 'L7' },
  'update.nothing-staged': { plain: 'There is no update ready to start.', row: 'L7' },
  'update.slot-damaged': { plain: 'Stored software is damaged and was not started.', row: 'L7' },
  'update.boot-record-damaged': {
    plain: 'The record of which software to start was damaged.',
    row: 'L7',
  },
  'update.health-failed': {
    plain: 'The new version did not pass its self test; the last good version is used.',
    row: 'L7',
  },
  'update.crash-loop': {
    plain: 'The new version did not start; the last good version is used.',
    row: 'L7',
  },
  'update.no-good-slot': { plain: 'No intact software is left. Call service.', row: 'L7' },
  'update.disk-full': { plain: 'There is no room for the update.', row: 'L7' },
});

export type UpdateCode = Parameters<typeof refuseUpdate>[0];
