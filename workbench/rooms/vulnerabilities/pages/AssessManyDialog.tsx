// One judgement for a list of findings: each gets an assessment of its own that somebody else signs. Long lists show how far they
// are, what was refused is named, and the whole can be taken back.
import { Button, Progress } from '@mantine/core';
import type { FormEvent } from 'react';
import { useRef, useState } from 'react';
import { Dialog, DialogFoot } from '../../../web/design/Dialog.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { showProblem, showToast, showUndo } from '../../../web/design/toasts.ts';
import type { FindingView } from '../api.ts';
import type { AssessField, AssessFields } from './assess-form.ts';
import { askedFields, assessBody, assessComplaints, EMPTY } from './assess-form.ts';
import type { ManyDone } from './findings-queries.ts';
import { assessMany, refreshFindings, takeBackMany } from './findings-queries.ts';
import { JudgementFields } from './JudgementFields.tsx';
import { ManyRefused } from './ManyRefused.tsx';

export interface AssessManyProps {
  readonly findings: readonly FindingView[];
  readonly onClose: (done: boolean) => void;
}

export function AssessManyDialog({ findings, onClose }: AssessManyProps) {
  // Those that have an assessment already are edited on their own pages.
  const [open] = useState(() => findings.filter(({ assessment }) => assessment === null));
  const [fields, setFields] = useState<AssessFields>(EMPTY);
  const [left, setLeft] = useState<ReadonlySet<AssessField>>(new Set());
  const [tried, setTried] = useState(false);
  const [progress, setProgress] = useState<number | null>(null);
  const [outcome, setOutcome] = useState<ManyDone | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const complaints = assessComplaints(fields);
  const asked = new Set(askedFields(fields));
  const known = findings.length - open.length;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (progress !== null) return;
    if (complaints.size > 0) {
      setTimeout(() =>
        form.current?.querySelector<HTMLElement>('[aria-invalid="true"], [data-wrong] input')?.focus(),
      );
      return;
    }
    setProgress(0);
    const places = open.map(({ release, vulnerability, place }) => ({
      release: release.key,
      vulnerability,
      place,
    }));
    const made = await assessMany(places, assessBody(fields), setProgress);
    setProgress(null);
    await refreshFindings();
    if (made.done.length > 0) {
      showUndo(
        `${made.done.length} assessments were saved. They count once somebody else has signed them.`,
        () => {
          takeBackMany(made.done)
            .then(async (words) => {
              await refreshFindings();
              showToast(words);
            })
            .catch(showProblem);
        },
      );
    }
    if (made.refused.length === 0) onClose(true);
    else setOutcome(made);
  };
  const close = () => onClose(outcome !== null);
  if (open.length === 0)
    return (
      <Dialog title="Assess findings" opened={true} onClose={close}>
        <EmptyState
          what="All of them are assessed already"
          why="An assessment that is there is edited on the page of its finding, so that its history goes on."
        />
      </Dialog>
    );
  return (
    <Dialog
      title={open.length === 1 ? 'Assess one finding' : `Assess ${open.length.toLocaleString('en')} findings`}
      opened={true}
      onClose={() => (progress === null ? close() : undefined)}
      size="lg"
    >
      <form ref={form} className="stack" noValidate={true} onSubmit={(event) => void submit(event)}>
        <p className="muted">
          {summaryOf(open)}
          {known > 0 ? ` ${known.toLocaleString('en')} more are assessed already and stay as they are.` : ''}{' '}
          The same judgement is written for each; it must be true of each.
        </p>
        {outcome ? (
          <ManyRefused refused={outcome.refused} done={outcome.done.length} />
        ) : (
          <JudgementFields
            fields={fields}
            asked={asked}
            complaint={(field) => (tried || left.has(field) ? complaints.get(field) : undefined)}
            change={(patch) => setFields({ ...fields, ...patch })}
            leave={(field) => setLeft(new Set(left).add(field))}
          />
        )}
        {progress === null ? null : (
          <div role="status">
            <Progress value={(progress / open.length) * 100} aria-label="Findings assessed" />
            <p className="muted small">
              {progress} of {open.length}
            </p>
          </div>
        )}
        <DialogFoot>
          <Button onClick={close} disabled={progress !== null}>
            {outcome ? 'Close' : 'Cancel'}
          </Button>
          {outcome ? null : (
            <Button type="submit" variant="filled" loading={progress !== null}>
              Save {open.length === 1 ? 'assessment' : `${open.length.toLocaleString('en')} assessments`}
            </Button>
          )}
        </DialogFoot>
      </form>
    </Dialog>
  );
}

function summaryOf(findings: readonly FindingView[]): string {
  const count = (what: string, names: readonly string[]) => {
    const different = [...new Set(names)];
    return different.length === 1 ? `${what} ${different[0]}` : `${different.length} ${what}s`;
  };
  const flaws = count(
    'flaw',
    findings.map(({ vulnerability }) => vulnerability),
  );
  const components = count(
    'component',
    findings.map(({ component }) => component),
  );
  const releases = count(
    'release',
    findings.map(({ release }) => release.key),
  );
  return `${flaws.charAt(0).toUpperCase()}${flaws.slice(1)} in ${components}, ${releases}.`;
}
