// Collects what a VEX document of a release says, from findings and their approved assessments.
import { sql } from 'kysely';
import { defineErrors } from '../../kernel/errors.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { SYSTEM } from '../../kernel/people/roles.ts';
import { findRecord } from '../../kernel/records/read.ts';
import type { WardRecord } from '../../kernel/records/record.ts';
import { VERSION } from '../../version.ts';
import { type FindingRow, listFindings } from './list-findings.ts';
import type { Justification, VexStatus } from './model.ts';
import { cycloneDxVex, openVex, type VexStatement } from './vex/write-vex.ts';

const MAX_STATEMENTS = 20_000;

const refuse = defineErrors({
  'vex.too-many': {
    status: 422,
    exit: 3,
    title: 'Too many findings for one document',
    remedy: 'Close or fix findings first; a document that leaves some out is not written.',
  },
});

/**
 * One statement for each finding of the release: the approved assessment, or `under_investigation` where there is none.
 * A fixed or closed finding that matches no longer is not in the facts and not in the document.
 */
export async function vexOfRelease(
  kernel: Kernel,
  release: WardRecord,
  format: 'openvex' | 'cyclonedx',
  author: string,
): Promise<object> {
  const product = (await findRecord(kernel.db, release.productId ?? '')) as WardRecord;
  const { items, next } = await listFindings(
    kernel.db,
    SYSTEM,
    { releaseId: release.id, sort: 'vulnerability' },
    0,
    MAX_STATEMENTS,
  );
  if (next !== null) {
    throw refuse('vex.too-many', `${release.key} has more than ${MAX_STATEMENTS} findings.`, {
      at: release.key,
    });
  }
  const approved = await approvedAssessments(kernel, items);
  const at = kernel.now().toISOString();
  const statements = items.map((item) =>
    statementOf(item, item.assessment_id === null ? undefined : approved.get(item.assessment_id), at),
  );
  const name = { name: String(product.body.name), version: String(release.body.version), supplier: '' };
  const document = { id: `urn:uuid:${kernel.newId()}`, author, at, version: 1, toolVersion: VERSION };
  return format === 'openvex'
    ? openVex(name, statements, document)
    : cycloneDxVex(name, statements, document);
}

interface Approved {
  readonly body: {
    status: VexStatus;
    justification?: Justification | null;
    rationale: string;
    actionStatement: string;
  };
  readonly at: Date;
}

/** A revision that was written after the approval is not what was approved: the signed one goes out. */
async function approvedAssessments(
  kernel: Kernel,
  items: readonly FindingRow[],
): Promise<Map<string, Approved>> {
  const ids = items
    .filter((item) => item.assessment_state === 'approved')
    .map((item) => item.assessment_id as string);
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{ id: string; body: Approved['body']; at: Date }>`
    select id, body, updated_at as at from record where id = any(${ids}::uuid[]) and state = 'approved'`.execute(
    kernel.db,
  );
  return new Map(rows.map((row) => [row.id, { body: row.body, at: row.at }]));
}

function statementOf(item: FindingRow, approved: Approved | undefined, now: string): VexStatement {
  return {
    vulnerability: item.vulnerability,
    aliases: item.ids.filter((id) => id !== item.vulnerability),
    component: item.purl ?? item.place,
    componentName: item.component,
    componentVersion: item.versions.join(', '),
    status: approved?.body.status ?? 'under_investigation',
    justification: approved?.body.justification ?? null,
    rationale: approved?.body.rationale ?? '',
    actionStatement: approved?.body.actionStatement ?? '',
    at: approved?.at.toISOString() ?? now,
  };
}
