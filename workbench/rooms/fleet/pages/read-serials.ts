// The serial numbers that somebody typed or pasted: one a line, or with commas between. Pure.
import { MOST_AT_ONCE, SERIAL, SERIAL_WORDS } from '../serial.ts';

export interface SerialsRead {
  readonly serials: readonly string[];
  /** Says which one is wrong and what to do; null: all can be sent. */
  readonly problem: string | null;
}

/** A blank inside a number is refused: taken as a gap between two it would register two units that nobody has. */
export function readSerials(text: string): SerialsRead {
  const serials = text
    .split(/[\n\r\t,;]+/)
    .map((serial) => serial.trim().toUpperCase())
    .filter((serial) => serial !== '');
  return { serials, problem: problemOf(serials) };
}

function problemOf(serials: readonly string[]): string | null {
  if (serials.length > MOST_AT_ONCE)
    return `These are ${serials.length.toLocaleString('en')} numbers; register at most ${MOST_AT_ONCE.toLocaleString('en')} at once.`;
  const wrong = serials.find((serial) => !SERIAL.test(serial));
  if (wrong !== undefined) {
    const shown = wrong.length > 45 ? `${wrong.slice(0, 45)}…` : wrong;
    return /\s/.test(wrong)
      ? `“${shown}” has a blank in it: put a comma or a line break between two numbers.`
      : `“${shown}” is no serial number: ${SERIAL_WORDS}.`;
  }
  const twice = firstTwice(serials);
  return twice === undefined ? null : `${twice} stands here twice: take one away.`;
}

function firstTwice(serials: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return serials.find((serial) => seen.size === seen.add(serial).size);
}
