import { AppLink } from '../design/AppLink.tsx';
import { EmptyState } from '../design/EmptyState.tsx';
import { PageFrame } from '../design/PageFrame.tsx';

export function Page() {
  return (
    <PageFrame title="Nothing here">
      <EmptyState
        what="There is no page at this address"
        why="It may have been mistyped, or the record has another key. Search with Ctrl K."
        action={<AppLink to="/">Go to the start</AppLink>}
      />
    </PageFrame>
  );
}
