// Which unit is in which wave: serial numbers, shares, and the rest. Pure.

export interface WaveText {
  readonly name: string;
  /** `L4-0001, L4-0002`, `10 %`, or `rest`. */
  readonly units: string;
}

export type WavePlan =
  | {
      readonly kind: 'plan';
      readonly waves: readonly { readonly name: string; readonly units: readonly string[] }[];
    }
  | { readonly kind: 'problem'; readonly wave: number; readonly message: string };

/**
 * Gives every unit of `serials` to at most one wave. Named units go first, so that a share before them never takes them; a share is of all units
 * and is rounded up, in the order of `rank` (which the caller makes fair: by hash, not by age); `rest` takes what is left.
 * A wave that names an unknown unit, one that is in two waves, or nothing is a problem, with the number of the wave (from 0).
 */
export function planWaves(
  waves: readonly WaveText[],
  serials: readonly string[],
  rank: (serial: string) => string,
): WavePlan {
  const known = new Set(serials);
  const taken = new Map<string, number>();
  const wanted = waves.map(({ units }) => readUnits(units));
  for (const [at, units] of wanted.entries()) {
    if (units.kind === 'nothing') return problem(at, 'names no unit, no share and no rest.');
    if (units.kind === 'bad share') return problem(at, 'has a share that is not between 1 % and 100 %.');
    if (units.kind !== 'named') continue;
    for (const serial of units.serials) {
      if (!known.has(serial))
        return problem(at, `names ${serial}, which is no enrolled unit of this product.`);
      const before = taken.get(serial);
      if (before !== undefined)
        return problem(at, `names ${serial}, which is in wave ${before + 1} already.`);
      taken.set(serial, at);
    }
  }
  const free = serials
    .filter((serial) => !taken.has(serial))
    .sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0));
  let next = 0;
  const plan = waves.map(({ name }, at) => {
    const units = wanted[at] as Wanted;
    if (units.kind === 'named') return { name, units: units.serials };
    const many = units.kind === 'share' ? Math.ceil((serials.length * units.percent) / 100) : free.length;
    const part = free.slice(next, next + many);
    next += part.length;
    return { name, units: part };
  });
  return { kind: 'plan', waves: plan };
}

function problem(wave: number, message: string): WavePlan {
  return { kind: 'problem', wave, message: `Wave ${wave + 1} ${message}` };
}

type Wanted =
  | { readonly kind: 'named'; readonly serials: readonly string[] }
  | { readonly kind: 'share'; readonly percent: number }
  | { readonly kind: 'rest' }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'bad share' };

function readUnits(text: string): Wanted {
  const words = text.trim();
  if (/^(the )?rest$/i.test(words)) return { kind: 'rest' };
  const share = /^(\d{1,6})\s*%$/.exec(words);
  if (share) {
    const percent = Number(share[1]);
    return percent >= 1 && percent <= 100 ? { kind: 'share', percent } : { kind: 'bad share' };
  }
  const serials = words
    .split(/[\s,;]+/)
    .filter((word) => word !== '')
    .map((word) => word.toUpperCase());
  return serials.length === 0 ? { kind: 'nothing' } : { kind: 'named', serials };
}
