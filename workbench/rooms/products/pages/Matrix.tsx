// The matrix of severity and exploitability: a grid that the arrow keys walk, each cell a button.
import { VisuallyHidden } from '@mantine/core';
import type { KeyboardEvent, ReactNode } from 'react';
import { useRef, useState } from 'react';
import type { RiskPolicy, Zone } from '../policy.ts';
import { LEVELS, type Level, ZONES } from '../policy.ts';
import { ZONE_WORDS, zoneClass } from './zone-words.ts';
import './matrix.css';

export interface MatrixProps {
  readonly label: string;
  readonly policy: Pick<RiskPolicy, 'severities' | 'exploitabilities' | 'matrix'>;
  /** What stands in a cell beside its letter. */
  readonly content?: (severity: Level, exploitability: Level) => ReactNode;
  /** Said of a cell after its place and zone. */
  readonly words?: (severity: Level, exploitability: Level) => string;
  readonly pressed?: (severity: Level, exploitability: Level) => boolean;
  readonly faulty?: (severity: Level, exploitability: Level) => boolean;
  readonly onPress?: (severity: Level, exploitability: Level) => void;
  /** The keys 1, 2, 3 set a zone at once. */
  readonly onZone?: (severity: Level, exploitability: Level, zone: Zone) => void;
}

const MOVES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [1, 0],
  ArrowDown: [-1, 0],
  ArrowRight: [0, 1],
  ArrowLeft: [0, -1],
};
const within = (level: number): Level => Math.max(1, Math.min(5, level)) as Level;

export function Matrix(props: MatrixProps) {
  const { label, policy, content, words, pressed, faulty, onPress, onZone } = props;
  const [at, setAt] = useState<readonly [Level, Level]>([5, 1]);
  const grid = useRef<HTMLTableElement>(null);
  const zone = (severity: Level, exploitability: Level): Zone =>
    policy.matrix[severity - 1]?.[exploitability - 1] ?? 'unacceptable';

  const follow = (event: KeyboardEvent, severity: Level, exploitability: Level) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = MOVES[event.key];
    const chosen = ZONES[Number(event.key) - 1];
    if (move) {
      event.preventDefault();
      const next = [within(severity + move[0]), within(exploitability + move[1])] as const;
      setAt(next);
      grid.current?.querySelector<HTMLElement>(`[data-cell="${next.join('-')}"]`)?.focus();
    } else if (onZone && chosen) {
      event.preventDefault();
      event.stopPropagation();
      onZone(severity, exploitability, chosen);
    }
  };
  return (
    <table className="matrix" ref={grid} aria-label={label}>
      <thead>
        <tr>
          <td className="matrix__corner small muted">Severity ↓ · Exploitability →</td>
          {LEVELS.map((level) => (
            <th key={level} scope="col" title={policy.exploitabilities[level - 1]?.meaning}>
              <span className="matrix__level">{level}</span>
              <span className="matrix__name small">{policy.exploitabilities[level - 1]?.title}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {[...LEVELS].reverse().map((severity) => (
          <tr key={severity}>
            <th scope="row" title={policy.severities[severity - 1]?.meaning}>
              <span className="matrix__level">{severity}</span>
              <span className="matrix__name small">{policy.severities[severity - 1]?.title}</span>
            </th>
            {LEVELS.map((exploitability) => {
              const here = zone(severity, exploitability);
              const bad = faulty?.(severity, exploitability) ?? false;
              const said = [
                `Severity ${severity}, exploitability ${exploitability}: ${ZONE_WORDS[here].title}`,
                words?.(severity, exploitability),
                bad ? 'milder than a cell that is less grave' : undefined,
              ].filter((part) => part !== undefined && part !== '');
              return (
                <td key={exploitability}>
                  <button
                    type="button"
                    className={`${zoneClass(here)} matrix__cell${bad ? ' matrix__cell--faulty' : ''}`}
                    data-cell={`${severity}-${exploitability}`}
                    tabIndex={at[0] === severity && at[1] === exploitability ? 0 : -1}
                    {...(pressed ? { 'aria-pressed': pressed(severity, exploitability) } : {})}
                    onFocus={() => setAt([severity, exploitability])}
                    onKeyDown={(event) => follow(event, severity, exploitability)}
                    onClick={() => onPress?.(severity, exploitability)}
                  >
                    <VisuallyHidden>{said.join(', ')}</VisuallyHidden>
                    <span className="matrix__letter small" aria-hidden="true">
                      {ZONE_WORDS[here].letter}
                    </span>
                    <span aria-hidden="true">{content?.(severity, exploitability)}</span>
                  </button>
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function MatrixLegend() {
  return (
    <p className="small muted row">
      {ZONES.map((zone) => (
        <span key={zone} className="row">
          <span className={`${zoneClass(zone)} matrix__key`}>{ZONE_WORDS[zone].letter}</span>
          {ZONE_WORDS[zone].title}
        </span>
      ))}
    </p>
  );
}
