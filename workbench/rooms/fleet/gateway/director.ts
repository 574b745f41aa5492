// What the director says to each unit: which target it shall run, or none. Signed anew when that changes and before it gets old; each word has a
// higher number than the one before, so that no unit can be given an old one again.
import { makeDirectorMetadata } from '@ward/device/updates/repository/director.ts';
import { sql } from 'kysely';
import type { Tx } from '../../../kernel/records/records.ts';
import { type Authority, newestDirectorRoot } from '../authority.ts';

const DAY = 86_400_000;
/** An offline unit does nothing with an old word; a unit that reports has a new one long before. */
const HOLDS_MS = 7 * DAY;
const SAY_AGAIN_MS = 1 * DAY;
/** What a unit says that it holds is believed up to here: nobody uses up the numbers. */
const MOST_BELIEVED = 1_000_000_000;

export interface Said {
  readonly version: number;
  readonly sha256: string | null;
  readonly attempt: number;
  /** Key that signed it. */
  readonly key: string | null;
  /** Empty for a unit that holds this version: nothing is to be told. */
  readonly documents: Readonly<Record<string, string>>;
  readonly signedAt: Date;
}

export interface Addressed {
  readonly unitId: string;
  readonly serial: string;
  readonly hardwareId: string;
  /** Target that it shall run; null: none, and what was staged is withdrawn. */
  readonly sha256: string | null;
  /** From 1; raised by a person to have it try again what failed on it. */
  readonly attempt: number;
  /** Number of the word that the unit holds. */
  readonly holds: number;
  readonly said: Said | null;
}

interface Target {
  readonly path: string;
  readonly length: string;
  readonly version: string;
  readonly release_counter: number;
}

export class Director {
  readonly #authority: Authority;

  constructor(authority: Authority) {
    this.#authority = authority;
  }

  /** By unit id, the documents of those that do not hold the newest word: names and contents, with the director's roots from the first on. */
  async sayTo(
    db: Tx,
    now: Date,
    units: readonly Addressed[],
  ): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
    const { key, roots } = this.#authority.director;
    const stale = units.filter(
      ({ said, sha256, attempt, holds }) =>
        said === null ||
        said.sha256 !== sha256 ||
        said.attempt !== attempt ||
        said.key !== key.id ||
        now.getTime() - said.signedAt.getTime() >= SAY_AGAIN_MS ||
        // Ward was put back from a copy: the unit has heard later words and takes none before them.
        believed(holds) > said.version,
    );
    // Another process has put another key in this one's place: units that know it already would refuse the word.
    if (stale.length > 0 && (await newestDirectorRoot(db)).online_key !== key.id)
      throw new Error('the director has another key by now');
    const targets = await readTargets(db, stale);
    const fresh = new Map<string, Said>();
    for (const unit of stale) fresh.set(unit.unitId, await this.#sign(now, unit, targets));
    await store(db, fresh);
    const chain = Object.fromEntries(roots.map((root, at) => [`${at + 1}.root.json`, root]));
    const answers = new Map<string, Readonly<Record<string, string>>>();
    for (const { unitId, said, holds } of units) {
      const newest = fresh.get(unitId) ?? said;
      if (newest && newest.version !== holds) answers.set(unitId, { ...chain, ...newest.documents });
    }
    return answers;
  }

  async #sign(now: Date, unit: Addressed, targets: ReadonlyMap<string, Target>): Promise<Said> {
    const version = Math.max(unit.said?.version ?? 0, believed(unit.holds)) + 1;
    const target = unit.sha256 === null ? undefined : targets.get(unit.sha256);
    const files = await makeDirectorMetadata({
      unit: unit.serial,
      version,
      issued: now.getTime(),
      expires: now.getTime() + HOLDS_MS,
      key: this.#authority.director.key,
      direction: target
        ? {
            target: {
              path: target.path,
              length: Number(target.length),
              hashes: { sha256: unit.sha256 as string },
            },
            hardwareId: unit.hardwareId,
            version: target.version,
            releaseCounter: target.release_counter,
            attempt: unit.attempt,
          }
        : null,
    });
    const documents = Object.fromEntries(
      [...files].map(([name, bytes]) => [name, Buffer.from(bytes).toString()]),
    );
    const { sha256, attempt } = unit;
    return { version, sha256, attempt, key: this.#authority.director.key.id, documents, signedAt: now };
  }
}

const believed = (holds: number) => (holds <= MOST_BELIEVED ? holds : 0);

async function readTargets(db: Tx, units: readonly Addressed[]): Promise<ReadonlyMap<string, Target>> {
  const wanted = [...new Set(units.flatMap(({ sha256 }) => sha256 ?? []))];
  if (wanted.length === 0) return new Map();
  const rows = await db
    .selectFrom('fleet_target')
    .select(['sha256', 'path', 'length', 'version', 'release_counter'])
    .where('sha256', 'in', wanted)
    .execute();
  return new Map(rows.map(({ sha256, ...target }) => [sha256, target]));
}

async function store(db: Tx, fresh: ReadonlyMap<string, Said>): Promise<void> {
  if (fresh.size === 0) return;
  const rows = [...fresh].map(([unit, { version, sha256, attempt, key, documents, signedAt }]) => ({
    unit,
    version,
    sha256,
    attempt,
    online_key: key,
    documents,
    signed_at: signedAt.toISOString(),
  }));
  await sql`insert into director_document (unit_id, version, sha256, attempt, online_key, documents, signed_at)
    select unit, version, sha256, attempt, online_key, documents, signed_at from json_to_recordset(${JSON.stringify(rows)}::json)
      as n (unit uuid, version int, sha256 text, attempt int, online_key text, documents jsonb, signed_at timestamptz)
    on conflict (unit_id) do update set version = excluded.version, sha256 = excluded.sha256,
      attempt = excluded.attempt, online_key = excluded.online_key,
      documents = excluded.documents, signed_at = excluded.signed_at
    where director_document.version < excluded.version`.execute(db);
}
