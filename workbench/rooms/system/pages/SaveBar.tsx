// How the work stands, and saving it as one new revision.
import { Button } from '@mantine/core';
import { IconDeviceFloppy } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { ActionButton } from '../../../web/actions/ActionButton.tsx';
import { useActions } from '../../../web/actions/action.ts';
import { ConfirmDialog } from '../../../web/design/ConfirmDialog.tsx';
import { Dialog, DialogFoot } from '../../../web/design/Dialog.tsx';
import { Notice, ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { ReasonField } from '../../../web/design/ReasonField.tsx';
import { RelativeTime } from '../../../web/design/RelativeTime.tsx';
import { MergeDialog } from './MergeDialog.tsx';
import type { ModelEditor } from './use-model-editor.ts';

const SECTION = 'This model';

export function SaveActions({ editor }: { readonly editor: ModelEditor }) {
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState('');
  const [discarding, setDiscarding] = useState(false);
  const press = () => {
    if (!editor.dirty || editor.saving) return;
    if (editor.needsReason) setAsking(true);
    else void editor.save();
  };
  const save = {
    id: 'model.save',
    name: editor.saving ? 'Saving…' : 'Save',
    keys: 'mod+s',
    section: SECTION,
    icon: IconDeviceFloppy,
    visibleWhen: () => editor.mayEdit,
    perform: press,
  };
  useActions([
    save,
    {
      id: 'model.undo',
      name: 'Undo',
      keys: 'mod+z',
      section: SECTION,
      visibleWhen: () => editor.mayEdit,
      perform: editor.undo,
    },
    {
      id: 'model.redo',
      name: 'Do again',
      keys: 'mod+y',
      section: SECTION,
      visibleWhen: () => editor.mayEdit,
      perform: editor.redo,
    },
  ]);
  const latest = useRef(editor);
  latest.current = editor;
  useEffect(() => {
    // Ctrl Shift Z is how many people know it; the house's keys do not tell Shift apart.
    const listen = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || !event.shiftKey || event.key.toLowerCase() !== 'z') return;
      event.preventDefault();
      if (latest.current.mayEdit) latest.current.redo();
    };
    window.addEventListener('keydown', listen, true);
    return () => window.removeEventListener('keydown', listen, true);
  }, []);
  if (!editor.mayEdit) return null;
  return (
    <>
      <span className="save-state muted small" role="status">
        {editor.saving
          ? 'Saving…'
          : editor.dirty
            ? 'Not saved; kept as a draft'
            : `Revision ${editor.revision}`}
      </span>
      {editor.dirty ? <Button onClick={() => setDiscarding(true)}>Throw away</Button> : null}
      <ActionButton action={save} primary={true} />
      <Dialog title="Why is it changed?" opened={asking} onClose={() => setAsking(false)}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (reason.trim() === '') return;
            setAsking(false);
            void editor.save(reason);
          }}
        >
          <ReasonField
            label="Reason for the change"
            description="The model is approved: it goes back to draft, and the reason stays with its history."
            first={true}
            value={reason}
            onChange={setReason}
          />
          <DialogFoot>
            <Button onClick={() => setAsking(false)}>Cancel</Button>
            <Button type="submit" variant="filled" disabled={reason.trim() === ''}>
              Save revision {editor.revision + 1}
            </Button>
          </DialogFoot>
        </form>
      </Dialog>
      <ConfirmDialog
        title="Throw the changes away?"
        verb="Throw away"
        danger={true}
        opened={discarding}
        onClose={() => setDiscarding(false)}
        onConfirm={async () => editor.discard()}
      >
        <p>
          The model is again as revision {editor.record.revision} says. Where things stand on the drawing
          stays.
        </p>
      </ConfirmDialog>
    </>
  );
}

export function SaveNotices({ editor }: { readonly editor: ModelEditor }) {
  return (
    <>
      {editor.error ? <ProblemNotice error={editor.error} onRetry={() => void editor.save()} /> : null}
      {editor.draftFrom === null ? null : (
        <Notice title="Your draft was kept" tone="plain">
          <p>
            From <RelativeTime at={editor.draftFrom} />, in this browser only, until you save.
          </p>
        </Notice>
      )}
      {editor.draftLost ? (
        <Notice title="This browser does not keep the draft">
          <p>The model is too large for it, or it does not allow it. Save before you leave the page.</p>
        </Notice>
      ) : null}
      {editor.newer === null ? null : (
        <Notice
          title={`${editor.record.updatedBy?.name ?? 'Somebody'} saved revision ${editor.newer}`}
          action={<Button onClick={() => void editor.mergeNow()}>Put mine on top</Button>}
        >
          <p>
            You are working on revision {editor.revision}. Nothing of yours is lost: both are put together.
          </p>
        </Notice>
      )}
      {editor.openMerge ? <MergeDialog editor={editor} open={editor.openMerge} /> : null}
    </>
  );
}
