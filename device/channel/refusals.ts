// Why a channel is refused or ended, beside what `identity/peer.ts` says of the certificate. The other end learns the code only.
import { defineRefusals } from '../refusal.ts';

export const refuseChannel = defineRefusals({
  'channel.no-certificate': { plain: 'The other end did not say who it is.', row: 'L1' },
  'channel.tls-failed': { plain: 'No secure connection could be made.', row: 'L1' },
  'channel.tls-version': { plain: 'The other end asks for an older kind of connection.', row: 'L1' },
  'channel.wrong-protocol': { plain: 'The other end speaks another language.', row: 'L1' },
  'channel.resumed': { plain: 'The other end tried to go on with an old connection.', row: 'L1' },
  'channel.handshake-slow': { plain: 'The other end took too long to say who it is.', row: 'L1' },
  'channel.too-many': { plain: 'There are too many connections.', row: 'L1' },
  'channel.malformed-frame': { plain: 'The other end sent something that cannot be read.', row: 'L4' },
  'channel.oversized-frame': { plain: 'The other end sent too much at once.', row: 'L4' },
  'channel.kind-not-allowed': { plain: 'The other end may not ask for this.', row: 'L1' },
  'channel.kind-unknown': { plain: 'This unit does not know what was asked.', row: 'L4' },
  'channel.body-malformed': { plain: 'What was asked is not complete or not of the agreed form.', row: 'L4' },
  'channel.flood': { plain: 'The other end asks too often.', row: 'L4' },
  'channel.slow': { plain: 'The other end sends or reads too slowly.', row: 'L4' },
  'channel.idle': { plain: 'The connection was not used for a while.', row: 'L4' },
  'channel.no-answer': { plain: 'No answer came in time.', row: 'L4' },
  'channel.closed': { plain: 'The connection was closed.', row: 'L4' },
  'channel.refused': { plain: 'The other end refused.', row: 'L4' },
  'channel.fault': { plain: 'Something went wrong at the other end.', row: 'L4' },
});
