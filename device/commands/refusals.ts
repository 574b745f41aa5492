// Why a command, a session for commands or a receipt is refused.
import { defineRefusals } from '../refusal.ts';

export const refuseCommand = defineRefusals({
  'command.too-large': { plain: 'The command is longer than this unit reads.', row: 'L3' },
  'command.malformed': { plain: 'The command could not be read.', row: 'L3' },
  'command.wrong-algorithm': {
    plain: 'The command is signed in a way that this unit does not accept.',
    row: 'L3',
  },
  'command.wrong-type': { plain: 'This is a signed message, but not a command.', row: 'L3' },
  'command.no-session': { plain: 'No session is open on this connection.', row: 'L3' },
  'command.wrong-signature': {
    plain: 'The command was not signed by the person who opened the session.',
    row: 'L3',
  },
  'command.wrong-unit': { plain: 'The command was made for another unit.', row: 'L3' },
  'command.wrong-session': { plain: 'The command was made for another session.', row: 'L3' },
  'command.wrong-token': { plain: 'The command names another permission than its session.', row: 'L3' },
  'command.too-late': { plain: 'The session has ended. Open a new one.', row: 'L3' },
  'command.replayed': { plain: 'This command was used before.', row: 'L3' },
  'command.out-of-order': { plain: 'A command before this one is missing.', row: 'L3' },
  'command.stale-challenge': { plain: 'The command is not fresh.', row: 'L3' },
  'command.unknown-verb': { plain: 'This unit knows no such command.', row: 'L4' },
  'command.not-permitted': { plain: 'You are not permitted to do this on this unit.', row: 'L2' },
  'command.wrong-seal': { plain: 'The sealed patient data could not be opened.', row: 'L4' },
  'command.out-of-bounds': { plain: 'A value is outside what this unit allows.', row: 'L4' },
  'command.wrong-state': { plain: 'The unit cannot do this in its present state.', row: 'L4' },
  'command.audit-unwritable': {
    plain:
      'The unit cannot record what it does, so remote functions are off. Treatment at the device is not affected.',
    row: 'L11',
  },
  'command.too-many': { plain: 'Too many commands at once. Wait a moment.', row: 'L3' },
  'command.failed': { plain: 'The unit could not finish this command.', row: 'L4' },
  'command.wrong-channel': { plain: 'The permission belongs to another connection.', row: 'L3' },
  'command.too-many-sessions': { plain: 'Too many sessions are open on this unit.', row: 'L3' },
});

/** On the console's side: what it does not believe. */
export const refuseReceipt = defineRefusals({
  'receipt.malformed': { plain: 'The answer of the unit could not be read.', row: 'L3' },
  'receipt.forged': { plain: 'The answer was not signed by this unit.', row: 'L3' },
  'receipt.of-another-command': { plain: 'The answer belongs to another command.', row: 'L3' },
  'receipt.wrong-seal': { plain: 'The sealed part of the answer could not be opened.', row: 'L4' },
});
