// My account: roles, second factor, passkeys, password, where I am signed in.
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { roleTitle } from '../../kernel/people/roles.ts';
import { Answer } from '../design/Answer.tsx';
import { AppLink } from '../design/AppLink.tsx';
import { ConfirmDialog } from '../design/ConfirmDialog.tsx';
import { PageFrame, Section } from '../design/PageFrame.tsx';
import { RelativeTime } from '../design/RelativeTime.tsx';
import { showProblem, showToast } from '../design/toasts.ts';
import { NotificationSettings } from '../notices/NotificationSettings.tsx';
import { sessionsQuery } from '../people-queries.ts';
import { useProduct } from '../product.ts';
import { queryClient } from '../query-client.ts';
import { forgetEverything, peopleClient, useMe } from '../session.ts';
import { ChangePassword } from './ChangePassword.tsx';
import { Passkeys } from './Passkeys.tsx';
import { SecondFactor } from './SecondFactor.tsx';

export function Page() {
  const me = useMe();
  const { products } = useProduct();
  return (
    <PageFrame title="My account" meta={<span>{me.email}</span>}>
      <Section title="Name and roles">
        <dl className="facts">
          <dt>Name</dt>
          <dd>{me.name}</dd>
          <dt>Roles</dt>
          <dd>
            {me.roles.length === 0
              ? 'None yet. An administrator or quality assigns them.'
              : me.roles
                  .map(
                    (grant) =>
                      `${roleTitle(grant.role)} (${
                        grant.productId === null
                          ? 'all products'
                          : (products.find((product) => product.id === grant.productId)?.title ?? 'a product')
                      })`,
                  )
                  .join(', ')}
          </dd>
        </dl>
      </Section>
      <Section title="Second factor">
        <SecondFactor />
      </Section>
      <Section title="Passkeys">
        <Passkeys />
      </Section>
      {me.password ? (
        <Section title="Password">
          <ChangePassword />
        </Section>
      ) : null}
      <Section
        title="Notifications"
        aside={<AppLink to="/notifications/settings">Also what was sent</AppLink>}
      >
        <NotificationSettings />
      </Section>
      <Section title="Where you are signed in">
        <Sessions />
      </Section>
    </PageFrame>
  );
}

function Sessions() {
  const sessions = useQuery(sessionsQuery);
  const [everywhere, setEverywhere] = useState(false);
  const navigate = useNavigate();
  const end = async (id: string) => {
    try {
      await peopleClient.me.sessions[':id'].$delete({ param: { id } });
      await queryClient.invalidateQueries({ queryKey: ['me', 'sessions'] });
      showToast('That session has ended.');
    } catch (error) {
      showProblem(error);
    }
  };
  return (
    <div className="stack">
      <Answer query={sessions} lines={3}>
        {(items) => (
          <ul className="lines">
            {items.map((session) => (
              <li key={session.id} className="row">
                <span className="grow">
                  {browserWords(session.userAgent)} <span className="muted">from {session.address}</span>
                  <br />
                  <span className="muted small">
                    since <RelativeTime at={session.startedAt} />, last seen{' '}
                    <RelativeTime at={session.lastSeenAt} />
                  </span>
                </span>
                {session.current ? (
                  <span className="muted">This one</span>
                ) : (
                  <Button onClick={() => void end(session.id)}>End session</Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Answer>
      <div>
        <Button onClick={() => setEverywhere(true)}>Sign out everywhere</Button>
      </div>
      <ConfirmDialog
        title="Sign out everywhere"
        verb="Sign out everywhere"
        opened={everywhere}
        onClose={() => setEverywhere(false)}
        onConfirm={async () => {
          await peopleClient.me.sessions.$delete();
          await navigate({ to: '/sign-in', search: {} as never });
          await forgetEverything();
        }}
      >
        Every session of yours ends, this one too.
      </ConfirmDialog>
    </div>
  );
}

/** Browser and system in two words; the whole text tells a person nothing. */
function browserWords(userAgent: string): string {
  const browser = /(Edg|Firefox|Chrome|Safari)\//.exec(userAgent)?.[1]?.replace('Edg', 'Edge');
  const system = /(Windows|Mac OS X|Android|iPhone|iPad|Linux)/.exec(userAgent)?.[1];
  return [browser ?? 'Unknown program', system ? `on ${system}` : ''].join(' ').trim();
}
