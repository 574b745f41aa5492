// A menu of kept views beside a list: open one, keep what is filtered now, share it, remove one's own.
import { Button, Checkbox, Menu, TextInput } from '@mantine/core';
import { IconBookmark, IconTrash } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useState } from 'react';
import { Dialog, DialogFoot } from '../design/Dialog.tsx';
import { ProblemNotice } from '../design/ProblemNotice.tsx';
import { showProblem, showToast } from '../design/toasts.ts';
import { keepView, removeView, savedViewsQuery } from '../saved-views.ts';
import { useSearchState, withoutEmpty } from '../search-state.ts';
import { useGo } from '../use-go.ts';

export interface SavedViewsProps {
  /** Name of the list: `findings`. */
  readonly page: string;
  /** Where the list is. */
  readonly to: string;
  /** Parts of the address that belong to the page and not to the view. */
  readonly without?: readonly string[];
}

export function SavedViews({ page, to, without = [] }: SavedViewsProps) {
  const go = useGo();
  const cache = useQueryClient();
  const [search] = useSearchState();
  const views = useQuery(savedViewsQuery(page)).data ?? [];
  const [naming, setNaming] = useState(false);
  const now = Object.fromEntries(
    Object.entries(withoutEmpty(search)).filter(([name]) => !without.includes(name)),
  );
  const chosen = views.find((view) => sameView(view.query, now));
  const renew = () => cache.invalidateQueries({ queryKey: ['views', page] });
  const remove = async (id: string, name: string) => {
    try {
      await removeView(id);
      await renew();
      showToast(`The view "${name}" is removed.`);
    } catch (error) {
      showProblem(error);
    }
  };
  return (
    <>
      <Menu position="bottom-start">
        <Menu.Target>
          <Button leftSection={<IconBookmark size={16} aria-hidden="true" />}>
            {chosen ? `View: ${chosen.name}` : 'Views'}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {views.length === 0 ? <Menu.Label>No view is kept yet</Menu.Label> : null}
          {views.map((view) => (
            <Menu.Item key={view.id} onClick={() => go(to, view.query)}>
              {view.name}
              {view.by ? (
                <span className="muted small"> by {view.by}</span>
              ) : view.shared ? (
                <span className="muted small"> shared</span>
              ) : null}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item onClick={() => setNaming(true)}>Keep what is filtered now…</Menu.Item>
          {chosen && chosen.by === null ? (
            <Menu.Item
              leftSection={<IconTrash size={15} aria-hidden="true" />}
              onClick={() => void remove(chosen.id, chosen.name)}
            >
              Remove "{chosen.name}"
            </Menu.Item>
          ) : null}
        </Menu.Dropdown>
      </Menu>
      {naming ? (
        <NameView
          onClose={() => setNaming(false)}
          onKeep={async (name, shared) => {
            await keepView({ page, name, query: now, shared });
            await renew();
          }}
        />
      ) : null}
    </>
  );
}

function sameView(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

interface NameViewProps {
  readonly onClose: () => void;
  readonly onKeep: (name: string, shared: boolean) => Promise<void>;
}

function NameView({ onClose, onKeep }: NameViewProps) {
  const [name, setName] = useState('');
  const [shared, setShared] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === '') return;
    try {
      await onKeep(name.trim(), shared);
      showToast(`The view "${name.trim()}" is kept.`);
      onClose();
    } catch (refusal) {
      setError(refusal);
    }
  };
  return (
    <Dialog title="Keep this view" opened={true} onClose={onClose} size="sm">
      <form className="stack" onSubmit={(event) => void submit(event)}>
        <TextInput
          label="Name"
          description="A view of yours with the same name is replaced."
          data-autofocus="true"
          required={true}
          maxLength={60}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Checkbox
          label="Others see it too"
          checked={shared}
          onChange={(event) => setShared(event.currentTarget.checked)}
        />
        {error ? <ProblemNotice error={error} /> : null}
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="filled" disabled={name.trim() === ''}>
            Keep view
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
