// What differs between two revisions, or between a revision and the work here: marked on the drawing and as a list.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, useState } from 'react';
import { Loading } from '../../../web/design/Loading.tsx';
import { Section } from '../../../web/design/PageFrame.tsx';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { historyQuery, revisionQuery } from '../../../web/queries.ts';
import { roomPages } from '../../../web/room-pages.ts';
import { useSearchState } from '../../../web/search-state.ts';
import { SystemModel } from '../metamodel.ts';
import { diffModels } from '../semantic-diff.ts';
import { affectedViews } from '../views/affected-views.ts';
import { ChangeList } from './ChangeList.tsx';
import { bothOf, marksOf } from './marks.ts';
import type { ModelEditor } from './use-model-editor.ts';

const SystemDrawing = lazy(() =>
  import('./drawing/SystemDrawing.tsx').then((found) => ({ default: found.SystemDrawing })),
);

const DIFFERENCES = roomPages.flatMap(({ modelDifference }) =>
  modelDifference === undefined
    ? []
    : lazy(() => modelDifference.load().then((found) => ({ default: found.Affected }))),
);

export function DifferencesTab({ editor }: { readonly editor: ModelEditor }) {
  const { record } = editor;
  const [search, setSearch] = useSearchState();
  const [picked, setPicked] = useState<string | null>(null);
  const latest = editor.revision;
  const to = search.to === undefined || search.to === 'work' ? 'work' : search.to;
  const from = Number(search.from) || (editor.dirty || latest === 1 ? latest : latest - 1);
  const history = useInfiniteQuery(historyQuery(record.key));
  const when = new Map(
    (history.data?.pages.flatMap((page) => page.items) ?? []).flatMap((entry) =>
      entry.revision === null
        ? []
        : [[entry.revision, `${entry.at.slice(0, 10)}, ${entry.actor?.name ?? 'Ward'}`] as const],
    ),
  );
  const before = useQuery(revisionQuery(record.key, from));
  const after = useQuery({
    ...revisionQuery(record.key, to === 'work' ? latest : Number(to)),
    enabled: to !== 'work',
  });
  const models = useMemo(() => {
    if (!before.data) return null;
    const old = SystemModel.parse(before.data.body);
    const now = to === 'work' ? editor.model : after.data ? SystemModel.parse(after.data.body) : null;
    return now && { old, now };
  }, [before.data, after.data, to, editor.model]);
  const changes = useMemo(() => (models ? diffModels(models.old, models.now) : []), [models]);
  const both = useMemo(() => (models ? bothOf(models.old, models.now) : null), [models]);
  const marks = useMemo(() => marksOf(changes), [changes]);
  const error = before.error ?? after.error;
  const revisions = Array.from({ length: latest }, (_, at) => latest - at);
  const option = (revision: number) => (
    <option key={revision} value={revision}>
      Revision {revision}
      {when.has(revision) ? ` (${when.get(revision)})` : ''}
    </option>
  );
  return (
    <div className="stack">
      <div className="row">
        <label className="row">
          <span className="muted">From</span>
          <select
            className="mi__input"
            value={from}
            onChange={(event) => setSearch({ from: event.currentTarget.value })}
          >
            {revisions.map(option)}
          </select>
        </label>
        <label className="row">
          <span className="muted">to</span>
          <select
            className="mi__input"
            value={to}
            onChange={(event) => setSearch({ to: event.currentTarget.value })}
          >
            <option value="work">
              {editor.dirty ? 'My work, not saved' : `Revision ${latest}, as it is now`}
            </option>
            {revisions.map(option)}
          </select>
        </label>
        <span className="muted" role="status">
          {models ? `${changes.length} ${changes.length === 1 ? 'difference' : 'differences'}` : ''}
        </span>
      </div>
      {error ? <ProblemNotice error={error} /> : null}
      {both && models ? (
        <>
          {changes.length > 0 ? (
            <Suspense fallback={<Loading lines={10} />}>
              <SystemDrawing
                model={both}
                layout={editor.layout}
                marks={marks}
                picked={picked}
                onPick={setPicked}
                height={440}
                label="Drawing of the differences: added +, removed −, changed ~, moved →"
              />
            </Suspense>
          ) : null}
          <ChangeList changes={changes} model={both} onPick={setPicked} />
          {changes.length > 0 ? (
            <>
              <TouchedViews before={models.old} after={models.now} />
              <Suspense fallback={<Loading lines={3} />}>
                {DIFFERENCES.map((Affected, at) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes
                  <Affected key={at} before={models.old} after={models.now} onPick={setPicked} />
                ))}
              </Suspense>
            </>
          ) : null}
        </>
      ) : error ? null : (
        <Loading lines={8} />
      )}
    </div>
  );
}

/** The views that have to be issued again. */
function TouchedViews({ before, after }: { readonly before: SystemModel; readonly after: SystemModel }) {
  const [, setSearch] = useSearchState();
  const views = useMemo(() => affectedViews(before, after), [before, after]);
  return (
    <Section title={`Views that say something else: ${views.length}`} id="touched-views">
      {views.length === 0 ? (
        <p className="muted">Every view says what it said.</p>
      ) : (
        <ul className="lines">
          {views.map(({ id, title, tables, gaps }) => (
            <li key={id}>
              <button
                type="button"
                className="link-button"
                onClick={() => setSearch({ tab: 'views', view: id })}
              >
                {title}
              </button>{' '}
              <span className="muted small">
                {[...tables, ...(gaps ? ['what is missing'] : [])].join(', ') || 'what it shows'}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
