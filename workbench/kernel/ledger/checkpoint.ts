// A checkpoint says: so many entries, and this is the hash of the last one. Signed, it pins the whole chain before it.
import type { NoteSigner, NoteVerifier } from './note.ts';
import { openNote, signNote } from './note.ts';

export interface Checkpoint {
  /** Which ledger: `ward-ledger/<instance id>`. */
  readonly origin: string;
  /** Number of entries, which is the seq of the last one. */
  readonly size: number;
  /** Hash of the last entry, hex. */
  readonly head: string;
}

/** Three lines as transparency-log checkpoints have them; the third holds the chain's head instead of a tree's root. */
export function signCheckpoint(checkpoint: Checkpoint, signer: NoteSigner): string {
  const head = Buffer.from(checkpoint.head, 'hex').toString('base64');
  return signNote(`${checkpoint.origin}\n${checkpoint.size}\n${head}\n`, signer);
}

/** Null when no right signature stands under it or it is not a checkpoint. */
export function openCheckpoint(note: string, verifier: NoteVerifier): Checkpoint | null {
  const text = openNote(note, verifier);
  const found = text === null ? null : /^(\S+)\n(\d{1,15})\n([A-Za-z0-9+/]{43}=)\n$/.exec(text);
  if (!found) return null;
  const head = Buffer.from(found[3] as string, 'base64');
  if (head.toString('base64') !== found[3]) return null;
  return { origin: found[1] as string, size: Number(found[2]), head: head.toString('hex') };
}
