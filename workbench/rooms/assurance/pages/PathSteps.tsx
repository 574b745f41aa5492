// One way, step by step: where it crosses, whether it is open, why, and the controls that stand there.
import { IconArrowDown, IconFlag3 } from '@tabler/icons-react';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { StateBadge, type Tone } from '../../../web/design/StateBadge.tsx';
import type { AssuranceView, PathView, StepView } from '../views.ts';
import { STATE_WORDS } from './depth-words.ts';

const TONES: Readonly<Record<StepView['state'], Tone>> = {
  open: 'danger',
  assumed: 'question',
  guarded: 'open',
};

export function PathSteps({ view, path }: { readonly view: AssuranceView; readonly path: PathView }) {
  const name = (id: string) => view.names[id] ?? id;
  return (
    <ol className="way__steps">
      {path.steps.map((step, at) => (
        <li key={`${step.via} ${step.to}`} className={`step step--${step.state}`}>
          <span className="step__mark" aria-hidden="true">
            {at === 0 ? <IconFlag3 size={16} /> : <IconArrowDown size={16} />}
          </span>
          <div className="step__body">
            {step.via === step.to ? (
              <p>
                {name(step.from)} begins in <strong>{name(step.to)}</strong>
              </p>
            ) : (
              <p>
                over {name(step.via)} into <strong>{name(step.to)}</strong>
              </p>
            )}
            {step.via === step.to ? null : <Why view={view} step={step} />}
            <Controls view={view} step={step} />
          </div>
        </li>
      ))}
    </ol>
  );
}

function Why({ view, step }: { readonly view: AssuranceView; readonly step: StepView }) {
  const { word, why } = STATE_WORDS[step.state];
  const name = (id: string) => view.names[id] ?? id;
  return (
    <>
      <p className="step__state">
        <StateBadge tone={TONES[step.state]}>{word}</StateBadge>
        <span className="muted small">
          {step.threat
            ? `${view.rules[step.threat.rule] ?? step.threat.rule} at ${name(step.threat.target)}`
            : why}
        </span>
      </p>
      {step.questions.length > 0 || step.facts.length > 0 ? (
        <details className="small">
          <summary>{step.questions.length > 0 ? 'What would settle it' : 'What made it so'}</summary>
          <ul>
            {step.questions.map(({ target, key }) => (
              <li key={`${target} ${key}`}>
                {name(target)}: {view.questions[key] ?? key} <span className="muted">Not answered.</span>
              </li>
            ))}
            {step.facts.map(({ target, fact, value, origin }) => (
              <li key={`${target} ${fact}`}>
                {name(target)}: {fact} = {value} <span className="muted">({origin})</span>
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </>
  );
}

function Controls({ view, step }: { readonly view: AssuranceView; readonly step: StepView }) {
  const controls = step.controls.flatMap((id) => view.controls.find((control) => control.id === id) ?? []);
  // Where the attacker begins nothing is crossed; in a what-if the step may cross what the model does not hold.
  const isCrossed = step.via !== step.to && view.names[step.via] !== undefined;
  if (controls.length === 0)
    return view.model === null || !isCrossed ? null : (
      <p className="small">
        No control stands here.{' '}
        <AppLink to="/new/control" search={{ places: step.via, link: `implemented-by:${view.model.key}` }}>
          Place one
        </AppLink>
      </p>
    );
  return (
    <ul className="step__controls">
      {controls.map((control) => (
        <li key={control.id}>
          <StateBadge tone={control.counted ? 'settled' : 'question'}>
            {control.counted ? 'Counts' : 'Claimed'}
          </StateBadge>{' '}
          {control.id.startsWith('CTL-') ? <AppLink to={`/r/${control.id}`}>{control.id}</AppLink> : null}{' '}
          {control.title} <span className="muted small">{control.why}</span>
        </li>
      ))}
    </ul>
  );
}
