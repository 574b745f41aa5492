// Told until confirmed: an administrator had the password of this person reset.
import { Button } from '@mantine/core';
import { AppLink } from '../design/AppLink.tsx';
import { Notice } from '../design/ProblemNotice.tsx';
import { RelativeTime } from '../design/RelativeTime.tsx';
import { showProblem } from '../design/toasts.ts';
import { queryClient } from '../query-client.ts';
import { peopleClient, sessionQuery, useMe } from '../session.ts';

export function ResetBanner() {
  const { passwordReset } = useMe();
  if (passwordReset === null) return null;
  const confirm = async () => {
    try {
      await peopleClient.me['password-reset'].seen.$post();
      await queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
    } catch (error) {
      showProblem(error);
    }
  };
  return (
    <Notice title="Your password was reset">
      <p>
        {passwordReset.by ?? 'An administrator'} made the link with which it was set{' '}
        <RelativeTime at={passwordReset.at} />. Your sessions and API tokens of before have ended; what used a
        token needs a new one. If you did not ask for that, change the password and tell another
        administrator. See <AppLink to="/account">where you are signed in, and your tokens</AppLink>.
      </p>
      <Button onClick={() => void confirm()}>I know about it</Button>
    </Notice>
  );
}
