// The addresses of all pages: the shell's own and the rooms'. Each page's code is loaded when it is opened.
import type { AnyRoute } from '@tanstack/react-router';
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { Loading } from './design/Loading.tsx';
import { ProblemNotice } from './design/ProblemNotice.tsx';
import { Page as NotFound } from './pages/NotFound.tsx';
import { onSignedOut, queryClient } from './query-client.ts';
import { roomPages } from './room-pages.ts';
import { parseSearch, stringifySearch } from './search-state.ts';
import { sessionQuery } from './session.ts';
import { Root } from './shell/Root.tsx';
import { Shell } from './shell/Shell.tsx';

const root = createRootRoute({ component: Root, notFoundComponent: NotFound });

/** Everything inside needs a signed-in person; others sign in first and come back to where they wanted to be. */
const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: Shell,
  beforeLoad: async ({ location }) => {
    const me = await queryClient.ensureQueryData(sessionQuery);
    if (me === null) {
      const next = location.href === '/' ? {} : { next: location.href };
      throw redirect({ to: '/sign-in', search: next as never, replace: true });
    }
  },
});

type Load = () => Promise<{ readonly Page: ComponentType }>;
const page = (parent: typeof root | typeof inside, path: string, load: Load) =>
  createRoute({
    getParentRoute: () => parent as typeof inside,
    path,
    component: lazyRouteComponent(load, 'Page'),
  });

const outsidePages = [
  page(root, '/sign-in', () => import('./pages/SignIn.tsx')),
  page(root, '/sign-in/provider', () => import('./pages/ProviderReturn.tsx')),
  page(root, '/welcome', () => import('./pages/Welcome.tsx')),
  page(root, '/new-password', () => import('./pages/NewPasswordPage.tsx')),
  page(root, '/invitation', () => import('./pages/AcceptInvitation.tsx')),
];

const ownPages: readonly (readonly [path: string, load: Load])[] = [
  ['/', () => import('./pages/Home.tsx')],
  ['/records', () => import('./pages/Kinds.tsx')],
  ['/records/$kind', () => import('./pages/RecordList.tsx')],
  ['/r/$key', () => import('./record/RecordPage.tsx')],
  ['/new/$kind', () => import('./pages/NewRecord.tsx')],
  ['/audit', () => import('./pages/Audit.tsx')],
  ['/people', () => import('./pages/People.tsx')],
  ['/tokens', () => import('./pages/Tokens.tsx')],
  ['/notifications', () => import('./pages/Notifications.tsx')],
  ['/notifications/settings', () => import('./pages/NotificationSettings.tsx')],
  ['/webhooks', () => import('./pages/Webhooks.tsx')],
  ['/account', () => import('./pages/Account.tsx')],
  // Whatever else: said inside the shell, where the reader can go on.
  ['$', async () => ({ Page: NotFound })],
];

// A room may take over an address of the shell (today takes `/`).
const byPath = new Map<string, Load>(ownPages);
for (const room of roomPages) for (const route of room.routes) byPath.set(route.path, route.load);

// Which rooms there are is known only when the pages are built, so addresses are checked when they are opened, not by types.
const routeTree: AnyRoute = root.addChildren([
  ...outsidePages,
  inside.addChildren([...byPath].map(([path, load]) => page(inside, path, load))),
] as AnyRoute[]);

export const router = createRouter({
  routeTree,
  parseSearch,
  stringifySearch,
  scrollRestoration: true,
  defaultPendingMs: 300,
  defaultPendingComponent: () => (
    <div className="page">
      <Loading />
    </div>
  ),
  defaultErrorComponent: ({ error, reset }) => (
    <div className="page">
      <ProblemNotice error={error} onRetry={reset} />
    </div>
  ),
  defaultNotFoundComponent: NotFound,
});

// The session has ended while a page was open: sign in, and come back to the same view.
onSignedOut(() => {
  const { pathname, href } = router.state.location;
  if (pathname.startsWith('/sign-in')) return;
  void router
    .navigate({ to: '/sign-in', search: { next: href } as never })
    .then(() => queryClient.setQueryData(sessionQuery.queryKey, null));
});
