// The provider sent the browser back: hand over what it answered, once.
import { Button } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { Loading } from '../design/Loading.tsx';
import { ProblemNotice } from '../design/ProblemNotice.tsx';
import { peopleClient } from '../session.ts';
import { useEnter } from './enter.ts';
import { Gate } from './Gate.tsx';

export function Page() {
  const enter = useEnter();
  const begun = useRef(false);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    const query = location.search.slice(1);
    // The code is used up; it has no business in the history or behind the back button.
    history.replaceState(null, '', location.pathname);
    peopleClient.session.provider.finish
      .$post({ json: { query } })
      .then(async (answer) => enter((await answer.json()).next))
      .catch(setError);
  }, [enter]);
  return (
    <Gate title="Sign in">
      {error ? (
        <div className="stack">
          <ProblemNotice error={error} />
          <Button component="a" href="/sign-in" variant="filled" size="sm">
            Back to the sign-in page
          </Button>
        </div>
      ) : (
        <Loading />
      )}
    </Gate>
  );
}
