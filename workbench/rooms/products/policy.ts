// The policy that a product's risks are judged by, as data: scales, acceptance matrix, defence in depth, times. Pure.
//
// The defaults are Ward's own, after the shape that ISO 14971 and IEC 81001-5-1 clause 7 ask for; neither gives numbers. The
// product's plan holds what the house decided, and its approval puts it in force.
import { z } from 'zod';
import { line, text } from '../../kernel/records/kind.ts';

export const LEVELS = [1, 2, 3, 4, 5] as const;
export type Level = (typeof LEVELS)[number];

/** From mild to grave; the order counts. */
export const ZONES = ['acceptable', 'reduce', 'unacceptable'] as const;
export type Zone = (typeof ZONES)[number];

const ScaleLevel = z.object({
  title: line(60).min(1).meta({ title: 'Name' }),
  meaning: text(1_000).min(1).meta({ title: 'Meaning' }),
});
export type ScaleLevel = z.infer<typeof ScaleLevel>;

const days = (title: string) => z.number().int().min(1).max(3_650).meta({ title });

export const DecideWithinDays = z.object({
  kev: days('Known to be exploited'),
  critical: days('Critical'),
  high: days('High'),
  medium: days('Medium'),
  low: days('Low'),
  none: days('None'),
  unknown: days('Not scored'),
});
export type DecideWithinDays = z.infer<typeof DecideWithinDays>;

export const RiskPolicy = z.object({
  /** Severity of harm, level 1 first. */
  severities: z.array(ScaleLevel).length(5),
  /** Exploitability, level 1 first. */
  exploitabilities: z.array(ScaleLevel).length(5),
  /** Row: severity 1 to 5; column: exploitability 1 to 5. */
  matrix: z.array(z.array(z.enum(ZONES)).length(5)).length(5),
  /** A risk to many patients at once is looked up so many rows higher. */
  multiPatientLift: z.number().int().min(0).max(2),
  /** Which controls may lower the severity of a harm; probability is no matter here, exploitability is. */
  severityFallsBy: z.enum(['hardware or independent controls', 'any control']),
  /** Counted controls on every attack path that are enough, for severity 1 to 5. */
  enough: z.array(z.number().int().min(0).max(9)).length(5),
  decideWithinDays: DecideWithinDays,
  /** An accepted risk is looked at again after so many days at the latest. */
  acceptanceHoldsDays: days('An acceptance holds for (days)'),
});
export type RiskPolicy = z.infer<typeof RiskPolicy>;

export const DEFAULT_POLICY: RiskPolicy = {
  severities: [
    { title: 'Negligible', meaning: 'Inconvenience or passing discomfort.' },
    { title: 'Minor', meaning: 'Passing injury or impairment that needs no treatment by a professional.' },
    { title: 'Serious', meaning: 'Injury or impairment that needs treatment by a professional.' },
    { title: 'Critical', meaning: 'Lasting impairment, or injury that threatens life.' },
    { title: 'Catastrophic', meaning: 'Death, or loss of a function of the body such as sight.' },
  ],
  exploitabilities: [
    {
      title: 'Very low',
      meaning: 'An open device and rare means are needed, or it is seen before it harms.',
    },
    { title: 'Low', meaning: 'Expert work over weeks, or physical access at a rare moment.' },
    { title: 'Medium', meaning: 'Skilled work with reach into the clinic network or to the device.' },
    { title: 'High', meaning: 'Known technique, reach over a network, few hindrances.' },
    { title: 'Very high', meaning: 'Anyone with reach and public tools, or exploited already.' },
  ],
  matrix: [
    ['acceptable', 'acceptable', 'acceptable', 'acceptable', 'acceptable'],
    ['acceptable', 'acceptable', 'reduce', 'reduce', 'reduce'],
    ['acceptable', 'reduce', 'reduce', 'reduce', 'unacceptable'],
    ['acceptable', 'reduce', 'unacceptable', 'unacceptable', 'unacceptable'],
    ['acceptable', 'reduce', 'unacceptable', 'unacceptable', 'unacceptable'],
  ],
  multiPatientLift: 1,
  severityFallsBy: 'hardware or independent controls',
  enough: [1, 1, 2, 2, 2],
  // Known exploited first, as CISA BOD 22-01 orders it; Ward's own numbers, no law's.
  decideWithinDays: { kev: 3, critical: 7, high: 30, medium: 90, low: 180, none: 180, unknown: 30 },
  acceptanceHoldsDays: 365,
};

export interface PolicyFault {
  /** Path inside the policy: `matrix[3][2]`. */
  readonly at: string;
  readonly message: string;
}

/** What the schema cannot say: no cell gets milder, and no time longer, where matters are worse. */
export function checkPolicy(policy: RiskPolicy): readonly PolicyFault[] {
  return [
    ...checkMatrix(policy.matrix),
    ...checkDepth(policy.enough),
    ...checkTimes(policy.decideWithinDays),
  ];
}

/** Faults of the matrix alone, so that an editor can mark the cells. */
export function checkMatrix(matrix: RiskPolicy['matrix']): readonly PolicyFault[] {
  const faults: PolicyFault[] = [];
  const grade = (row: number, column: number) => ZONES.indexOf(matrix[row]?.[column] as Zone);
  for (const [row, cells] of matrix.entries()) {
    for (const [column, zone] of cells.entries()) {
      const at = `matrix[${row}][${column}]`;
      const here = grade(row, column);
      const place = `Severity ${row + 1} at exploitability ${column + 1} is ${zone}`;
      if (column > 0 && here < grade(row, column - 1))
        faults.push({ at, message: `${place}, milder than at exploitability ${column}.` });
      if (row > 0 && here < grade(row - 1, column))
        faults.push({ at, message: `${place}, milder than severity ${row}.` });
    }
  }
  return faults;
}

function checkDepth(enough: RiskPolicy['enough']): readonly PolicyFault[] {
  return enough.flatMap((count, index) => {
    const before = enough[index - 1];
    return before !== undefined && count < before
      ? [
          {
            at: `enough[${index}]`,
            message: `Severity ${index + 1} asks for fewer controls than severity ${index}.`,
          },
        ]
      : [];
  });
}

const ORDER = ['kev', 'critical', 'high', 'medium', 'low'] as const;

function checkTimes(times: DecideWithinDays): readonly PolicyFault[] {
  return ORDER.flatMap((level, index) => {
    const worse = ORDER[index - 1];
    return worse !== undefined && times[level] < times[worse]
      ? [
          {
            at: `decideWithinDays.${level}`,
            message: `"${level}" must be decided sooner than "${worse}", which is worse.`,
          },
        ]
      : [];
  });
}

/** The cell for a severity and an exploitability; many patients at once look it up higher. */
export function zoneOf(policy: RiskPolicy, severity: Level, exploitability: Level, many: boolean): Zone {
  const row = rowOf(policy, severity, many);
  return policy.matrix[row - 1]?.[exploitability - 1] ?? 'unacceptable';
}

/** The row of the matrix that counts: the severity, lifted where many patients are reached. */
export function rowOf(policy: RiskPolicy, severity: Level, many: boolean): Level {
  return Math.min(5, severity + (many ? policy.multiPatientLift : 0)) as Level;
}

/** Needed controls by severity, as the assurance graph takes them. */
export function enoughBySeverity(policy: RiskPolicy): Readonly<Record<Level, number>> {
  const [a = 1, b = 1, c = 2, d = 2, e = 2] = policy.enough;
  return { 1: a, 2: b, 3: c, 4: d, 5: e };
}

/** The next zone when a cell is pressed: acceptable, reduce, unacceptable, and from the start again. */
export function nextZone(zone: Zone): Zone {
  return ZONES[(ZONES.indexOf(zone) + 1) % ZONES.length] as Zone;
}
