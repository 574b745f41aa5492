// What suppliers and others say of one finding: every statement in force that may speak of it, explained.
import { sql } from 'kysely';
import type { Kernel } from '../../../kernel/kernel.ts';
import type { FindingRow } from '../list-findings.ts';
import type { Justification, VexStatus } from '../model.ts';
import { contradicts } from './conflicts.ts';
import type { VexRef } from './statement.ts';
import './tables.ts';

export interface SaidOfFinding {
  readonly id: string;
  readonly document: {
    readonly id: string;
    readonly format: string;
    readonly name: string;
    readonly importedAt: Date;
  };
  readonly author: string;
  readonly supplier: { readonly key: string; readonly title: string } | null;
  readonly status: VexStatus;
  readonly ownStatus: string;
  readonly justification: Justification | null;
  readonly ownJustification: string | null;
  readonly impact: string;
  readonly action: string;
  readonly fixed: readonly string[];
  readonly saidAt: Date | null;
  /** False: it may speak of another version, or of the component within another product. */
  readonly certain: boolean;
  /** It says something else than the evidence or the decision. */
  readonly conflict: boolean;
  /** One plain sentence: of what it speaks and how that was found to be this component. */
  readonly why: string;
}

interface Row {
  readonly id: string;
  readonly document_id: string;
  readonly format: string;
  readonly doc_id: string;
  readonly file_name: string;
  readonly imported_at: Date;
  readonly author: string;
  readonly supplier_key: string | null;
  readonly supplier_title: string | null;
  readonly status: VexStatus;
  readonly own_status: string;
  readonly justification: Justification | null;
  readonly own_justification: string | null;
  readonly impact: string;
  readonly action: string;
  readonly fixed: string[];
  readonly said_at: Date | null;
  readonly certain: boolean;
  readonly by_name: boolean;
  readonly place: string | null;
  readonly bound: boolean;
  readonly subject: VexRef;
  readonly context: VexRef | null;
  readonly conflict: boolean;
}

const MOST = 200;

/** The house's own suppliers first, then the newest. */
export async function saidOfFinding(db: Kernel['db'], finding: FindingRow): Promise<SaidOfFinding[]> {
  const { rows } = await sql<Row>`
    with f as (select ${finding.release_id}::uuid as release_id, ${finding.group_id}::int as group_id, ${finding.place}::text as place,
      ${finding.outcome}::text as outcome, ${finding.assessment_id}::uuid as assessment_id,
      ${finding.assessment_state}::text as assessment_state, ${finding.assessment_status}::text as assessment_status)
    select distinct on (s.id) s.id, d.id as document_id, d.format, d.doc_id, d.file_name, d.imported_at, d.author,
      sup.key as supplier_key, sup.title as supplier_title, s.status, s.own_status, s.justification, s.own_justification, s.impact,
      s.action, s.fixed, s.said_at, w.certain, a.by_name, a.place, d.release_id is not null as bound, su.doc as subject,
      cx.doc as context, ${contradicts('f')} as conflict
    from f join vex_word w on w.release_id = f.release_id and w.group_id = f.group_id and (w.place is null or w.place = f.place)
    join vex_at a on a.statement_id = w.statement_id and a.release_id = w.release_id and a.place is not distinct from w.place
    join vex_statement s on s.id = w.statement_id join vex_document d on d.id = w.document_id
    join vex_ref su on su.id = s.subject_id left join vex_ref cx on cx.id = s.context_id
    left join record sup on sup.id = d.supplier_id
    order by s.id, w.certain desc limit 5000`.execute(db);
  return rows
    .sort(
      (a, b) =>
        Number(b.certain) - Number(a.certain) ||
        Number(b.supplier_key !== null) - Number(a.supplier_key !== null) ||
        (b.said_at ?? b.imported_at).getTime() - (a.said_at ?? a.imported_at).getTime(),
    )
    .slice(0, MOST)
    .map(present);
}

function present(row: Row): SaidOfFinding {
  return {
    id: row.id,
    document: {
      id: row.document_id,
      format: row.format,
      name: row.doc_id || row.file_name,
      importedAt: row.imported_at,
    },
    author: row.author,
    supplier: row.supplier_key === null ? null : { key: row.supplier_key, title: row.supplier_title ?? '' },
    status: row.status,
    ownStatus: row.own_status,
    justification: row.justification,
    ownJustification: row.own_justification,
    impact: row.impact,
    action: row.action,
    fixed: row.fixed,
    saidAt: row.said_at,
    certain: row.certain,
    conflict: row.conflict,
    why: whyOf(row),
  };
}

function whyOf({ subject, context, certain, by_name, place, bound }: Row): string {
  const whole = context ? ` within ${nameOf(context)}` : '';
  const what = `It speaks of ${nameOf(subject)}, ${versionWords(subject)}${whole}`;
  if (place === null) return `${what}, which is this release.`;
  const how = by_name
    ? 'found by the name alone'
    : `found by ${subject.purls.length > 0 ? 'its purl' : 'its CPE'}`;
  if (certain) return `${what}; ${how}${bound && context ? '; it was imported for this release' : ''}.`;
  return context
    ? `${what}; ${how}. Whether this version and this product are meant cannot be decided.`
    : `${what}; ${how}. Whether this version is meant cannot be decided.`;
}

const nameOf = ({ name, purls, cpe }: VexRef): string => purls[0] ?? cpe ?? name;

function versionWords({ versions }: VexRef): string {
  switch (versions?.kind) {
    case 'all':
      return 'every version';
    case 'versions':
      return `version ${versions.versions.slice(0, 5).join(', ')}${versions.versions.length > 5 ? ' and more' : ''}`;
    case 'ranges':
      return `versions ${versions.intervals
        .slice(0, 5)
        .map(({ from, to }) =>
          [
            from ? `${from.included ? '>=' : '>'} ${from.version}` : '',
            to ? `${to.included ? '<=' : '<'} ${to.version}` : '',
          ]
            .filter(Boolean)
            .join(', '),
        )
        .join('; ')}`;
    case 'text':
      return `versions "${versions.text.slice(0, 100)}"`;
    default:
      return 'without saying which versions';
  }
}
