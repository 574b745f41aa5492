// The risks of a product as they were judged, safety first; and the statement of the overall residual risk: counts and the
// highest, never a sum.
import type { Kernel } from '../../kernel/kernel.ts';
import { toRecord } from '../../kernel/records/read.ts';
import type { WardRecord } from '../../kernel/records/record.ts';
import { graver, type Judgement, type Rated } from './judge.ts';
import { DECIDED, riskBody } from './model.ts';
import { type Flag, lastJudgements, openFlags } from './store-judgement.ts';

type Db = Kernel['db'];

/** A product's list is read whole, for the matrix counts all of it. */
const RISKS_MAX = 5_000;

export interface ListedRisk {
  readonly record: WardRecord;
  readonly judgement: Judgement | null;
  readonly judgedAt: Date | null;
  readonly flags: readonly Flag[];
  readonly harms: readonly string[];
  readonly acceptedUntil: string | null;
}

/** In the order of `rankRisks`. */
export async function listRisks(db: Db, productId: string): Promise<readonly ListedRisk[]> {
  const rows = await db
    .selectFrom('record')
    .selectAll()
    .where('kind', '=', 'risk')
    .where('product_id', '=', productId)
    .orderBy('number')
    .limit(RISKS_MAX)
    .execute();
  const records = rows.map((row) => toRecord(row));
  const ids = records.map((record) => record.id);
  const [judgements, flags] = await Promise.all([lastJudgements(db, ids), openFlags(db, ids)]);
  const listed = records.map((record): ListedRisk => {
    const stored = judgements.get(record.id);
    return {
      record,
      judgement: stored?.judgement ?? null,
      judgedAt: stored?.at ?? null,
      flags: flags.get(record.id) ?? [],
      harms: stored?.premises.harms.map((harm) => harm.key) ?? [],
      acceptedUntil: riskBody(record.body).acceptedUntil ?? null,
    };
  });
  return rankRisks(listed);
}

const NOTHING: Rated['zone'] = 'not judged';
const ZONE_RANK: Readonly<Record<Rated['zone'], number>> = {
  unacceptable: 3,
  'not judged': 2,
  reduce: 1,
  acceptable: 0,
};

/** Safety first: by its zone with verified controls, its severity, its exploitability; then privacy; then the key. */
export function rankRisks(risks: readonly ListedRisk[]): readonly ListedRisk[] {
  const rank = ({ judgement }: ListedRisk): readonly number[] => {
    const [safety, privacy] = [judgement?.safety.after, judgement?.privacy.after];
    return [
      ZONE_RANK[safety?.zone ?? NOTHING],
      safety?.severity ?? 6,
      safety?.exploitability.most ?? 5,
      ZONE_RANK[privacy?.zone ?? NOTHING],
      privacy?.severity ?? 6,
    ];
  };
  return risks
    .map((risk, index) => ({ risk, index, rank: rank(risk) }))
    .sort((a, b) => {
      const at = a.rank.findIndex((value, position) => value !== b.rank[position]);
      return at < 0 ? a.index - b.index : (b.rank[at] as number) - (a.rank[at] as number);
    })
    .map(({ risk }) => risk);
}

export interface Statement {
  readonly total: number;
  /** By zone of the graver verdict, with verified controls only. */
  readonly byZone: Readonly<Record<Rated['zone'], number>>;
  readonly safety: Readonly<Record<Rated['zone'], number>>;
  readonly privacy: Readonly<Record<Rated['zone'], number>>;
  readonly undecided: number;
  readonly flagged: number;
  /** Those that would be milder if what is claimed were verified. */
  readonly claimedOnly: number;
  readonly highest: readonly ListedRisk[];
}

const zones = (): Record<Rated['zone'], number> => ({
  unacceptable: 0,
  reduce: 0,
  acceptable: 0,
  'not judged': 0,
});

export function stateResidualRisk(risks: readonly ListedRisk[]): Statement {
  const [byZone, safety, privacy] = [zones(), zones(), zones()];
  let [undecided, flagged, claimedOnly] = [0, 0, 0];
  for (const { record, judgement, flags } of risks) {
    const own = judgement?.safety.after.zone ?? NOTHING;
    const theirs = judgement?.privacy.after.zone ?? NOTHING;
    safety[own] += 1;
    privacy[theirs] += 1;
    byZone[graver(own, theirs)] += 1;
    if (!(DECIDED as readonly string[]).includes(record.state)) undecided += 1;
    if (flags.length > 0) flagged += 1;
    if (judgement && judgement.safety.claimed.zone !== judgement.safety.after.zone) claimedOnly += 1;
  }
  return {
    total: risks.length,
    byZone,
    safety,
    privacy,
    undecided,
    flagged,
    claimedOnly,
    highest: rankRisks(risks).slice(0, 5),
  };
}
