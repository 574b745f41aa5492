// The body of an HTTP answer, of bounded size.

/** Null when it is larger; what is left of it is not read. Rejects when the connection breaks. */
export async function readText(response: Response, mostBytes: number): Promise<string | null> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of response.body ?? []) {
    length += piece.length;
    if (length > mostBytes) return null;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}
