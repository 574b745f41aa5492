// Routes of the first page.
import { createRoute, z } from '@hono/zod-openapi';
import { access, answers, newRouter } from '../../kernel/http/router.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { NoticeView } from '../../kernel/notifications/contract.ts';
import { presentNotice } from '../../kernel/notifications/present.ts';
import { readableProducts } from '../../kernel/people/roles.ts';
import { HistoryEntry, RecordSummary } from '../../kernel/records/contract.ts';
import { presentEntry, presentSummaries } from '../../kernel/records/present.ts';
import { findRecords } from '../../kernel/records/read.ts';
import type { WardRecord } from '../../kernel/records/record.ts';
import { waitingWords } from '../threats/index.ts';
import { readToday } from './read-today.ts';

export const TodayView = z
  .object({
    toSign: z.array(z.object({ record: RecordSummary, step: z.string() })),
    reopened: z.array(RecordSummary),
    findings: z.object({
      undecided: z.number().int(),
      byLevel: z.record(z.string(), z.number().int()),
      contradicted: z.number().int().openapi({ description: 'A statement of a supplier contradicts them' }),
    }),
    /** Risks whose premises moved. */
    flagged: z.array(z.object({ record: RecordSummary, reasons: z.array(z.string()) })),
    /** Models of which the rules say otherwise than what was accepted, with how much. */
    threats: z.array(z.object({ record: RecordSummary, waits: z.string() })),
    suspect: z.array(z.object({ from: RecordSummary, to: RecordSummary, type: z.string() })),
    drafts: z.array(RecordSummary),
    /** What is new for this person since they looked before, or since yesterday. */
    news: z.object({ since: z.iso.datetime(), items: z.array(NoticeView) }),
    recent: z.array(HistoryEntry.extend({ record: z.union([RecordSummary, z.null()]) })),
  })
  .openapi('Today');
export type TodayView = z.infer<typeof TodayView>;

export function todayApi(kernel: Kernel) {
  const { records, ledger, people, db } = kernel;
  return newRouter().openapi(
    createRoute({
      method: 'get',
      path: '/today',
      tags: ['today'],
      ...access({ who: 'member', scope: 'read' }),
      responses: answers(TodayView, 'What waits for you, and what happened'),
    }),
    async (c) => {
      const principal = c.get('principal')!;
      const today = await readToday(kernel, principal);
      const rows = await ledger.list({ products: readableProducts(principal) }, null, 25);
      const touched = await findRecords(db, [...new Set(rows.flatMap((row) => row.record ?? []))]);
      const all: WardRecord[] = [
        ...today.toSign.map((item) => item.record),
        ...today.reopened,
        ...today.flagged.map((item) => item.record),
        ...today.threats.map((item) => item.record),
        ...today.suspect.flatMap((item) => [item.from, item.to]),
        ...today.drafts,
        ...touched,
      ];
      const summaries = new Map(
        (await presentSummaries(records, all)).map((summary) => [summary.id, summary]),
      );
      const show = (record: WardRecord) => summaries.get(record.id)!;
      const names = await people.find([...new Set(rows.flatMap((row) => row.actor ?? []))]);
      return c.json(
        {
          toSign: today.toSign.map(({ record, step }) => ({ record: show(record), step })),
          reopened: today.reopened.map(show),
          flagged: today.flagged.map(({ record, reasons }) => ({
            record: show(record),
            reasons: [...reasons],
          })),
          threats: today.threats.map((item) => ({ record: show(item.record), waits: waitingWords(item) })),
          findings: { ...today.findings, byLevel: { ...today.findings.byLevel } },
          suspect: today.suspect.map(({ from, to, type }) => ({ from: show(from), to: show(to), type })),
          drafts: today.drafts.map(show),
          news: { since: today.news.since.toISOString(), items: today.news.items.map(presentNotice) },
          recent: rows.map((row) => ({
            ...presentEntry(row, names),
            record: row.record === null ? null : (summaries.get(row.record) ?? null),
          })),
        },
        200,
      );
    },
  );
}

export type TodayApi = ReturnType<typeof todayApi>;
