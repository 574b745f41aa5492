// Known-bad practice on the models of a product: what was found, where, why, how to repair; what nobody answered is a question.
import { useMemo } from 'react';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { Loading } from '../../../web/design/Loading.tsx';
import { Section } from '../../../web/design/PageFrame.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import { useSearchState } from '../../../web/search-state.ts';
import type { Hit, PracticeResult } from '../known-bad/contract.ts';
import { findKnownBad } from '../known-bad/find-known-bad.ts';
import type { ModelOfProduct } from './controls-queries.ts';
import './controls.css';

const GROUPS = [
  ['known-bad practice', 'Known-bad practice'],
  ['secure defaults', 'Secure defaults'],
  ['least privilege', 'Least privilege'],
] as const;
/** Places of one practice that are shown; the number says how many there are. */
const SHOWN = 50;

export function KnownBad({ models }: { readonly models: readonly ModelOfProduct[] | undefined }) {
  const [search] = useSearchState();
  if (models === undefined) return <Loading lines={6} label="Looking at the model" />;
  if (models.length === 0)
    return (
      <Section title="Known-bad practice">
        <p className="muted">
          There is no system model yet. <AppLink to="/new/system-model">Draw one</AppLink>, and its practice
          is looked at.
        </p>
      </Section>
    );
  return models
    .filter(({ key }) => search.model === undefined || search.model === key)
    .map((one) => <OfModel key={one.key} of={one} />);
}

function OfModel({ of }: { readonly of: ModelOfProduct }) {
  const results = useMemo(() => findKnownBad(of.model), [of.model]);
  return GROUPS.map(([group, title]) => {
    const own = results.filter(({ practice }) => practice.group === group);
    const found = own.filter((one) => one.found.length > 0);
    const asked = own.filter((one) => one.found.length === 0 && one.questions.length > 0);
    const clear = own.length - found.length - asked.length;
    return (
      <Section
        key={group}
        title={title}
        aside={
          <AppLink to={`/r/${of.key}`} className="small">
            {of.key} {of.title}
          </AppLink>
        }
      >
        <p className="muted">
          {found.length} found, {asked.length} not answered, {clear} not on this model.
        </p>
        {[...found, ...asked].map((result) => (
          <OnePractice key={result.practice.id} result={result} model={of.key} />
        ))}
      </Section>
    );
  });
}

function OnePractice({ result, model }: { readonly result: PracticeResult; readonly model: string }) {
  const { practice, found, questions } = result;
  return (
    <details className="practice">
      <summary>
        {found.length > 0 ? <StateBadge tone="danger">{found.length} found</StateBadge> : null}
        {questions.length > 0 ? (
          <StateBadge tone="question">{questions.length} not answered</StateBadge>
        ) : null}
        <strong>{practice.title}</strong>
      </summary>
      <p>
        {practice.why} <span className="muted">{practice.cwe}</span>
      </p>
      <p>
        <span className="muted">Repair:</span> {practice.repair}{' '}
        {practice.requirements.map((id) => (
          <AppLink key={id} to="/requirement-library" search={{ entry: id }} className="small">
            {id}{' '}
          </AppLink>
        ))}
      </p>
      <ul>
        {[...found, ...questions].slice(0, SHOWN).map((hit) => (
          <Place key={`${hit.ids[0]} ${hit.what}`} hit={hit} model={model} />
        ))}
      </ul>
      {found.length + questions.length > SHOWN ? (
        <p className="muted">{found.length + questions.length - SHOWN} more places.</p>
      ) : null}
    </details>
  );
}

function Place({ hit, model }: { readonly hit: Hit; readonly model: string }) {
  return (
    <li>
      {hit.state === 'question' ? <StateBadge tone="question">Not answered</StateBadge> : null} {hit.what}{' '}
      <AppLink to={`/system-models/${model}`} search={{ at: hit.ids[0] }} className="small">
        Show on the drawing
      </AppLink>
    </li>
  );
}
