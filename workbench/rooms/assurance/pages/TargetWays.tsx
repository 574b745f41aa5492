// The ways to one target: each as a chain of steps with what lets them pass and what stands in between.
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { Loading } from '../../../web/design/Loading.tsx';
import { Section } from '../../../web/design/PageFrame.tsx';
import { recordQuery } from '../../../web/queries.ts';
import { useSearchState } from '../../../web/search-state.ts';
import type { AssuranceView, DepthView, PathView } from '../views.ts';
import { placesQuery } from './depth-queries.ts';
import { depthWords } from './depth-words.ts';
import { PathSteps } from './PathSteps.tsx';

const SystemDrawing = lazy(() =>
  import('../../system/pages/drawing/SystemDrawing.tsx').then((module) => ({
    default: module.SystemDrawing,
  })),
);

export function TargetWays({ view, depth }: { readonly view: AssuranceView; readonly depth: DepthView }) {
  const [search, set] = useSearchState();
  const title = view.targets.find(({ id }) => id === depth.target)?.title ?? depth.target;
  const shown = Math.min(Math.max(0, Number(search.way ?? 1) - 1 || 0), Math.max(0, depth.paths.length - 1));
  const path = depth.paths[shown];
  const drawn = search.drawing === '1';
  return (
    <Section
      id="ways"
      title={`Ways to ${title}`}
      aside={
        <Button variant="default" onClick={() => set({ target: '', way: '', drawing: '' })}>
          Close
        </Button>
      }
    >
      <Summary view={view} depth={depth} />
      {depth.paths.length === 0 ? (
        <p className="muted">
          {depth.reachable ? 'The ways are being looked up.' : 'No attacker of this choice finds a way.'}
        </p>
      ) : (
        <>
          <ol className="ways" aria-label="Ways, the easiest first">
            {depth.paths.map((way, at) => (
              <li key={nameOf(way)} className={at === shown ? 'way way--shown' : 'way'}>
                <button
                  type="button"
                  className="way__head"
                  aria-expanded={at === shown}
                  onClick={() => set({ way: String(at + 1) })}
                >
                  <strong>Way {at + 1}</strong>
                  <span>{view.names[way.attacker] ?? way.attacker}</span>
                  <span>{crossingWords(way)}</span>
                  <span>resistance {way.resistance}</span>
                  <span>
                    {way.counted.length} counted, {way.claimed.length} claimed
                  </span>
                </button>
                {at === shown ? <PathSteps view={view} path={way} /> : null}
              </li>
            ))}
          </ol>
          {depth.morePaths ? (
            <p className="muted small">There are more ways; the ten easiest are listed.</p>
          ) : null}
          <Button variant="default" aria-expanded={drawn} onClick={() => set({ drawing: drawn ? '' : '1' })}>
            {drawn ? 'Hide the drawing' : 'Show on the drawing'}
          </Button>
          {drawn && path && view.model ? <Drawn model={view.model.key} path={path} /> : null}
        </>
      )}
    </Section>
  );
}

const nameOf = (path: PathView) => `${path.attacker} ${path.steps.map((step) => step.via).join(' ')}`;

function crossingWords({ steps }: PathView): string {
  const crossed = steps.filter((step) => step.via !== step.to).length;
  if (crossed === 0) return 'begins there';
  return crossed === 1 ? '1 crossing' : `${crossed} crossings`;
}

function Summary({ view, depth }: { readonly view: AssuranceView; readonly depth: DepthView }) {
  if (!depth.reachable) return null;
  const cut = depth.cut.map((id) => view.names[id] ?? id);
  const single = depth.single.map((id) => {
    const title = view.controls.find((control) => control.id === id)?.title;
    return title === undefined ? id : `${id} ${title}`;
  });
  return (
    <dl className="way__facts">
      <div>
        <dt>Counted controls on the weakest way</dt>
        <dd>
          {depthWords(depth)}
          {depth.claimed !== depth.counted ? `; ${depth.claimed} with those that are only claimed` : ''}
        </dd>
      </div>
      {single.length > 0 ? (
        <div>
          <dt>If this one falls, a way is open</dt>
          <dd>{single.join(', ')}</dd>
        </div>
      ) : null}
      <div>
        <dt>Fewest flows and interfaces whose cut leaves no way</dt>
        <dd>
          {cut.length === 0 ? 'None: an attacker begins at the target' : `${cut.length}: ${cut.join(', ')}`}
        </dd>
      </div>
    </dl>
  );
}

function Drawn({ model, path }: { readonly model: string; readonly path: PathView }) {
  const record = useQuery(recordQuery(model));
  const places = useQuery(placesQuery(model));
  if (!record.data || !places.data) return <Loading lines={8} />;
  const nodes = [...new Set(path.steps.map((step) => step.to))];
  return (
    <Suspense fallback={<Loading lines={8} />}>
      <SystemDrawing
        model={record.data.body as never}
        layout={places.data.places}
        highlight={{ steps: path.steps, nodes }}
        label="The way on the drawing of the system model"
      />
    </Suspense>
  );
}
