// Which views say something else after a change of the model: those have to be issued again. Pure.
import type { SystemModel } from '../metamodel.ts';
import { VIEW_IDS, type ViewId } from './contract.ts';
import type { OpenQuestions } from './facts.ts';
import { viewOf } from './view-of.ts';

export interface AffectedView {
  readonly id: ViewId;
  readonly title: string;
  /** Tables of it that say something else: `Common causes`. */
  readonly tables: readonly string[];
  /** Whether what is missing in it is something else. */
  readonly gaps: boolean;
}

/** In the order of the views; where things stand on the drawing is no part of a view. */
export function affectedViews(
  before: SystemModel,
  after: SystemModel,
  open: { readonly before?: OpenQuestions; readonly after?: OpenQuestions } = {},
): AffectedView[] {
  return VIEW_IDS.flatMap((id) => {
    const was = viewOf(before, id, open.before);
    const is = viewOf(after, id, open.after);
    if (same(was, is)) return [];
    const old = new Map(was.tables.map((table) => [table.title, table]));
    const titles = new Set([...was.tables, ...is.tables].map(({ title }) => title));
    const young = new Map(is.tables.map((table) => [table.title, table]));
    const tables = [...titles].filter((title) => !same(old.get(title), young.get(title)));
    return [{ id, title: is.title, tables, gaps: !same(was.gaps, is.gaps) }];
  });
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
