// Who acts: accounts, credentials, rights of people and of processes.
import type { ModelView, Practice } from '../contract.ts';
import { byAnswer, carriesAny, found, inScope, reachedFromOutside, tagged } from './look.ts';

const usedByPeople = (view: ModelView) =>
  inScope(view).filter((element) => view.into(element.id).some(({ from }) => from?.kind === 'actor'));
const networked = (view: ModelView) =>
  inScope(view).filter((element) =>
    [...view.into(element.id), ...view.outOf(element.id)].some(({ network }) => network),
  );

export const IDENTITY: readonly Practice[] = [
  {
    id: 'account-is-shared',
    group: 'known-bad practice',
    title: 'People share an account',
    why: 'Nobody can say who acted, and a password that all know is never changed when one leaves.',
    cwe: 'CWE-287',
    repair: 'Give each person an account of their own; keep an emergency access that is recorded.',
    requirements: ['SR-AUTHN-1'],
    look: (view) => [
      ...tagged(view, 'sharedaccount', 'sharedcredentials', 'sharedlogin').map((element) =>
        found(`${element.title} is used with a shared account.`, element.id),
      ),
      ...byAnswer(view, usedByPeople(view), 'authn.each-user', {
        no: (title) => `${title} does not tell its users apart.`,
        ask: (title) => `Does ${title} identify each user individually?`,
      }),
    ],
  },
  {
    id: 'password-is-a-default',
    group: 'known-bad practice',
    title: 'Default or built-in password',
    why: 'It stands in a manual or in every unit: who has one has all.',
    cwe: 'CWE-1392',
    repair: 'Make credentials per unit at first start, and refuse to run with none.',
    requirements: ['SR-AUTHN-3'],
    look: (view) => [
      ...tagged(view, 'defaultpassword', 'defaultcredentials', 'hardcodedpassword', 'builtinpassword').map(
        (element) => found(`${element.title} has a default or built-in credential.`, element.id),
      ),
      ...byAnswer(
        view,
        [...new Set([...usedByPeople(view), ...reachedFromOutside(view)])],
        'authn.no-default-secret',
        {
          no: (title) => `${title} is shipped with a default or built-in credential.`,
          ask: (title) => `Is every credential of ${title} unique to the unit?`,
        },
      ),
    ],
  },
  {
    id: 'remote-log-in-has-one-factor',
    group: 'known-bad practice',
    title: 'Remote log-in with a password alone',
    why: 'One phished password opens it.',
    cwe: 'CWE-308',
    repair: 'Ask for a second factor of another kind.',
    requirements: ['SR-AUTHN-2'],
    look: (view) =>
      byAnswer(
        view,
        inScope(view).filter((element) =>
          view.into(element.id).some(({ from, crosses }) => from?.kind === 'actor' && crosses),
        ),
        'authn.mfa-remote',
        {
          no: (title) => `${title} opens to a password alone from another zone.`,
          ask: (title) => `Does a remote or privileged log-in to ${title} need a second factor?`,
        },
      ),
  },
  {
    id: 'process-runs-as-administrator',
    group: 'least privilege',
    title: 'Network-facing process with administrator rights',
    why: 'Its takeover is the takeover of the whole computer.',
    cwe: 'CWE-250',
    repair: 'Give it an account of its own with the rights of its interface, and drop the rest at start.',
    requirements: ['SR-AUTHZ-2'],
    look: (view) => [
      ...tagged(view, 'root', 'administrator', 'runsasroot', 'localsystem').map((element) =>
        found(`${element.title} runs with administrator rights.`, element.id),
      ),
      ...byAnswer(
        view,
        networked(view).filter(({ kind }) => kind === 'process'),
        'authz.least-privilege',
        {
          no: (title) => `${title} holds more rights than it needs.`,
          ask: (title) => `Does ${title} hold only the rights that it needs?`,
        },
      ),
    ],
  },
  {
    id: 'rights-are-checked-on-the-screen',
    group: 'least privilege',
    title: 'Rights enforced by the user interface alone',
    why: 'Requests can be made without the screen.',
    cwe: 'CWE-602',
    repair: 'Decide where the action is executed, by role and object.',
    requirements: ['SR-AUTHZ-1'],
    look: (view) =>
      byAnswer(
        view,
        reachedFromOutside(view).filter((element) =>
          view.into(element.id).some((seen) => carriesAny(seen, 'command', 'parameters', 'config')),
        ),
        'authz.server-side',
        {
          no: (title) => `${title} trusts the caller's screen for rights.`,
          ask: (title) => `Does ${title} authorise each request where it is executed?`,
        },
      ),
  },
];
