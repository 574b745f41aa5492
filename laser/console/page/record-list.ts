// Treatments that were read so far, of how many, and a button for the older ones.
import { el } from '../../web/dom.ts';
import { type Records, recordTable } from './record-table.ts';

export interface RecordsRead extends Records {
  readonly anew: boolean;
  readonly treatments: number;
  readonly next: { readonly after: number; readonly mark: string } | null;
}

/** `older` reads on from where the list ends; null when it was refused, and that was said. */
export function recordList(
  first: RecordsRead,
  older: (from: RecordsRead['next']) => Promise<RecordsRead | null>,
): HTMLElement {
  const list = el('div', { tabindex: '-1' });
  let records = first.records;
  const show = (read: RecordsRead) => {
    const button = el('button', { type: 'button' }, 'Show older ones');
    button.addEventListener('click', async () => {
      button.disabled = true;
      const more = await older(read.next);
      button.disabled = false;
      if (!more) return;
      records = more.anew ? more.records : [...records, ...more.records];
      show(more);
      list.focus();
    });
    list.replaceChildren(
      el('p', {}, countInWords(records, read)),
      recordTable({ records }),
      ...(read.next === null ? [] : [button]),
    );
  };
  show(first);
  return list;
}

export function countInWords(
  records: Records['records'],
  { treatments, next }: Pick<RecordsRead, 'treatments' | 'next'>,
): string {
  const shown = records.filter(({ fields }) => fields.kind === 'treatment').length;
  if (treatments === 0) return '';
  if (shown >= treatments) return `All ${treatments} treatments on this laser, newest first.`;
  const part = `The newest ${shown} of ${treatments} treatments on this laser`;
  return next === null
    ? `${part}: in an emergency no more are shown.`
    : `${part}; older ones are not shown yet.`;
}
