// What rooms show on records of a kind beyond what every record has.
import { type ComponentType, lazy, Suspense } from 'react';
import type { RecordView } from '../../kernel/records/contract.ts';
import { Loading } from '../design/Loading.tsx';
import { roomPages } from '../room-pages.ts';

const panels = roomPages
  .flatMap((room) => room.panels ?? [])
  .map(({ kind, load }) => ({
    kind,
    Panel: lazy(
      async (): Promise<{ default: ComponentType<{ readonly record: RecordView }> }> => ({
        default: (await load()).Panel,
      }),
    ),
  }));

export function KindPanels({ record }: { readonly record: RecordView }) {
  return panels
    .filter(({ kind }) => kind === record.kind)
    .map(({ kind, Panel }, position) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: the list of a kind never changes while the program runs
      <Suspense key={`${kind} ${position}`} fallback={<Loading lines={4} label="Loading" />}>
        <Panel record={record} />
      </Suspense>
    ));
}
