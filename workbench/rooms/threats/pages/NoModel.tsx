// Where no system model is there yet, or none has arrived.
import { IconTopologyStar3 } from '@tabler/icons-react';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { Loading } from '../../../web/design/Loading.tsx';
import { PageFrame } from '../../../web/design/PageFrame.tsx';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import type { ModelChoice } from './use-model.tsx';

export function NoModel({
  title,
  model,
  error,
}: Pick<ModelChoice, 'model' | 'error'> & { readonly title: string }) {
  return (
    <PageFrame title={title}>
      {error ? (
        <ProblemNotice error={error} />
      ) : model === undefined ? (
        <Loading lines={12} label={`Loading ${title.toLowerCase()}`} />
      ) : (
        <EmptyState
          icon={<IconTopologyStar3 size={28} aria-hidden="true" />}
          what="No system model yet"
          why="Rules look at elements, flows and zones. Draw the system or import a model, and its questions and threats appear here."
          action={<AppLink to="/new/system-model">Make a system model</AppLink>}
        />
      )}
    </PageFrame>
  );
}
