// What can be done from anywhere: go to a room, make a record, search, list the keys, change the theme.
import { IconBell, IconKeyboard, IconPlus, IconSearch } from '@tabler/icons-react';
import type { Action } from '../actions/action.ts';
import { useActions } from '../actions/action.ts';
import { chooseTheme } from '../design/theme.ts';
import { useProduct } from '../product.ts';
import { useKinds } from '../queries.ts';
import { mayCreate, useMe } from '../session.ts';
import { useGo } from '../use-go.ts';
import { navigationEntries } from './entries.ts';
import { useSignOut } from './use-sign-out.ts';

export interface ShellOpeners {
  readonly openPalette: () => void;
  readonly openKeys: () => void;
}

export function useShellActions({ openPalette, openKeys }: ShellOpeners): void {
  const me = useMe();
  const kinds = useKinds();
  const go = useGo();
  const signOut = useSignOut();
  const { product } = useProduct();
  const actions: Action[] = [
    {
      id: 'shell.palette',
      name: 'Search and act',
      keys: 'mod+k',
      section: 'Everywhere',
      icon: IconSearch,
      perform: openPalette,
    },
    {
      id: 'shell.keys',
      name: 'List all keys',
      keys: '?',
      section: 'Everywhere',
      icon: IconKeyboard,
      perform: openKeys,
    },
    {
      id: 'shell.filter',
      name: 'Filter this list',
      keys: '/',
      section: 'Everywhere',
      visibleWhen: () => document.querySelector('[data-filter-box]') !== null,
      perform: () => document.querySelector<HTMLInputElement>('[data-filter-box]')?.focus(),
    },
    ...navigationEntries.map((entry) => ({
      id: `go${entry.path}`,
      name: entry.title,
      section: 'Go to',
      ...(entry.keys ? { keys: entry.keys } : {}),
      perform: () => go(entry.path),
    })),
    ...kinds.map((kind) => ({
      id: `list.${kind.kind}`,
      name: kind.plural,
      section: 'Records of a kind',
      perform: () => go(`/records/${kind.kind}`),
    })),
    ...kinds
      .filter((kind) => mayCreate(me, kind, kind.scope === 'organisation' ? null : (product?.id ?? null)))
      .map((kind) => ({
        id: `new.${kind.kind}`,
        name: `New ${kind.title.toLowerCase()}`,
        section: 'Create',
        icon: IconPlus,
        perform: () =>
          go(`/new/${kind.kind}`, { product: kind.scope === 'organisation' ? undefined : product?.id }),
      })),
    {
      id: 'shell.notifications',
      name: 'Notifications',
      keys: 'g n',
      section: 'Go to',
      icon: IconBell,
      perform: () => go('/notifications'),
    },
    { id: 'shell.account', name: 'My account', section: 'Account', perform: () => go('/account') },
    { id: 'shell.tokens', name: 'API tokens', section: 'Account', perform: () => go('/tokens') },
    {
      id: 'theme.light',
      name: 'Light theme',
      section: 'Account',
      perform: () => chooseTheme({ scheme: 'light' }),
    },
    {
      id: 'theme.dark',
      name: 'Dark theme',
      section: 'Account',
      perform: () => chooseTheme({ scheme: 'dark' }),
    },
    {
      id: 'theme.system',
      name: 'Theme as the system',
      section: 'Account',
      perform: () => chooseTheme({ scheme: 'system' }),
    },
    { id: 'shell.sign-out', name: 'Sign out', section: 'Account', perform: () => void signOut() },
  ];
  useActions(actions);
}
