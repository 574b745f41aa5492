// Updates and the platform under them.
import type { Practice } from '../contract.ts';
import { UNSUPPORTED } from '../words.ts';
import { byAnswer, carriesAny, found, tagged } from './look.ts';

export const UPDATE: readonly Practice[] = [
  {
    id: 'update-is-not-authenticated',
    group: 'known-bad practice',
    title: 'Update without authentication',
    why: 'Whoever can send an update can replace the program.',
    cwe: 'CWE-494',
    repair: 'Verify a signature with a threshold of offline keys on the unit before anything is installed.',
    requirements: ['SR-UPD-1'],
    look: (view) => {
      const updaters = tagged(view, 'updater', 'update', 'updateagent', 'bootloader');
      const receivers = view.flows
        .filter((seen) => carriesAny(seen, 'software') && seen.to !== undefined && seen.network)
        .flatMap(({ to }) => (to && to.kind === 'process' ? [to] : []));
      return byAnswer(view, [...new Set([...updaters, ...receivers])], 'upd.signed', {
        no: (title) => `${title} installs updates without verifying a signature.`,
        ask: (title) => `Does ${title} verify the signature of each update?`,
      });
    },
  },
  {
    id: 'old-version-can-be-installed',
    group: 'known-bad practice',
    title: 'Rollback to a vulnerable version',
    why: 'A genuine old version brings its repaired flaws back.',
    cwe: 'CWE-1328',
    repair: 'Keep a counter that only rises, and refuse what is older.',
    requirements: ['SR-UPD-2'],
    look: (view) =>
      byAnswer(view, tagged(view, 'updater', 'bootloader'), 'upd.no-rollback', {
        no: (title) => `${title} installs older versions.`,
        ask: (title) => `Does ${title} refuse versions older than the installed one?`,
      }),
  },
  {
    id: 'platform-is-out-of-support',
    group: 'known-bad practice',
    title: 'Platform out of support',
    why: 'Its next flaw will not be repaired.',
    cwe: 'CWE-1104',
    repair: 'Move to a supported platform, or plan its isolation until then and declare it to customers.',
    requirements: ['SR-OS-1', 'SR-SUP-1'],
    look: (view) => [
      ...view.model.elements.flatMap((element) =>
        view
          .techWords(element)
          .filter((word) => UNSUPPORTED.has(word))
          .map((word) =>
            found(`${element.title} runs on ${word}, which gets no security updates.`, element.id),
          ),
      ),
      ...byAnswer(view, tagged(view, 'runsos'), 'os.supported', {
        no: (title) => `The platform of ${title} is not supported for the service life.`,
        ask: (title) => `Is the platform of ${title} supported for the declared service life?`,
      }),
    ],
  },
];
