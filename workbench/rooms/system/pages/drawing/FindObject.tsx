// Search inside a model: type a part of a name, jump to the thing.
import { useId, useMemo, useState } from 'react';
import type { SystemModel } from '../../metamodel.ts';
import { PART_WORDS } from './model-words.ts';

const PARTS = ['elements', 'zones', 'flows', 'interfaces'] as const;
const MOST = 12;

export interface FindObjectProps {
  readonly model: SystemModel;
  readonly onFound: (id: string) => void;
}

export function FindObject({ model, onFound }: FindObjectProps) {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const id = useId();
  const all = useMemo(
    () =>
      PARTS.flatMap((part) =>
        model[part].map((one) => ({
          id: one.id,
          title: one.title,
          part: PART_WORDS[part],
          hay: `${one.title} ${one.id}`.toLowerCase(),
        })),
      ),
    [model],
  );
  const wanted = text.trim().toLowerCase();
  const found =
    wanted === ''
      ? []
      : all
          .filter((one) => one.hay.includes(wanted))
          .sort((a, b) => a.hay.indexOf(wanted) - b.hay.indexOf(wanted))
          .slice(0, MOST);
  const take = (index: number) => {
    const hit = found[index];
    if (!hit) return;
    setText('');
    setAt(0);
    onFound(hit.id);
  };
  return (
    <div className="find">
      <input
        className="mi__input"
        type="search"
        role="combobox"
        aria-label="Find in the drawing"
        aria-expanded={found.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={found.length > 0 ? `${id}-${at}` : undefined}
        placeholder="Find…  /"
        data-model-find="true"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
        onBlur={() => setTimeout(() => setText(''), 150)}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
            event.preventDefault();
            const by = event.key === 'ArrowDown' ? 1 : -1;
            setAt((now) => Math.max(0, Math.min(found.length - 1, now + by)));
          } else if (event.key === 'Enter') {
            event.preventDefault();
            take(at);
          } else if (event.key === 'Escape') {
            setText('');
            event.currentTarget.blur();
          }
        }}
      />
      <div
        id={`${id}-list`}
        role="listbox"
        aria-label="Found"
        className="find__list"
        hidden={found.length === 0}
      >
        {found.map((hit, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the box above has the keyboard; this is a combobox of WAI-ARIA
          // biome-ignore lint/a11y/useFocusableInteractive: see above
          <div
            key={hit.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === at}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => take(index)}
          >
            <span className="cut">{hit.title}</span> <span className="muted small">{hit.part}</span>
          </div>
        ))}
      </div>
    </div>
  );
}
