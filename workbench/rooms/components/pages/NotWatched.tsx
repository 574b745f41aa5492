import { IconHelpCircle } from '@tabler/icons-react';
import { reasonWords } from './watch-words.ts';
import './components.css';

/** Why a component is not watched; looks like a question, never like fine. */
export function NotWatched({ reason }: { readonly reason: string }) {
  const { title, remedy } = reasonWords(reason);
  return (
    <span className="not-watched" title={remedy}>
      <IconHelpCircle size={15} stroke={2} aria-hidden="true" />
      Not watched: {title.toLowerCase()}
    </span>
  );
}
