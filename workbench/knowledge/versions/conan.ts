// Versions of Conan 2: parts between dots, numbers as numbers, letters as text; a part behind `-` is a pre-release and one behind
// `+` a build that does order (docs of Conan, "Versions"; VERS type `conan`).
import { type Order, order, orderLists, readable, type VersionScheme, type Whole, whole } from './scheme.ts';

/** A number, the text behind it, or both; text without a number lies above every number. */
interface Item {
  readonly number: Whole | null;
  readonly text: string;
}

export interface ConanVersion {
  readonly main: readonly Item[];
  readonly pre: readonly Item[] | null;
  readonly build: readonly Item[] | null;
}

const ZERO: Item = { number: 0, text: '' };

const items = (text: string): Item[] =>
  text.split('.').map((item) => {
    const [, digits, rest] = /^(\d*)(.*)$/.exec(item)!;
    return { number: digits === '' ? null : whole(digits!), text: rest! };
  });

function parse(text: string): ConanVersion | null {
  const found = /^v?([0-9a-z_.*]+)(?:-([0-9a-z_.-]*))?(?:\+([0-9a-z_.-]+))?$/.exec(
    readable(text)?.toLowerCase() ?? '',
  );
  if (!found) return null;
  return {
    main: items(found[1]!),
    pre: found[2] === undefined ? null : items(found[2]),
    build: found[3] === undefined ? null : items(found[3]),
  };
}

function compareItems(a: Item, b: Item): Order {
  if (a.number === null || b.number === null) {
    return order(a.number === null ? 1 : 0, b.number === null ? 1 : 0) || order(a.text, b.text);
  }
  return order<number | bigint>(a.number, b.number) || order(a.text, b.text);
}

function compareTails(a: readonly Item[] | null, b: readonly Item[] | null, absent: Order): Order {
  if (a !== null && b !== null) return orderLists(a, b, ZERO, compareItems);
  if (a === b) return 0;
  return a === null ? absent : absent === 1 ? -1 : 1;
}

export const conan: VersionScheme<ConanVersion> = {
  id: 'conan',
  title: 'Conan',
  parse,
  compare: (a, b) =>
    orderLists(a.main, b.main, ZERO, compareItems) ||
    compareTails(a.pre, b.pre, 1) ||
    compareTails(a.build, b.build, -1),
  isProper: () => true,
};
