// API tokens: a person's own keys for programs. A token can never sign.
import { Button } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ActionButton } from '../actions/ActionButton.tsx';
import { useActions } from '../actions/action.ts';
import { Answer } from '../design/Answer.tsx';
import { ConfirmDialog } from '../design/ConfirmDialog.tsx';
import { EmptyState } from '../design/EmptyState.tsx';
import { PageFrame } from '../design/PageFrame.tsx';
import { RelativeTime } from '../design/RelativeTime.tsx';
import { StateBadge } from '../design/StateBadge.tsx';
import { showToast } from '../design/toasts.ts';
import type { TokenRow } from '../people-queries.ts';
import { tokensQuery } from '../people-queries.ts';
import { queryClient } from '../query-client.ts';
import { peopleClient } from '../session.ts';
import { TokenDialog } from './TokenDialog.tsx';

export function Page() {
  const tokens = useQuery(tokensQuery);
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<TokenRow | null>(null);
  const make = {
    id: 'tokens.new',
    name: 'New token',
    keys: 'n',
    section: 'This page',
    icon: IconKey,
    perform: () => setMaking(true),
  };
  useActions([make]);
  return (
    <PageFrame title="API tokens" primary={<ActionButton action={make} primary={true} />}>
      <Answer query={tokens}>
        {(items) =>
          items.length === 0 ? (
            <EmptyState
              icon={<IconKey size={28} aria-hidden="true" />}
              what="No tokens"
              why="With a token a build server reads records or imports an SBOM in your name. It ends by itself, and it can never sign."
            />
          ) : (
            <ul className="lines">
              {items.map((token) => (
                <li key={token.id} className="row">
                  <span className="grow">
                    <strong>{token.name}</strong> <code>{token.prefix}…</code>
                    <br />
                    <span className="muted small">
                      {token.scopes.join(', ')} ·{' '}
                      {token.lastUsedAt === null ? (
                        'never used'
                      ) : (
                        <>
                          used <RelativeTime at={token.lastUsedAt} />
                        </>
                      )}
                    </span>
                  </span>
                  {Date.parse(token.expiresAt) < Date.now() ? (
                    <StateBadge tone="ended">Ended</StateBadge>
                  ) : (
                    <span className="muted small">
                      ends <RelativeTime at={token.expiresAt} />
                    </span>
                  )}
                  <Button onClick={() => setRevoking(token)}>Revoke</Button>
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
      {making ? <TokenDialog onClose={() => setMaking(false)} /> : null}
      {revoking ? (
        <ConfirmDialog
          title={`Revoke ${revoking.name}`}
          verb="Revoke token"
          danger={true}
          opened={true}
          onClose={() => setRevoking(null)}
          onConfirm={async () => {
            await peopleClient.tokens[':id'].$delete({ param: { id: revoking.id } });
            await queryClient.invalidateQueries({ queryKey: ['tokens'] });
            showToast(`${revoking.name} does not work any more.`);
          }}
        >
          Programs that use it are refused at once. It cannot be brought back.
        </ConfirmDialog>
      ) : null}
    </PageFrame>
  );
}
