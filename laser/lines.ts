// Lines of JSON on a stream: bounded, and no error of the stream becomes an error of the program.
import type { Socket } from 'node:net';

/** Calls `take` with each whole line; a line that does not end within `most` bytes ends the connection. */
export function onLines(socket: Socket, most: number, take: (line: string) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a)) {
      const line = rest.subarray(0, end).toString();
      rest = rest.subarray(end + 1);
      take(line);
    }
    if (rest.length > most) socket.destroy();
  });
}
