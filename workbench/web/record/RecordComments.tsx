import { Button, Textarea } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { RecordView } from '../../kernel/records/contract.ts';
import { recordsClient } from '../client.ts';
import { Section } from '../design/PageFrame.tsx';
import { PersonName } from '../design/PersonName.tsx';
import { ProblemNotice } from '../design/ProblemNotice.tsx';
import { RelativeTime } from '../design/RelativeTime.tsx';
import { historyQuery, refreshRecords } from '../queries.ts';
import { useRequest } from '../use-request.ts';

/** What people said about the record, oldest first; comments cannot be changed afterwards. */
export function RecordComments({ record }: { readonly record: RecordView }) {
  const history = useInfiniteQuery(historyQuery(record.key));
  const comments = (history.data?.pages ?? [])
    .flatMap((page) => page.items)
    .filter((entry) => entry.action === 'comment.made')
    .reverse();
  return (
    <Section title="Comments">
      {comments.length === 0 ? <p className="muted">Nobody has said anything yet.</p> : null}
      <ul className="lines">
        {comments.map((comment) => (
          <li key={comment.seq}>
            <p className="small muted">
              <PersonName person={comment.actor} /> · <RelativeTime at={comment.at} />
            </p>
            <p className="said">{String(comment.content.text ?? '')}</p>
          </li>
        ))}
      </ul>
      {record.mayComment ? <Composer record={record} /> : null}
    </Section>
  );
}

function Composer({ record }: { readonly record: RecordView }) {
  const [text, setText] = useState('');
  const { busy, error, run } = useRequest();
  const say = () =>
    run(async () => {
      await recordsClient.records[':key'].comments.$post({
        param: { key: record.key },
        json: { text: text.trim() },
      });
      setText('');
      await refreshRecords();
    });
  return (
    <div className="stack composer">
      <Textarea
        label="Add a comment"
        rows={2}
        maxLength={10_000}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && text.trim() !== '') void say();
        }}
      />
      {error ? <ProblemNotice error={error} /> : null}
      <div>
        <Button loading={busy} disabled={text.trim() === ''} onClick={() => void say()}>
          Comment
        </Button>
      </div>
    </div>
  );
}
