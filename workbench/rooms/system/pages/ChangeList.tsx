// What differs between two models, in words; objects can be opened on the drawing where somebody listens.
import { useState } from 'react';
import type { SystemModel } from '../metamodel.ts';
import type { ModelChange } from '../semantic-diff.ts';
import { PART_WORDS, titleOf } from './drawing/model-words.ts';
import { fieldWords, valueWords } from './merge-words.ts';

export interface ChangeListProps {
  readonly changes: readonly ModelChange[];
  /** Names ids. */
  readonly model: SystemModel;
  readonly onPick?: (id: string) => void;
}

const FIRST = 200;

export function ChangeList({ changes, model, onPick }: ChangeListProps) {
  const [all, setAll] = useState(false);
  if (changes.length === 0)
    return <p className="muted">Nothing differs. Where things stand on the drawing is not compared.</p>;
  const shown = all ? changes : changes.slice(0, FIRST);
  return (
    <>
      <ul className="change-list">
        {shown.map((change, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes its order
          <li key={at}>
            <span className={`changes__sign changes__sign--${change.kind}`}>{SIGNS[change.kind]}</span>
            <span>
              {change.kind === 'model' ? (
                'Model'
              ) : (
                <>
                  {onPick ? (
                    <button type="button" className="link-button" onClick={() => onPick(change.id)}>
                      {change.title}
                    </button>
                  ) : (
                    <strong>{change.title}</strong>
                  )}{' '}
                  <span className="muted small">{PART_WORDS[change.part].toLowerCase()}</span>
                </>
              )}
              : {said(change, model)}
            </span>
          </li>
        ))}
      </ul>
      {changes.length > shown.length ? (
        <button type="button" className="link-button" onClick={() => setAll(true)}>
          {changes.length - shown.length} more
        </button>
      ) : null}
    </>
  );
}

const SIGNS: Readonly<Record<ModelChange['kind'], string>> = {
  model: '~',
  added: '+',
  removed: '−',
  changed: '~',
  words: '~',
  moved: '→',
  answer: '?',
  reach: '↔',
};

function said(change: ModelChange, model: SystemModel): string {
  const name = (id: string) => titleOf(model, id);
  switch (change.kind) {
    case 'model':
      return `${fieldWords(change.field)} “${cut(change.before)}” became “${cut(change.after)}”`;
    case 'added':
    case 'removed':
      return change.kind;
    case 'changed':
      return `${fieldWords(change.field)} ${cut(valueWords(change.before, name))} became ${cut(valueWords(change.after, name))}`;
    case 'words':
      return `${fieldWords(change.field)} ${[...change.added.map((one) => `+ ${name(one)}`), ...change.removed.map((one) => `− ${name(one)}`)].join(', ')}`;
    case 'moved':
      return `moved from ${change.before === '' ? 'no zone' : name(change.before)} to ${change.after === '' ? 'no zone' : name(change.after)}`;
    case 'answer':
      return `${change.key}${change.field === 'answers' ? '' : ' (for every element in it)'}: ${change.before} became ${change.after}`;
    case 'reach':
      return `reach: ${words(change.before, name)} became ${words(change.after, name)}`;
    default:
      return change satisfies never;
  }
}

/** `z-device → z-room` with names. */
function words(text: string, name: (id: string) => string): string {
  if (text === '') return 'no border crossed';
  return text
    .split(' → ')
    .map((part) => name(part))
    .join(' → ');
}

const cut = (text: string) => (text.length > 120 ? `${text.slice(0, 119)}…` : text);
