// The list of risks as an XLSX workbook for those who keep their file in a spreadsheet. Text cells only: nothing computes.
import writeWorkbook from 'write-excel-file/node';
import type { WardRecord } from '../../kernel/records/record.ts';
import type { RiskPolicy } from '../products/index.ts';
import type { Rated } from './judge.ts';
import type { ListedRisk } from './list-risks.ts';

type Cell = { readonly value: string; readonly type: StringConstructor; readonly fontWeight?: 'bold' };

const text = (value: string, head = false): Cell => ({
  value,
  type: String,
  ...(head ? { fontWeight: 'bold' } : {}),
});

const HEADINGS = [
  'Key',
  'Risk',
  'State',
  'Harms',
  'Safety: severity',
  'Exploitability before',
  'Safety before',
  'Exploitability after, claimed',
  'Safety after, claimed',
  'Exploitability after, verified',
  'Safety after, verified',
  'Privacy before',
  'Privacy after, verified',
  'Flagged because',
  'Accepted until',
];

export async function risksWorkbook(
  product: WardRecord,
  risks: readonly ListedRisk[],
  policy: RiskPolicy,
): Promise<Buffer> {
  const severity = ({ severity: level }: Rated) =>
    level === null ? 'not judged' : level === 0 ? 'none' : `${level} ${policy.severities[level - 1]?.title}`;
  const hardness = ({ exploitability: { level, least, most } }: Rated) =>
    level === null
      ? `not judged (${least} to ${most})`
      : `${level} ${policy.exploitabilities[level - 1]?.title}`;
  const rows = risks.map(({ record, judgement, flags, harms, acceptedUntil }) => {
    const safety = judgement?.safety;
    const privacy = judgement?.privacy;
    return [
      record.key,
      record.title,
      record.state,
      harms.join(', '),
      safety ? severity(safety.before) : '',
      safety ? hardness(safety.before) : '',
      safety?.before.zone ?? 'not judged',
      safety ? hardness(safety.claimed) : '',
      safety?.claimed.zone ?? 'not judged',
      safety ? hardness(safety.after) : '',
      safety?.after.zone ?? 'not judged',
      privacy?.before.zone ?? 'not judged',
      privacy?.after.zone ?? 'not judged',
      flags.map((flag) => flag.reason).join(' '),
      acceptedUntil ?? '',
    ].map((value) => text(value.slice(0, 32_000)));
  });
  return writeWorkbook([HEADINGS.map((heading) => text(heading, true)), ...rows], {
    sheet: `Risks ${product.key}`.slice(0, 31),
    stickyRowsCount: 1,
  }).toBuffer();
}
