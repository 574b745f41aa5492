// Everything that has happened to the record, newest first; a revision opens as a readable difference.
import { NativeSelect } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { HistoryEntry, KindView, RecordView } from '../../kernel/records/contract.ts';
import { Answer } from '../design/Answer.tsx';
import { SidePanel } from '../design/Dialog.tsx';
import { Section } from '../design/PageFrame.tsx';
import { PersonName } from '../design/PersonName.tsx';
import { ProblemNotice } from '../design/ProblemNotice.tsx';
import { RelativeTime } from '../design/RelativeTime.tsx';
import { exactTime } from '../design/time.ts';
import { DifferenceList } from '../forms/DifferenceList.tsx';
import type { Body, Schema } from '../forms/fields.ts';
import { fieldsOf } from '../forms/fields.ts';
import { SchemaBody } from '../forms/SchemaBody.tsx';
import { historyQuery, revisionQuery } from '../queries.ts';
import { useSearchState } from '../search-state.ts';
import { historyWords, reasonOf } from './history-words.ts';

export interface RecordHistoryProps {
  readonly record: RecordView;
  readonly kind: KindView;
}

export function RecordHistory({ record, kind }: RecordHistoryProps) {
  const history = useInfiniteQuery(historyQuery(record.key));
  const [search, set] = useSearchState();
  const entries = history.data?.pages.flatMap((page) => page.items) ?? [];
  const from = numberOf(search.from);
  const shown = numberOf(search.revision) ?? (from === null ? null : record.revision);
  return (
    <Section title="History">
      {history.error ? <ProblemNotice error={history.error} onRetry={() => void history.refetch()} /> : null}
      <ol className="lines" reversed={true}>
        {entries.map((entry) => (
          <Entry
            key={entry.seq}
            entry={entry}
            kind={kind}
            onOpen={(revision) => set({ revision: String(revision), from: undefined })}
          />
        ))}
      </ol>
      {history.hasNextPage ? (
        <button type="button" className="link-button" onClick={() => void history.fetchNextPage()}>
          Show earlier
        </button>
      ) : null}
      {shown !== null && shown <= record.revision ? (
        <RevisionPanel
          record={record}
          kind={kind}
          revision={shown}
          against={from}
          onAgainst={(other) => set({ revision: String(shown), from: String(other) })}
          onClose={() => set({ revision: undefined, from: undefined })}
        />
      ) : null}
    </Section>
  );
}

function Entry({
  entry,
  kind,
  onOpen,
}: {
  readonly entry: HistoryEntry;
  readonly kind: KindView;
  readonly onOpen: (revision: number) => void;
}) {
  const words = historyWords(entry, kind);
  const isRevision = entry.action === 'record.created' || entry.action === 'record.edited';
  const reason = reasonOf(entry);
  return (
    <li>
      <div className="row" style={{ alignItems: 'baseline' }}>
        {isRevision ? (
          <button type="button" className="link-button" onClick={() => onOpen(entry.revision ?? 1)}>
            {words}
          </button>
        ) : (
          <span>{words}</span>
        )}
        <span className="grow muted small" style={{ textAlign: 'right' }}>
          <PersonName person={entry.actor} /> · <RelativeTime at={entry.at} />
        </span>
      </div>
      {reason ? <p className="muted">{reason}</p> : null}
    </li>
  );
}

function RevisionPanel({
  record,
  kind,
  revision,
  against,
  onAgainst,
  onClose,
}: RecordHistoryProps & {
  readonly revision: number;
  readonly against: number | null;
  readonly onAgainst: (revision: number) => void;
  readonly onClose: () => void;
}) {
  const answer = useQuery(revisionQuery(record.key, revision, against ?? undefined));
  return (
    <SidePanel title={`${record.key} revision ${revision}`} opened={true} onClose={onClose} size="lg">
      <Answer query={answer}>
        {(found) => (
          <div className="stack">
            <p className="muted small">
              <PersonName person={found.author} /> · {exactTime(found.at)} ·{' '}
              <code title={found.hash}>{found.hash.slice(0, 12)}…</code>
            </p>
            {found.reason ? <p>{found.reason}</p> : null}
            {found.against === null ? (
              <SchemaBody fields={fieldsOf(kind.schema as Schema)} body={found.body as Body} />
            ) : (
              <>
                <NativeSelect
                  label="Compared with"
                  className="form__short"
                  value={String(found.against)}
                  onChange={(event) => onAgainst(Number(event.currentTarget.value))}
                  data={others(revision, record.revision).map((one) => ({
                    value: String(one),
                    label: `Revision ${one}`,
                  }))}
                />
                <DifferenceList differences={found.differences} />
              </>
            )}
          </div>
        )}
      </Answer>
    </SidePanel>
  );
}

// A choice of more would not be read; the address takes any revision.
const MOST = 200;

function others(revision: number, last: number): readonly number[] {
  const first = Math.max(1, last - MOST);
  return Array.from({ length: last - first + 1 }, (_, index) => last - index).filter(
    (one) => one !== revision,
  );
}

function numberOf(text: string | undefined): number | null {
  return text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
}
