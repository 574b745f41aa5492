// Ctrl/Cmd+K: everything that can be done here, and every record that can be found.
import { Modal } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { KeyboardEvent } from 'react';
import { useDeferredValue, useEffect, useState } from 'react';
import { searchQuery } from '../queries.ts';
import { useGo } from '../use-go.ts';
import { Keys } from './ActionButton.tsx';
import { isVisible, useAllActions } from './action.ts';
import type { PaletteEntry } from './rank.ts';
import { rankEntries } from './rank.ts';
import './palette.css';

const MOST = 60;

export function Palette({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  return (
    <Modal.Root opened={opened} onClose={onClose} size="lg" yOffset="10vh" padding={0}>
      <Modal.Overlay />
      <Modal.Content aria-label="Search and act">
        <Modal.Body>{opened ? <PaletteBody onClose={onClose} /> : null}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

function PaletteBody({ onClose }: { readonly onClose: () => void }) {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const go = useGo();
  const asked = useDeferredValue(text.trim());
  const found = useQuery({ ...searchQuery(asked), enabled: asked.length >= 2 });
  const actions = useAllActions().filter(isVisible);
  const entries = rankEntries(text, [
    ...actions.map(
      (action): PaletteEntry => ({
        id: action.id,
        name: action.name,
        section: action.section,
        keys: action.keys,
        perform: action.perform,
      }),
    ),
  ]).concat(
    (asked.length >= 2 ? (found.data?.items ?? []) : []).map((record) => ({
      id: record.id,
      name: record.title,
      section: 'Records',
      hint: [record.key, record.productTitle].filter(Boolean).join(' · '),
      perform: () => go(`/r/${record.key}`),
    })),
  );
  const shown = entries.slice(0, MOST);
  const active = Math.min(at, Math.max(0, shown.length - 1));

  useEffect(() => {
    document.getElementById(`palette-${active}`)?.scrollIntoView({ block: 'nearest' });
  }, [active]);

  const choose = (entry: PaletteEntry | undefined) => {
    if (!entry) return;
    onClose();
    // After the dialog has given the focus back, so that the action may take it.
    setTimeout(entry.perform, 0);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      setAt((active + step + shown.length) % Math.max(1, shown.length));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      choose(shown[active]);
    }
  };
  return (
    <div className="palette">
      <div className="palette__field">
        <IconSearch size={18} aria-hidden="true" />
        <input
          data-autofocus="true"
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={shown.length > 0 ? `palette-${active}` : undefined}
          aria-label="Search records and actions"
          placeholder="Search records and actions"
          maxLength={200}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div className="palette__list" id="palette-list" role="listbox" aria-label="Results">
        {shown.map((entry, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys are taken by the field, which keeps the focus
          // biome-ignore lint/a11y/useFocusableInteractive: the field points at it by aria-activedescendant
          <div
            key={`${entry.section} ${entry.id}`}
            id={`palette-${index}`}
            role="option"
            aria-selected={index === active}
            className="palette__entry"
            onMouseMove={() => setAt(index)}
            onClick={() => choose(entry)}
          >
            <span className="grow cut">{entry.name}</span>
            <span className="muted small cut">{entry.hint ?? entry.section}</span>
            {entry.keys ? <Keys binding={entry.keys} /> : null}
          </div>
        ))}
      </div>
      <p className="palette__foot muted small" role="status">
        {found.error
          ? 'Records cannot be searched now; actions still work.'
          : shown.length === 0 && !found.isFetching
            ? 'Nothing found'
            : `${shown.length} results`}
      </p>
    </div>
  );
}
