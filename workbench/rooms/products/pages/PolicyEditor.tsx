// The policy as people change it: press a cell to cycle it, words of the scales, depth, times. What contradicts itself is marked.
import { Checkbox, NativeSelect, NumberInput, Textarea, TextInput } from '@mantine/core';
import { Fragment } from 'react';
import {
  checkMatrix,
  checkPolicy,
  type DecideWithinDays,
  LEVELS,
  type Level,
  nextZone,
  type RiskPolicy,
  type ScaleLevel,
  type Zone,
} from '../policy.ts';
import { Matrix, MatrixLegend } from './Matrix.tsx';

export interface PolicyEditorProps {
  readonly policy: RiskPolicy;
  readonly onChange: (policy: RiskPolicy) => void;
}

export function PolicyEditor({ policy, onChange }: PolicyEditorProps) {
  const faults = checkPolicy(policy);
  const faulty = new Set(checkMatrix(policy.matrix).map(({ at }) => at));
  const setZone = (severity: Level, exploitability: Level, zone: Zone) =>
    onChange({
      ...policy,
      matrix: policy.matrix.map((row, index) =>
        index === severity - 1
          ? row.map((cell, column) => (column === exploitability - 1 ? zone : cell))
          : row,
      ),
    });
  return (
    <div className="stack">
      <h3>Acceptance matrix</h3>
      <p className="muted small">
        Press a cell, or Enter on it, for the next zone; arrow keys walk; 1, 2 and 3 set acceptable, reduce,
        unacceptable. A cell may not be milder than one that is less grave.
      </p>
      <Matrix
        label="Acceptance matrix"
        policy={policy}
        faulty={(severity, exploitability) => faulty.has(`matrix[${severity - 1}][${exploitability - 1}]`)}
        onPress={(severity, exploitability) =>
          setZone(
            severity,
            exploitability,
            nextZone(policy.matrix[severity - 1]?.[exploitability - 1] ?? 'unacceptable'),
          )
        }
        onZone={setZone}
      />
      <MatrixLegend />
      <div aria-live="polite">
        {faults.map(({ at, message }) => (
          <p key={`${at} ${message}`} className="field-error small">
            {message}
          </p>
        ))}
      </div>
      <NativeSelect
        label="Many patients at once"
        description="A risk that reaches many patients at once is looked up so many rows higher."
        className="form__short"
        value={String(policy.multiPatientLift)}
        onChange={(event) => onChange({ ...policy, multiPatientLift: Number(event.currentTarget.value) })}
        data={[
          { value: '0', label: 'As for one patient' },
          { value: '1', label: 'One row higher' },
          { value: '2', label: 'Two rows higher' },
        ]}
      />
      <Checkbox
        label="Severity falls only by hardware or independent controls"
        description="Software alone makes an attack harder, but the harm no milder."
        checked={policy.severityFallsBy === 'hardware or independent controls'}
        onChange={(event) =>
          onChange({
            ...policy,
            severityFallsBy: event.currentTarget.checked ? 'hardware or independent controls' : 'any control',
          })
        }
      />
      <h3>Defence in depth that is enough</h3>
      <p className="muted small">
        Verified controls on every attack path to a harm of this severity, by the assurance graph.
      </p>
      <div className="numbers-row">
        {LEVELS.map((level) => (
          <NumberInput
            key={level}
            label={`Severity ${level}`}
            min={0}
            max={9}
            allowDecimal={false}
            value={policy.enough[level - 1] ?? 0}
            onChange={(value) =>
              onChange({
                ...policy,
                enough: policy.enough.map((one, index) => (index === level - 1 ? Number(value) || 0 : one)),
              })
            }
          />
        ))}
      </div>
      <h3>Days to decide on a finding</h3>
      <p className="muted small">
        From the day on which it was first seen. Ward's own defaults, no law's; they order the list of
        findings.
      </p>
      <div className="numbers-row">
        {(Object.keys(TIMES) as (keyof DecideWithinDays)[]).map((level) => (
          <NumberInput
            key={level}
            label={TIMES[level]}
            min={1}
            max={3_650}
            allowDecimal={false}
            value={policy.decideWithinDays[level]}
            onChange={(value) =>
              onChange({
                ...policy,
                decideWithinDays: { ...policy.decideWithinDays, [level]: Number(value) || 1 },
              })
            }
          />
        ))}
      </div>
      <NumberInput
        label="An acceptance holds for (days)"
        description="Then the risk is looked at again, if nothing moved it before."
        className="form__short"
        min={1}
        max={3_650}
        allowDecimal={false}
        value={policy.acceptanceHoldsDays}
        onChange={(value) => onChange({ ...policy, acceptanceHoldsDays: Number(value) || 1 })}
      />
      <Scale
        title="Severity"
        levels={policy.severities}
        onChange={(severities) => onChange({ ...policy, severities })}
      />
      <Scale
        title="Exploitability"
        levels={policy.exploitabilities}
        onChange={(exploitabilities) => onChange({ ...policy, exploitabilities })}
      />
    </div>
  );
}

const TIMES: Readonly<Record<keyof DecideWithinDays, string>> = {
  kev: 'Exploited (KEV)',
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
  none: 'None',
  unknown: 'Not scored',
};

function Scale({
  title,
  levels,
  onChange,
}: {
  readonly title: string;
  readonly levels: readonly ScaleLevel[];
  readonly onChange: (levels: ScaleLevel[]) => void;
}) {
  const set = (index: number, change: Partial<ScaleLevel>) =>
    onChange(levels.map((level, position) => (position === index ? { ...level, ...change } : level)));
  return (
    <details className="more">
      <summary>{title}: what the levels mean</summary>
      <div className="scale">
        {levels.map((level, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a level is its place
          <Fragment key={index}>
            <span>{index + 1}</span>
            <TextInput
              aria-label={`${title} ${index + 1}: name`}
              maxLength={60}
              value={level.title}
              onChange={(event) => set(index, { title: event.currentTarget.value })}
            />
            <Textarea
              aria-label={`${title} ${index + 1}: meaning`}
              autosize={true}
              minRows={1}
              maxLength={1_000}
              value={level.meaning}
              onChange={(event) => set(index, { meaning: event.currentTarget.value })}
            />
          </Fragment>
        ))}
      </div>
    </details>
  );
}
