// What the rules say since somebody last accepted it: shown, and accepted as a whole or one by one.
import { Button, Checkbox } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Answer } from '../../../web/design/Answer.tsx';
import { Notice, ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { RelativeTime } from '../../../web/design/RelativeTime.tsx';
import { showToast } from '../../../web/design/toasts.ts';
import { useRequest } from '../../../web/use-request.ts';
import type { ChangeView, ModelHead } from '../views.ts';
import { ChangeCells } from './ChangeCells.tsx';
import { differenceWords } from './threat-words.ts';
import { acceptChanges, differenceQuery, refreshThreats } from './threats-queries.ts';

type Counts = Readonly<Record<'new' | 'gone' | 'changed', number>>;

export function DifferencePanel({
  model,
  counts,
  all,
}: {
  readonly model: ModelHead;
  readonly counts: Counts;
  /** How many results there are. */
  readonly all: number;
}) {
  const acceptedBefore = counts.new < all || counts.gone > 0;
  const [shown, setShown] = useState(false);
  const { busy, error, run } = useRequest();
  const words = differenceWords(counts);
  if (words === '') return null;
  const accept = (
    seen: { readonly revision: number; readonly rules: string },
    items: readonly ChangeView[] | null,
  ) =>
    run(async () => {
      // Refused or not, what is shown is asked for again: somebody else may have accepted it.
      const done = await acceptChanges(model.key, seen, items).finally(refreshThreats);
      const parts = [
        done.created.length > 0 ? `${done.created.length} threats recorded` : '',
        done.reopened.length > 0 ? `${done.reopened.length} raised again` : '',
        done.gone.length > 0 ? `${done.gone.length} no longer raised` : '',
      ].filter(Boolean);
      showToast(`Accepted. ${parts.length === 0 ? 'No threat record changed.' : `${parts.join(', ')}.`}`);
    });
  return (
    <div className="difference">
      <Notice
        title={
          acceptedBefore
            ? `${words} since the results were last accepted`
            : `${counts.new} results wait to be accepted for the first time`
        }
        action={
          <span className="row">
            <Button onClick={() => setShown(!shown)} aria-expanded={shown}>
              {shown ? 'Hide' : 'Show'}
            </Button>
            {model.mayAccept ? (
              <Button variant="filled" loading={busy} onClick={() => void accept(model, null)}>
                Accept all
              </Button>
            ) : null}
          </span>
        }
      >
        <p>
          Accepting records what is raised as threats and marks what is gone. Decisions of people stay; where
          their premises moved they wait to be looked at.
        </p>
      </Notice>
      {error ? <ProblemNotice error={error} /> : null}
      {shown ? <Changes model={model} busy={busy} onAccept={accept} /> : null}
    </div>
  );
}

/** What becomes a threat, or is one no longer, before what merely waits for an answer. */
function raisedFirst(items: readonly ChangeView[]): ChangeView[] {
  const rank = ({ now, before }: ChangeView) => (now === 'raised' ? 0 : before === 'raised' ? 1 : 2);
  return [...items].sort((a, b) => rank(a) - rank(b));
}

const CHANGE_WORDS = { new: 'New', gone: 'Gone', changed: 'Changed' } as const;
/** More than a person reads; the rest is accepted with everything. */
const MOST = 500;

function Changes({
  model,
  busy,
  onAccept,
}: {
  readonly model: ModelHead;
  readonly busy: boolean;
  readonly onAccept: (
    seen: { readonly revision: number; readonly rules: string },
    items: readonly ChangeView[] | null,
  ) => Promise<void>;
}) {
  const query = useQuery(differenceQuery(model.key));
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  return (
    <Answer query={query} lines={6}>
      {(difference) => {
        const id = ({ rule, target }: ChangeView) => `${rule} ${target}`;
        const some = difference.items.filter((item) => chosen.has(id(item)));
        return (
          <section aria-label="What changed">
            <p className="muted small row">
              {difference.acceptedAt === null ? (
                'Nobody has accepted results of this model yet.'
              ) : (
                <span>
                  Last accepted by {difference.acceptedBy}, <RelativeTime at={difference.acceptedAt} />.
                </span>
              )}
              {model.mayAccept && some.length > 0 ? (
                <Button
                  loading={busy}
                  onClick={() => void onAccept(difference.model, some).then(() => setChosen(new Set()))}
                >
                  Accept {some.length} selected
                </Button>
              ) : null}
            </p>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard */}
            <div className="scroll-table threat-changes" tabIndex={0}>
              <table>
                <thead>
                  <tr>
                    <th scope="col">
                      <span className="unseen">Select</span>
                    </th>
                    <th scope="col">Change</th>
                    <th scope="col">Threat</th>
                    <th scope="col">Place</th>
                    <th scope="col">Before → now</th>
                    <th scope="col">Why</th>
                  </tr>
                </thead>
                <tbody>
                  {raisedFirst(difference.items)
                    .slice(0, MOST)
                    .map((item) => (
                      <tr key={id(item)}>
                        <td>
                          <Checkbox
                            aria-label={`Select ${item.title} at ${item.targetTitle}`}
                            checked={chosen.has(id(item))}
                            onChange={(event) => {
                              const next = new Set(chosen);
                              if (event.currentTarget.checked) next.add(id(item));
                              else next.delete(id(item));
                              setChosen(next);
                            }}
                          />
                        </td>
                        <td>{CHANGE_WORDS[item.change]}</td>
                        <ChangeCells item={item} />
                        <td className="small">{item.why.join('; ')}</td>
                      </tr>
                    ))}
                </tbody>
              </table>
            </div>
            {difference.items.length > MOST ? (
              <p className="muted small">And {difference.items.length - MOST} more.</p>
            ) : null}
          </section>
        );
      }}
    </Answer>
  );
}
