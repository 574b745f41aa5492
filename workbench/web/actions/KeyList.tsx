// All keys that work here, read from the actions themselves.
import { Switch } from '@mantine/core';
import { useState } from 'react';
import { Dialog } from '../design/Dialog.tsx';
import { Keys } from './ActionButton.tsx';
import { isVisible, useAllActions } from './action.ts';
import { singleKeysOn, turnSingleKeys } from './follow-keys.ts';

const TABLE_KEYS: readonly (readonly [keys: string, name: string])[] = [
  ['j', 'Next row'],
  ['k', 'Row before'],
  ['x', 'Select row'],
  ['Enter', 'Open row'],
  ['mod+a', 'Select all rows'],
  ['Home', 'First row'],
  ['End', 'Last row'],
];

export function KeyList({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  const [single, setSingle] = useState(singleKeysOn);
  const actions = useAllActions().filter((action) => action.keys !== undefined && isVisible(action));
  const sections = [...new Set(actions.map((action) => action.section))];
  return (
    <Dialog title="Keys" opened={opened} onClose={onClose} size="lg">
      <div className="stack">
        <Switch
          label="Keys without Ctrl or Cmd"
          checked={single}
          onChange={(event) => {
            setSingle(event.currentTarget.checked);
            turnSingleKeys(event.currentTarget.checked);
          }}
        />
        {sections.map((section) => (
          <KeySection
            key={section}
            title={section}
            entries={actions
              .filter((action) => action.section === section)
              .map((action) => [action.keys as string, action.name] as const)}
          />
        ))}
        <KeySection title="In a table" entries={TABLE_KEYS} />
      </div>
    </Dialog>
  );
}

function KeySection({
  title,
  entries,
}: {
  readonly title: string;
  readonly entries: readonly (readonly [string, string])[];
}) {
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <dl className="facts" style={{ gap: 'var(--space-1) var(--space-4)' }}>
        {entries.map(([keys, name]) => (
          <div key={keys} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd>
              <Keys binding={keys} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
