// What is checked of a command, in this order: each check is one condition with one code. Nothing is changed here.
import type { Refusal } from '../refusal.ts';
import { readJws } from '../signed/jws.ts';
import { COMMAND_TYP, CommandClaims, MOST_COMMAND_CHARACTERS } from './envelope.ts';
import { refuseCommand } from './refusals.ts';
import type { Session, SessionEnd } from './session.ts';
import type { VerbDefinition, Vocabulary } from './vocabulary.ts';

/** Size, shape, algorithm, type, signature, claims. Throws a refusal. */
export async function readCommand(message: unknown, session: Session | null): Promise<CommandClaims> {
  if (typeof message === 'string' && message.length > MOST_COMMAND_CHARACTERS)
    throw refuseCommand('command.too-large', { characters: message.length });
  if (session === null) throw refuseCommand('command.no-session');
  const reading = readJws(message, {
    typ: COMMAND_TYP,
    key: session.holderKey,
    mostCharacters: MOST_COMMAND_CHARACTERS,
  });
  if (reading.kind !== 'read') throw refuseCommand(`command.${reading.kind}`, { why: reading.why });
  const claims = CommandClaims.safeParse(reading.claims);
  if (!claims.success) throw refuseCommand('command.malformed', { at: placeOf(claims.error) });
  return claims.data;
}

interface FreshnessContext {
  readonly unit: string;
  readonly claims: CommandClaims;
  readonly session: Session;
  readonly end: SessionEnd | null;
}
type FreshnessCheck = (context: FreshnessContext) => Refusal | null;

const isForThisUnit: FreshnessCheck = ({ claims, unit }) =>
  claims.unit === unit ? null : refuseCommand('command.wrong-unit', { unit: claims.unit });

const isOfThisSession: FreshnessCheck = ({ claims, session }) =>
  claims.session === session.id ? null : refuseCommand('command.wrong-session');

const namesItsToken: FreshnessCheck = ({ claims, session }) =>
  claims.token === session.grant.tokenHash ? null : refuseCommand('command.wrong-token');

const isInTime: FreshnessCheck = ({ end }) =>
  end === null ? null : refuseCommand('command.too-late', { ended: end });

/** A number that was used is used, also by the same command again: its outcome stands in the receipt and the log. */
const isNew: FreshnessCheck = ({ claims, session }) =>
  claims.sequence >= session.sequence
    ? null
    : refuseCommand('command.replayed', { sequence: claims.sequence, next: session.sequence });

const isNext: FreshnessCheck = ({ claims, session }) =>
  claims.sequence === session.sequence
    ? null
    : refuseCommand('command.out-of-order', { sequence: claims.sequence, next: session.sequence });

const answersTheChallenge: FreshnessCheck = ({ claims, session }) =>
  claims.challenge === session.challenge ? null : refuseCommand('command.stale-challenge');

export const FRESHNESS_CHECKS: readonly FreshnessCheck[] = [
  isForThisUnit,
  isOfThisSession,
  namesItsToken,
  isInTime,
  isNew,
  isNext,
  answersTheChallenge,
];

export function checkFreshness(context: FreshnessContext): Refusal | null {
  for (const check of FRESHNESS_CHECKS) {
    const refusal = check(context);
    if (refusal !== null) return refusal;
  }
  return null;
}

/** Verb, permission, body, bounds. Throws a refusal. */
export function checkMeaning(
  claims: CommandClaims,
  session: Session,
  vocabulary: Vocabulary,
): { readonly definition: VerbDefinition; readonly body: unknown } {
  const definition = vocabulary.get(claims.verb);
  if (definition === undefined) throw refuseCommand('command.unknown-verb');
  if (!session.grant.verbs.includes(claims.verb))
    throw refuseCommand('command.not-permitted', { verb: claims.verb });
  const body = definition.body.safeParse(claims.body);
  if (!body.success)
    throw refuseCommand('command.malformed', { verb: claims.verb, at: `body${placeOf(body.error)}` });
  if ((claims.sealed !== undefined) !== (definition.sealed !== undefined))
    throw refuseCommand('command.malformed', { verb: claims.verb, at: 'sealed' });
  if (definition.answersSealed && claims.answerTo === undefined)
    throw refuseCommand('command.malformed', { verb: claims.verb, at: 'answerTo' });
  const violation = definition.bounds?.(body.data as never) ?? null;
  if (violation !== null) throw refuseCommand('command.out-of-bounds', { verb: claims.verb, ...violation });
  return { definition, body: body.data };
}

/** Where in the message, never what stood there: names that are not ours are not repeated. */
function placeOf(error: {
  readonly issues: readonly { readonly code: string; readonly path: readonly PropertyKey[] }[];
}): string {
  const issue = error.issues[0];
  return issue === undefined ? '' : `/${issue.path.map(String).join('/').slice(0, 80)} ${issue.code}`;
}
