import type { KindView } from '../../kernel/records/contract.ts';
import { StateBadge } from './StateBadge.tsx';

/** The state of a record as its kind titles it; a state that the kind does not know looks like a question. */
export function RecordState({
  kind,
  state,
}: {
  readonly kind: KindView | undefined;
  readonly state: string;
}) {
  const known = kind?.states.find((one) => one.id === state);
  return <StateBadge tone={known?.tone ?? 'question'}>{known?.title ?? state}</StateBadge>;
}
