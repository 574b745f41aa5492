// Ends the session here and, where it came from a provider, there.
import { useNavigate } from '@tanstack/react-router';
import { showProblem } from '../design/toasts.ts';
import { forgetEverything, peopleClient } from '../session.ts';

export function useSignOut(): () => Promise<void> {
  const navigate = useNavigate();
  return async () => {
    try {
      const { providerUrl } = await (await peopleClient.session.$delete()).json();
      if (providerUrl !== null) {
        // The session at the provider would let the next person at this screen in again.
        location.assign(providerUrl);
        return;
      }
      // First away from what needs a person, then forget the person.
      await navigate({ to: '/sign-in', search: {} as never });
      await forgetEverything();
    } catch (error) {
      showProblem(error);
    }
  };
}
