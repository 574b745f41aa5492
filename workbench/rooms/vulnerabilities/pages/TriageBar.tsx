// What can be done with chosen findings: judge them together, sign what waits for a signature. By button or by key.
import { Button, Kbd } from '@mantine/core';
import { useState } from 'react';
import { useActions } from '../../../web/actions/action.ts';
import { showProblem } from '../../../web/design/toasts.ts';
import type { FindingView } from '../api.ts';
import { AssessManyDialog } from './AssessManyDialog.tsx';
import { SignManyDialog } from './SignManyDialog.tsx';

export interface TriageBarProps {
  /** `groups with 12 findings`; null where the rows are findings themselves. */
  readonly what: string | null;
  /** The findings that are chosen, with all that belong to chosen groups. */
  readonly load: () => Promise<readonly FindingView[]>;
  readonly onDone: () => void;
}

export function TriageBar({ what, load, onDone }: TriageBarProps) {
  const [open, setOpen] = useState<{
    readonly act: 'assess' | 'sign';
    readonly findings: readonly FindingView[];
  } | null>(null);
  const [busy, setBusy] = useState(false);
  const begin = async (act: 'assess' | 'sign') => {
    if (busy) return;
    setBusy(true);
    try {
      setOpen({ act, findings: await load() });
    } catch (error) {
      showProblem(error);
    } finally {
      setBusy(false);
    }
  };
  useActions([
    {
      id: 'findings.assess',
      name: 'Assess the chosen findings',
      keys: 'a',
      section: 'Findings',
      perform: () => void begin('assess'),
    },
    {
      id: 'findings.sign',
      name: 'Sign what waits among the chosen',
      keys: 's',
      section: 'Findings',
      perform: () => void begin('sign'),
    },
  ]);
  const close = (done: boolean) => {
    setOpen(null);
    if (done) onDone();
  };
  return (
    <>
      {what ? <span className="muted small">{what}</span> : null}
      <Button onClick={() => void begin('assess')} loading={busy}>
        Assess… <Kbd size="xs">A</Kbd>
      </Button>
      <Button onClick={() => void begin('sign')} disabled={busy}>
        Sign… <Kbd size="xs">S</Kbd>
      </Button>
      {open?.act === 'assess' ? <AssessManyDialog findings={open.findings} onClose={close} /> : null}
      {open?.act === 'sign' ? <SignManyDialog findings={open.findings} onClose={close} /> : null}
    </>
  );
}
