// What a vulnerability reaches in a release, in one view: from the component to harms, risks and documents.
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Answer } from '../../../web/design/Answer.tsx';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { KeyLink } from '../../../web/design/KeyLink.tsx';
import { PageFrame, Section } from '../../../web/design/PageFrame.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import { useSearchState } from '../../../web/search-state.ts';
import type { ReachView } from '../views.ts';
import { reachQuery } from './depth-queries.ts';
import { SEVERITY_TITLES } from './depth-words.ts';

export function Page() {
  const { key = '' } = useParams({ strict: false }) as { key?: string };
  const [search] = useSearchState();
  const vulnerability = (search.vulnerability ?? '').trim().slice(0, 300);
  const reach = useQuery({ ...reachQuery(key, vulnerability), enabled: vulnerability !== '' });
  return (
    <PageFrame
      title={vulnerability === '' ? 'What it reaches' : `What ${vulnerability} reaches`}
      meta={
        <>
          <AppLink to={`/releases/${key}`}>{reach.data?.release.title ?? key}</AppLink>
          <AppLink to="/findings" search={{ release: key }}>
            Findings of this release
          </AppLink>
        </>
      }
    >
      {vulnerability === '' ? (
        <EmptyState
          what="The address names no vulnerability"
          why="Open a finding and follow “What it reaches”."
          action={
            <AppLink to="/findings" search={{ release: key }}>
              Findings of {key}
            </AppLink>
          }
        />
      ) : (
        <Answer query={reach} lines={12}>
          {(view) => <Reached view={view} />}
        </Answer>
      )}
    </PageFrame>
  );
}

function Reached({ view }: { readonly view: ReachView }) {
  const { model, release } = view;
  if (model === null)
    return (
      <EmptyState
        what="Nobody knows what it reaches"
        why="The product has no system model: draw it, and say which components run in which element."
        action={<AppLink to="/new/system-model">New system model</AppLink>}
      />
    );
  if (view.components.length === 0)
    return (
      <EmptyState
        what={`${view.vulnerability} is no finding of this release`}
        why="Its id may be written otherwise (upper and lower case count), or it concerns no component that is watched."
        action={
          <AppLink to="/findings" search={{ release: release.key }}>
            Findings of {release.key}
          </AppLink>
        }
      />
    );
  const unbound = view.components.some(({ elements }) => elements.length === 0);
  const unlessUnknown = (none: string) =>
    unbound ? 'Not known: the model says of a component no element in which it runs.' : none;
  const records = (title: string, none: string, items: ReachView['risks']) => (
    <List title={title} none={unlessUnknown(none)}>
      {items.map((item) => (
        <li key={item.key}>
          <KeyLink recordKey={item.key} title={item.title} />{' '}
          <span className="muted small">{item.state}</span>
        </li>
      ))}
    </List>
  );
  return (
    <>
      <List title="Components" none="No component of the SBOMs in force is named by it.">
        {view.components.map(({ name, version, elements }) => (
          <li key={`${name} ${version}`}>
            {name} {version ?? 'without a version'}{' '}
            {elements.length === 0 ? (
              <StateBadge tone="question">In no element: what it reaches is not known</StateBadge>
            ) : null}
          </li>
        ))}
      </List>
      <List title="Elements" none="None: not known is not the same as safe.">
        {view.elements.map(({ id, title }) => (
          <li key={id}>
            <AppLink to={`/system-models/${model}`} search={{ at: id }}>
              {title}
            </AppLink>
          </li>
        ))}
      </List>
      <List
        title="Safety functions"
        none={unlessUnknown('No way through these elements leads to a safety function.')}
      >
        {view.functions.map(({ id, title, severity, counted, ways, way }) => (
          <li key={id}>
            <AppLink to={`/releases/${release.key}/depth`} search={{ target: id }}>
              {title}
            </AppLink>{' '}
            <span className="muted small">
              severity {severity} {SEVERITY_TITLES[severity] ?? ''};{' '}
              {ways === 0
                ? 'realised in them'
                : `${ways} ${ways === 1 ? 'way' : 'ways'}, ${counted ?? 'an unknown number of'} counted controls on the weakest`}
              {way.length > 0 ? `: ${way.join(' → ')}` : ''}
            </span>
          </li>
        ))}
      </List>
      {records('Harms', 'No harm of the safety file stands behind them.', view.harms)}
      {records('Threats', 'No threat is recorded there.', view.threats)}
      <List title="What rules say there" none={unlessUnknown('No rule raises or asks anything there.')}>
        {view.results.slice(0, 60).map(({ rule, title, target, targetTitle, state }) => (
          <li key={`${rule} ${target}`}>
            <StateBadge tone={state === 'raised' ? 'danger' : 'question'}>
              {state === 'raised' ? 'Raised' : 'Question open'}
            </StateBadge>{' '}
            <AppLink to="/threats" search={{ model, rule, at: target }}>
              {title}
            </AppLink>{' '}
            <span className="muted">{targetTitle}</span>
          </li>
        ))}
        {view.results.length > 60 ? (
          <li>
            <AppLink to="/threats" search={{ model }}>
              More of them among the threats of the model
            </AppLink>
          </li>
        ) : null}
      </List>
      {records('Risks', 'No risk is made of these threats.', view.risks)}
      {records('Documents', 'No document cites any of it yet.', view.documents)}
    </>
  );
}

function List({
  title,
  none,
  children,
}: {
  readonly title: string;
  readonly none: string;
  readonly children: ReactNode[] | readonly (ReactNode | ReactNode[])[];
}) {
  const items = (children as readonly ReactNode[]).flat().filter(Boolean);
  return (
    <Section title={title} aside={<span className="muted small">{items.length || ''}</span>}>
      {items.length === 0 ? <p className="muted">{none}</p> : <ul className="lines">{children}</ul>}
    </Section>
  );
}
