// A device's parameter table as data: per mode the bounds of each parameter, and limits on quantities made of several. A quantity is a product
// of powers (`scale × Π parameter^exponent`), so that it grows or falls evenly with each parameter and its largest value lies at a corner.

export interface Bound {
  readonly least: number;
  readonly most: number;
}

export interface CombinedLimit {
  /** With its unit, e.g. `energyMilliJoule`. */
  readonly quantity: string;
  readonly scale: number;
  readonly exponents: Readonly<Record<string, number>>;
  readonly most: number;
}

export interface ModeTable {
  /** Whole numbers, each with its unit in the name, e.g. `powerMilliWatt`. */
  readonly parameters: Readonly<Record<string, Bound>>;
  readonly limits: readonly CombinedLimit[];
}

export type ParameterTable = Readonly<Record<string, ModeTable>>;
export type Parameters = Readonly<Record<string, number>>;

export interface Violation {
  /** The parameter or quantity; `mode` when there is no such mode. */
  readonly of: string;
  readonly kind: 'no-such-mode' | 'no-such-parameter' | 'missing' | 'not-whole' | 'too-low' | 'too-high';
  readonly bound: number | null;
  readonly was: number | null;
}

const violation = (
  of: string,
  kind: Violation['kind'],
  bound: number | null = null,
  was: number | null = null,
) => ({ of, kind, bound, was });

/** The first bound that is not kept, in the table's order; null when all are. */
export function checkParameters(
  table: ParameterTable,
  mode: string,
  parameters: Parameters,
): Violation | null {
  const rules = Object.hasOwn(table, mode) ? table[mode] : undefined;
  if (rules === undefined) return violation('mode', 'no-such-mode');
  for (const name of Object.keys(parameters))
    if (!Object.hasOwn(rules.parameters, name)) return violation(name, 'no-such-parameter');
  for (const [name, bound] of Object.entries(rules.parameters)) {
    const was = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (was === undefined) return violation(name, 'missing');
    if (!Number.isSafeInteger(was)) return violation(name, 'not-whole');
    if (was < bound.least) return violation(name, 'too-low', bound.least, was);
    if (was > bound.most) return violation(name, 'too-high', bound.most, was);
  }
  for (const limit of rules.limits) {
    const was = quantityOf(limit, parameters);
    // Written so that a value that is no number is refused too.
    if (!(was <= limit.most)) return violation(limit.quantity, 'too-high', limit.most, was);
  }
  return null;
}

/** The value of a combined quantity, rounded to a millionth so that a value on the limit is on it in binary too. */
export function quantityOf(limit: CombinedLimit, parameters: Parameters): number {
  let value = limit.scale;
  for (const [name, exponent] of Object.entries(limit.exponents))
    value *= (parameters[name] ?? Number.NaN) ** exponent;
  return Math.round(value * 1e6) / 1e6;
}
