// Two people changed the same: what each of them says, side by side, and a choice for each. Nobody's work is lost.
import { Button } from '@mantine/core';
import { useState } from 'react';
import { Dialog, DialogFoot } from '../../../web/design/Dialog.tsx';
import { titleOf } from './drawing/model-words.ts';
import { fieldWords, valueWords } from './merge-words.ts';
import type { ModelEditor, OpenMerge } from './use-model-editor.ts';

export function MergeDialog({ editor, open }: { readonly editor: ModelEditor; readonly open: OpenMerge }) {
  const [choices, setChoices] = useState<Readonly<Record<string, 'mine' | 'theirs'>>>({});
  const { conflicts } = open.merge;
  const left = conflicts.filter((conflict) => choices[conflict.key] === undefined).length;
  const name = (id: string) => {
    const title = titleOf(open.mine, id);
    return title === id ? titleOf(open.theirs, id) : title;
  };
  return (
    <Dialog title="Both of you changed the same" opened={true} onClose={editor.leaveMerge} size="xl">
      <div className="stack">
        <p>
          {open.by} saved revision {open.revision} while you worked. Everything else of you both is put
          together; here you have to choose.
        </p>
        <ul className="lines">
          {conflicts.map((conflict) => (
            <li key={conflict.key}>
              <fieldset className="conflict">
                <legend>
                  <strong>{conflict.title}</strong> · {fieldWords(conflict.field)}
                </legend>
                <div className="conflict__sides">
                  {(['mine', 'theirs'] as const).map((side) => (
                    <label key={side} className="conflict__side">
                      <input
                        type="radio"
                        name={conflict.key}
                        checked={choices[conflict.key] === side}
                        onChange={() => setChoices({ ...choices, [conflict.key]: side })}
                      />
                      <span>
                        <strong>{side === 'mine' ? 'Yours' : open.by}</strong>
                        <span className="conflict__value">
                          {conflict.field === '' && conflict[side] === undefined
                            ? 'deleted'
                            : valueWords(conflict[side], name)}
                        </span>
                      </span>
                    </label>
                  ))}
                </div>
              </fieldset>
            </li>
          ))}
        </ul>
      </div>
      <DialogFoot>
        <span className="muted grow">{left > 0 ? `${left} to choose` : 'All chosen'}</span>
        <Button onClick={editor.leaveMerge}>Not now; keep my draft</Button>
        <Button
          variant="filled"
          disabled={left > 0}
          loading={editor.saving}
          onClick={() => void editor.resolve(choices)}
        >
          Save revision {open.revision + 1}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
