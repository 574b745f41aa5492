// The whole body of an upload, bounded while it comes.
import type { WardError } from '../errors.ts';

/** At most `most` bytes; else the caller's refusal, before the rest is read. */
export async function readBody(
  request: Request,
  most: number,
  tooLarge: () => WardError,
): Promise<Buffer<ArrayBuffer>> {
  if (Number(request.headers.get('content-length') ?? 0) > most) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > most) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
