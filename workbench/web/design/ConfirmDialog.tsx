import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useRequest } from '../use-request.ts';
import { Dialog, DialogFoot } from './Dialog.tsx';
import { ProblemNotice } from './ProblemNotice.tsx';

export interface ConfirmDialogProps {
  readonly title: string;
  /** A verb with its object: `End role`. */
  readonly verb: string;
  readonly opened: boolean;
  readonly onClose: () => void;
  /** The dialog closes when it succeeds and shows the refusal when it does not. */
  readonly onConfirm: () => Promise<unknown>;
  readonly danger?: boolean;
  /** What will happen. */
  readonly children: ReactNode;
}

export function ConfirmDialog(props: ConfirmDialogProps) {
  const { busy, error, run } = useRequest();
  const confirm = () =>
    run(async () => {
      await props.onConfirm();
      props.onClose();
    });
  return (
    <Dialog title={props.title} opened={props.opened} onClose={props.onClose} size="sm">
      <div className="stack">
        <div>{props.children}</div>
        {error ? <ProblemNotice error={error} /> : null}
      </div>
      <DialogFoot>
        <Button data-autofocus="true" onClick={props.onClose}>
          Cancel
        </Button>
        <Button
          variant="filled"
          loading={busy}
          onClick={() => void confirm()}
          {...(props.danger ? { color: 'var(--fg-danger)' } : {})}
        >
          {props.verb}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
