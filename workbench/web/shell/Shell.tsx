// The frame of every page inside: navigation at the left, product, search and account on top.
import { Kbd } from '@mantine/core';
import { IconMenu2, IconSearch } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Outlet, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import { followKeys } from '../actions/follow-keys.ts';
import { AppLink } from '../design/AppLink.tsx';
import { followChanges } from '../live.ts';
import { Bell } from '../notices/Bell.tsx';
import { kindsQuery } from '../queries.ts';
import { sessionQuery, useMe } from '../session.ts';
import { AccountButton } from './AccountButton.tsx';
import { Navigation } from './Navigation.tsx';
import { ProductSwitcher } from './ProductSwitcher.tsx';
import { ResetBanner } from './ResetBanner.tsx';
import { useShellActions } from './use-shell-actions.ts';

const AccountMenu = lazy(async () => ({ default: (await import('./AccountMenu.tsx')).AccountMenu }));
const Palette = lazy(async () => ({ default: (await import('../actions/Palette.tsx')).Palette }));
const KeyList = lazy(async () => ({ default: (await import('../actions/KeyList.tsx')).KeyList }));
const NavigationPanel = lazy(async () => ({
  default: (await import('./NavigationPanel.tsx')).NavigationPanel,
}));

export function Shell() {
  const session = useQuery(sessionQuery);
  // While signing out there is nobody for a moment; the redirect follows.
  return session.data ? <ShellInside /> : null;
}

type Floating = 'palette' | 'keys' | 'menu' | null;

function ShellInside() {
  const [floating, setFloating] = useState<Floating>(null);
  const [used, setUsed] = useState<ReadonlySet<Floating>>(new Set());
  const queries = useQueryClient();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const open = (what: Floating) => {
    setUsed((before) => new Set(before).add(what));
    setFloating(what);
  };
  useQuery(kindsQuery);
  useShellActions({ openPalette: () => open('palette'), openKeys: () => open('keys') });
  useEffect(() => followKeys(), []);
  useEffect(() => followChanges(queries), [queries]);
  const close = () => setFloating(null);
  return (
    <div className="shell">
      <a href="#main" className="skip">
        Skip to the page
      </a>
      <header className="top">
        <button
          type="button"
          className="icon-button top__menu"
          aria-label="Open navigation"
          aria-expanded={floating === 'menu'}
          onClick={() => open('menu')}
        >
          <IconMenu2 size={18} aria-hidden="true" />
        </button>
        <AppLink to="/" className="top__brand">
          Ward
        </AppLink>
        <ProductSwitcher />
        <span className="grow" />
        <button type="button" className="top__search" onClick={() => open('palette')}>
          <IconSearch size={15} aria-hidden="true" />
          <span className="top__search-word">Search</span>
          <Kbd size="xs" className="top__search-keys" aria-hidden="true">
            Ctrl K
          </Kbd>
        </button>
        <Bell />
        <Account onKeys={() => open('keys')} />
      </header>
      <div className="side">
        <Navigation path={path} />
      </div>
      <main id="main" tabIndex={-1} className="main">
        <ResetBanner />
        <Outlet />
      </main>
      <Suspense fallback={null}>
        {used.has('palette') ? <Palette opened={floating === 'palette'} onClose={close} /> : null}
        {used.has('menu') ? (
          <NavigationPanel path={path} opened={floating === 'menu'} onClose={close} />
        ) : null}
        {used.has('keys') ? <KeyList opened={floating === 'keys'} onClose={close} /> : null}
      </Suspense>
    </div>
  );
}

/** The menu comes with the first click: most pages are left without one. */
function Account({ onKeys }: { readonly onKeys: () => void }) {
  const { name } = useMe();
  const [used, setUsed] = useState(false);
  const button = <AccountButton name={name} aria-expanded={false} onClick={() => setUsed(true)} />;
  if (!used) return button;
  return (
    <Suspense fallback={button}>
      <AccountMenu onKeys={onKeys} />
    </Suspense>
  );
}
