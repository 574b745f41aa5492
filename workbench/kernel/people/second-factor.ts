// The second factor of a person: setting it up, accepting a code exactly once, backup codes, switching it off.
import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { renderSVG } from 'uqr';
import type { Tables } from '../database/schema.ts';
import { note, type PeopleContext } from './context.ts';
import { refuse } from './errors.ts';
import { base32, matchingStep, otpauthUri } from './totp.ts';

export interface Enrolment {
  /** For typing by hand. */
  readonly secret: string;
  readonly uri: string;
  /** The QR code of `uri`. */
  readonly svg: string;
}

const BACKUP_CODES = 10;

export async function hasSecondFactor(db: Kysely<Tables>, personId: string): Promise<boolean> {
  const row = await db
    .selectFrom('second_factor')
    .select('person_id')
    .where('person_id', '=', personId)
    .where('confirmed_at', 'is not', null)
    .executeTakeFirst();
  return row !== undefined;
}

/** Makes a secret that waits for its first code. Refuses `people.totp-on`. */
export async function beginEnrolment(
  context: PeopleContext,
  person: { readonly id: string; readonly email: string },
): Promise<Enrolment> {
  const secret = randomBytes(20); // RFC 4226 4: 160 bits
  const sealed = context.vault.seal(secret, person.id);
  const row = await context.db
    .insertInto('second_factor')
    .values({ person_id: person.id, sealed_secret: sealed, confirmed_at: null })
    .onConflict((conflict) =>
      conflict
        .column('person_id')
        .doUpdateSet({ sealed_secret: sealed, last_step: -1, backup_codes: [] })
        .where('second_factor.confirmed_at', 'is', null),
    )
    .returning('person_id')
    .executeTakeFirst();
  if (!row) throw refuse('people.totp-on', 'You have a second factor already.');
  const uri = otpauthUri(secret, person.email);
  return { secret: base32(secret), uri, svg: renderSVG(uri, { pixelSize: 4 }) };
}

/** The first code switches it on and gives the backup codes, shown once. Refuses `people.totp-off`, `people.wrong-credential`. */
export async function confirmEnrolment(
  context: PeopleContext,
  personId: string,
  code: string,
): Promise<readonly string[]> {
  return context.db.transaction().execute(async (tx) => {
    const row = await tx
      .selectFrom('second_factor')
      .selectAll()
      .where('person_id', '=', personId)
      .where('confirmed_at', 'is', null)
      .forUpdate()
      .executeTakeFirst();
    if (!row) throw refuse('people.totp-off', 'There is no second factor that waits for its first code.');
    const now = context.now();
    const step = matchingStep(context.vault.open(row.sealed_secret, personId), code, now);
    if (step === null) {
      throw refuse('people.wrong-credential', 'The code does not fit.', {
        remedy: 'Check that the clock of your telephone is right, then type the code it shows now.',
      });
    }
    const codes = makeBackupCodes();
    await tx
      .updateTable('second_factor')
      .set({ confirmed_at: now, last_step: step, backup_codes: codes.map((text) => hashOf(context, text)) })
      .where('person_id', '=', personId)
      .execute();
    await note(tx, context, 'people.second-factor-on', personId, { person: personId });
    return codes;
  });
}

/** Refuses `people.totp-off`. */
export async function renewBackupCodes(context: PeopleContext, personId: string): Promise<readonly string[]> {
  const codes = makeBackupCodes();
  await context.db.transaction().execute(async (tx) => {
    const row = await tx
      .updateTable('second_factor')
      .set({ backup_codes: codes.map((text) => hashOf(context, text)) })
      .where('person_id', '=', personId)
      .where('confirmed_at', 'is not', null)
      .returning('person_id')
      .executeTakeFirst();
    if (!row) throw refuse('people.totp-off', 'You have no second factor.');
    await note(tx, context, 'people.backup-codes-renewed', personId, { person: personId });
  });
  return codes;
}

/** Refuses `people.totp-off`. */
export async function removeSecondFactor(context: PeopleContext, personId: string): Promise<void> {
  await context.db.transaction().execute(async (tx) => {
    const row = await tx
      .deleteFrom('second_factor')
      .where('person_id', '=', personId)
      .returning('confirmed_at')
      .executeTakeFirst();
    if (!row) throw refuse('people.totp-off', 'You have no second factor.');
    if (row.confirmed_at) await note(tx, context, 'people.second-factor-off', personId, { person: personId });
  });
}

/**
 * RFC 6238 5.2: a code is accepted once. One statement compares and sets the greatest accepted step, so that of many
 * requests at the same moment one gets it, in whatever process they run.
 */
export async function acceptCode(
  context: PeopleContext,
  personId: string,
  code: string,
  now: Date,
): Promise<'accepted' | 'used' | 'wrong'> {
  const row = await context.db
    .selectFrom('second_factor')
    .select('sealed_secret')
    .where('person_id', '=', personId)
    .where('confirmed_at', 'is not', null)
    .executeTakeFirst();
  if (!row) return 'wrong';
  const step = matchingStep(context.vault.open(row.sealed_secret, personId), code, now);
  if (step === null) return 'wrong';
  const taken = await context.db
    .updateTable('second_factor')
    .set({ last_step: step })
    .where('person_id', '=', personId)
    .where('sealed_secret', '=', row.sealed_secret)
    .where('last_step', '<', String(step))
    .returning('person_id')
    .executeTakeFirst();
  return taken ? 'accepted' : 'used';
}

/** True once for each backup code; the code is gone with it. */
export async function acceptBackupCode(
  context: PeopleContext,
  personId: string,
  code: string,
): Promise<boolean> {
  const hash = hashOf(context, code);
  const row = await context.db
    .updateTable('second_factor')
    .set({ backup_codes: sql<string[]>`array_remove(backup_codes, ${hash})` })
    .where('person_id', '=', personId)
    .where('confirmed_at', 'is not', null)
    .where(sql<boolean>`${hash} = any(backup_codes)`)
    .returning('person_id')
    .executeTakeFirst();
  return row !== undefined;
}

/** 50 bits each, in two groups that can be read aloud. */
function makeBackupCodes(): string[] {
  return Array.from({ length: BACKUP_CODES }, () => {
    const text = base32(randomBytes(7)).slice(0, 10).toLowerCase();
    return `${text.slice(0, 5)}-${text.slice(5)}`;
  });
}

function hashOf(context: PeopleContext, code: string): string {
  return context.vault.keyedHash(code.toLowerCase().replace(/[^a-z2-7]/g, ''));
}
