// Somebody saved while I edited: what they changed, what I changed, and a choice where both changed the same.
import { Button } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { RecordView } from '../../kernel/records/contract.ts';
import { PersonName } from '../design/PersonName.tsx';
import { Notice } from '../design/ProblemNotice.tsx';
import { RelativeTime } from '../design/RelativeTime.tsx';
import { DifferenceList } from '../forms/DifferenceList.tsx';
import type { Body, Field, JsonValue } from '../forms/fields.ts';
import { labelledDifferences, labelOfPath } from '../forms/label-differences.ts';
import { merge } from '../forms/merge.ts';

export interface MergeRevisionsProps {
  readonly record: RecordView;
  readonly fields: readonly Field[];
  readonly base: Body;
  readonly mine: Body;
  readonly onMerged: (body: Body) => void;
  readonly onDiscard: () => void;
}

export function MergeRevisions({ record, fields, base, mine, onMerged, onDiscard }: MergeRevisionsProps) {
  const [choices, setChoices] = useState<Readonly<Record<string, 'mine' | 'theirs'>>>({});
  const theirs = record.body as Body;
  const merged = useMemo(
    () => merge(base, mine, theirs, (path) => choices[path] ?? 'mine'),
    [base, mine, theirs, choices],
  );
  const open = merged.conflicts.filter((conflict) => choices[conflict.path] === undefined);
  return (
    <div className="stack">
      <Notice title="Somebody changed it meanwhile">
        <p>
          <PersonName person={record.updatedBy} /> saved revision {record.revision}{' '}
          <RelativeTime at={record.updatedAt} />. Nothing of yours is lost.
        </p>
      </Notice>
      <h3>What they changed</h3>
      <DifferenceList differences={labelledDifferences(fields, base, theirs)} />
      <h3>What you changed</h3>
      <DifferenceList differences={labelledDifferences(fields, base, mine)} />
      {merged.conflicts.length > 0 ? <h3>Both changed the same: choose</h3> : null}
      {merged.conflicts.map((conflict) => (
        <fieldset key={conflict.path} className="form__group">
          <legend>{labelOfPath(fields, conflict.path)}</legend>
          <div className="sides">
            {(['mine', 'theirs'] as const).map((side) => (
              <label key={side}>
                <input
                  type="radio"
                  name={conflict.path}
                  checked={choices[conflict.path] === side}
                  onChange={() => setChoices({ ...choices, [conflict.path]: side })}
                />{' '}
                <strong>{side === 'mine' ? 'Yours' : 'Theirs'}</strong>
                <div className="said">{words(conflict[side])}</div>
              </label>
            ))}
          </div>
        </fieldset>
      ))}
      <div className="form__foot">
        <Button variant="filled" disabled={open.length > 0} onClick={() => onMerged(merged.body)}>
          Put mine on top of revision {record.revision}
        </Button>
        <Button onClick={onDiscard}>Keep theirs, throw my draft away</Button>
        {open.length > 0 ? <span className="muted">{open.length} to choose</span> : null}
      </div>
    </div>
  );
}

function words(value: JsonValue | undefined): string {
  if (value === undefined || value === null || value === '') return 'Nothing';
  return typeof value === 'string' ? value : JSON.stringify(value, null, 1);
}
