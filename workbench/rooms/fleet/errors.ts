// Refusals of the fleet.
import { defineErrors } from '../../kernel/errors.ts';

export const refuseFleet = defineErrors({
  'fleet.no-unit': {
    status: 404,
    exit: 3,
    title: 'There is no such unit',
    remedy: 'Look for it in the list of units; a serial number is written on the unit.',
  },
  'fleet.serial-taken': {
    status: 409,
    exit: 3,
    title: 'The serial number is known already',
    remedy: 'Open the unit of this number, or correct the number.',
  },
  'fleet.no-authority': {
    status: 409,
    exit: 3,
    title: 'There is no authority for units yet',
    remedy: 'Make one with "ward fleet init"; its root key stays outside of Ward.',
  },
  'fleet.authority-exists': {
    status: 409,
    exit: 3,
    title: 'There is an authority for units already',
    remedy: 'Units trust the one that they were enrolled with; it is not made twice.',
  },
  'fleet.wrong-state': {
    status: 409,
    exit: 3,
    title: 'The unit is not in a state for this',
    remedy: 'Look at the state of the unit: expected units wait for enrolment, enrolled ones report.',
  },
  'fleet.enrolment-refused': {
    status: 403,
    exit: 3,
    title: 'The enrolment was refused',
    remedy: 'Make a new code in the workbench and use it within its time, on the unit that it was made for.',
  },
  'fleet.revocations-full': {
    status: 409,
    exit: 3,
    title: 'The list of what was taken back is full',
    remedy:
      'Nothing was taken back. Entries leave the list when what they name has expired; the page "Revocations" says the day when the next does. Until then have the issuer in question issue nothing more, and enrol units anew below a new authority when that cannot wait.',
  },
  'fleet.no-target': {
    status: 409,
    exit: 3,
    title: 'The update has no signed artefact',
    remedy: 'Publish its file with "ward fleet publish"; the update names it by its SHA-256.',
  },
  'fleet.target-known': {
    status: 409,
    exit: 3,
    title: 'The file was published before',
    remedy: 'Use the published one; a file is published once.',
  },
  'fleet.keys': {
    status: 409,
    exit: 3,
    title: 'The folder of keys cannot be used',
    remedy: 'Give the folder that "ward fleet init" filled, or an empty one for a new authority.',
  },
  'fleet.no-repository': {
    status: 409,
    exit: 3,
    title: 'There is no repository of updates',
    remedy: 'Make one with "ward fleet init".',
  },
  'fleet.repository-differs': {
    status: 409,
    exit: 3,
    title: 'The repository is not as it was published',
    remedy:
      'Nothing was signed. Give the folder that signed last, or put the folder of the repository back from a copy; if neither explains it, somebody else has written there.',
  },
  'fleet.no-file': {
    status: 404,
    exit: 3,
    title: 'The repository has no such file',
    remedy: 'Units begin with metadata/timestamp.json and follow what it names.',
  },
  'fleet.waves': {
    status: 422,
    exit: 3,
    title: 'The waves of the campaign do not fit the fleet',
    remedy: 'Correct the named wave: serial numbers of enrolled units, a share such as 10 %, or rest.',
  },
  'fleet.other-campaign': {
    status: 409,
    exit: 3,
    title: 'A unit is in another campaign that runs',
    remedy: 'End or halt the other campaign first; one update at a time reaches a unit.',
  },
  'fleet.no-emergency': {
    status: 404,
    exit: 3,
    title: 'There is no such emergency access',
    remedy: 'Look for it in the list of emergency accesses; a line of another kind is not reviewed.',
  },
  'fleet.own-emergency': {
    status: 403,
    exit: 3,
    title: 'Nobody reviews their own access',
    remedy: 'Ask somebody else who may review emergency accesses.',
  },
  'fleet.reviewed-already': {
    status: 409,
    exit: 3,
    title: 'The emergency access was reviewed already',
    remedy: 'Read the review; it stays as it is. What is to be added belongs into an incident.',
  },
  'fleet.no-break': {
    status: 404,
    exit: 3,
    title: 'The audit trail has no such open break',
    remedy: 'Look at the page of the unit: a trail that verifies has nothing to close.',
  },
  'fleet.break-closed': {
    status: 409,
    exit: 3,
    title: 'The break was closed already',
    remedy: 'Read who closed it and why; a break is closed once. A new one has a number of its own.',
  },
  'fleet.no-start': {
    status: 409,
    exit: 3,
    title: 'The unit has not signed where its log is now',
    remedy: 'Wait for its next report; a trail goes on only from a line that the unit itself has signed.',
  },
  'fleet.service-open': {
    status: 409,
    exit: 3,
    title: 'A service session waits or runs on this unit',
    remedy: 'End it, or wait until it has ended.',
  },
});
