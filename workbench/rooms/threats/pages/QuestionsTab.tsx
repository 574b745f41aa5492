// The questions of a model as a tab of its page: those of the saved state, which answers change as a new revision.
import { useQuery } from '@tanstack/react-query';
import { Answer } from '../../../web/design/Answer.tsx';
import type { ModelTabProps } from '../../../web/room-pages.ts';
import { QuestionsBody } from './QuestionsPage.tsx';
import { questionsQuery } from './threats-queries.ts';

export function Tab({ record }: ModelTabProps) {
  const query = useQuery(questionsQuery(record.key));
  return (
    <Answer query={query} lines={12}>
      {(view) => <QuestionsBody model={record.key} view={view} />}
    </Answer>
  );
}
