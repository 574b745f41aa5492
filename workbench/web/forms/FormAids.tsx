// What rooms say about a record while it is typed.
import { type ComponentType, lazy, Suspense } from 'react';
import { roomPages } from '../room-pages.ts';
import type { Body } from './fields.ts';

const aids = roomPages
  .flatMap((room) => room.aids ?? [])
  .map(({ kind, load }) => ({
    kind,
    Aid: lazy(
      async (): Promise<{ default: ComponentType<{ readonly body: Body }> }> => ({
        default: (await load()).Aid,
      }),
    ),
  }));

export function FormAids({ kind, body }: { readonly kind: string; readonly body: Body }) {
  return aids
    .filter((aid) => aid.kind === kind)
    .map(({ Aid }) => (
      <Suspense key={kind} fallback={null}>
        <Aid body={body} />
      </Suspense>
    ));
}
