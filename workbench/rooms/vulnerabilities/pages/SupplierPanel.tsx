import type { RecordView } from '../../../kernel/records/contract.ts';
import { VexSection } from './VexSection.tsx';

/** On a supplier's record: what they have said. */
export function Panel({ record }: { readonly record: RecordView }) {
  return <VexSection supplier={record.key} />;
}
