// The thread as a table of texts: what CSV and workbook hold.
import { KIND_TITLES } from './kind-titles.ts';
import { GAPS, TRACED, type Traced, type TraceRow } from './trace.ts';

export function tableOf(
  kind: Traced,
  rows: readonly TraceRow[],
  release: string | null,
): { columns: string[]; rows: string[][] } {
  const others = TRACED.filter((other) => other !== kind);
  return {
    columns: [
      KIND_TITLES[kind][0],
      'Title',
      'State',
      ...others.map((other) => KIND_TITLES[other][1]),
      release === null ? 'Verdict' : `Verdict in ${release}`,
      'Gaps',
      'Suspect links',
    ],
    rows: rows.map(({ node, tied, verdict, gaps, suspects }) => [
      node.key,
      node.title,
      node.state,
      ...others.map((other) => tied[other].map(({ key }) => key).join('; ')),
      verdict ?? '',
      gaps.map((gap) => GAPS[gap].title).join('; '),
      suspects.length === 0 ? '' : String(suspects.length),
    ]),
  };
}
