// Turns risks and imports into what the API answers.
import type { HarmImportView, JudgementView, RiskRow, StatementView } from './contract.ts';
import type { Judgement } from './judge.ts';
import type { ListedRisk, Statement } from './list-risks.ts';
import type { HarmImport } from './safety-file/import-harms.ts';

/** The same values; the answer's type has no readonly. */
export const presentJudgement = (judgement: Judgement): JudgementView =>
  judgement as unknown as JudgementView;

export function presentRisk({
  record,
  judgement,
  judgedAt,
  flags,
  harms,
  acceptedUntil,
}: ListedRisk): RiskRow {
  return {
    key: record.key,
    title: record.title,
    state: record.state,
    revision: record.revision,
    judgement: judgement && presentJudgement(judgement),
    judgedAt: judgedAt?.toISOString() ?? null,
    flags: flags.map(({ at, reason }) => ({ at: at.toISOString(), reason })),
    harms: [...harms],
    acceptedUntil,
  };
}

export function presentStatement(statement: Statement): StatementView {
  return {
    ...statement,
    byZone: { ...statement.byZone },
    safety: { ...statement.safety },
    privacy: { ...statement.privacy },
    highest: statement.highest.map(presentRisk),
  };
}

/** `dependants`: links to each harm, by its id. */
export function presentImport(
  { format, mapping, difference, seen, stored }: HarmImport,
  dependants: ReadonlyMap<string, number>,
): HarmImportView {
  return {
    format,
    mapping,
    added: difference.added.map((harm) => ({ ...harm })),
    changed: difference.changed.map(({ known, now, fields, returns }) => ({
      key: known.key,
      title: now.title,
      returns,
      at: now.at,
      fields: fields.map((field) => ({ ...field })),
      dependants: dependants.get(known.id) ?? 0,
    })),
    gone: difference.gone.map(({ id, key, body }) => ({
      key,
      title: body.title,
      dependants: dependants.get(id) ?? 0,
    })),
    unchanged: difference.unchanged,
    seen,
    stored,
  };
}
