// Beside the differences of two states of a model: the threats that they touch, by the shipped rules, before anybody accepts them.
import { useMemo, useState } from 'react';
import { Section } from '../../../web/design/PageFrame.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import type { SystemModel } from '../../system/metamodel.ts';
import { affectedThreats } from '../affected-threats.ts';
import { evaluator, pack } from './shipped-rules.ts';

const titles = new Map(pack.rules.map((rule) => [rule.id, rule.title]));
const FIRST = 40;

export interface AffectedProps {
  readonly before: SystemModel;
  readonly after: SystemModel;
  readonly onPick: (id: string) => void;
}

export function Affected({ before, after, onPick }: AffectedProps) {
  const [all, setAll] = useState(false);
  const touched = useMemo(() => {
    try {
      return affectedThreats(evaluator, before, after, pack.protocolFacts);
    } catch {
      // Work in between may not hold together yet.
      return null;
    }
  }, [before, after]);
  if (touched === null)
    return (
      <Section title="Threats that this touches: not known" id="touched-threats">
        <p className="muted">
          One of the two states does not hold together, so the rules cannot be run on it.
        </p>
      </Section>
    );
  const shown = all ? touched : touched.slice(0, FIRST);
  return (
    <Section title={`Threats that this touches: ${touched.length}`} id="touched-threats">
      {touched.length === 0 ? (
        <p className="muted">No result of the shipped rules is another one.</p>
      ) : (
        <ul className="lines">
          {shown.map(({ rule, target, targetTitle, before: was, now, why }) => (
            <li key={`${rule} ${target}`}>
              <StateBadge tone={now === 'raised' ? 'danger' : now === 'open' ? 'question' : 'open'}>
                {was === now ? `${now}, as before` : `${was ?? 'not there'} → ${now ?? 'gone'}`}
              </StateBadge>{' '}
              {titles.get(rule) ?? rule}{' '}
              <button type="button" className="link-button" onClick={() => onPick(target)}>
                {targetTitle}
              </button>{' '}
              <span className="muted small">{why.slice(0, 3).join('; ')}</span>
            </li>
          ))}
        </ul>
      )}
      {touched.length > shown.length ? (
        <button type="button" className="link-button" onClick={() => setAll(true)}>
          {touched.length - shown.length} more
        </button>
      ) : null}
    </Section>
  );
}
