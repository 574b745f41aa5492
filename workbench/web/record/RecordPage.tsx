// One record: what it says, what can be done with it, what hangs on it, what was said and what has happened.
import { IconCopy, IconEdit, IconLink } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { ActionView, KindView, RecordView } from '../../kernel/records/contract.ts';
import { ActionButton } from '../actions/ActionButton.tsx';
import { useActions } from '../actions/action.ts';
import { AppLink } from '../design/AppLink.tsx';
import { copyText } from '../design/CopyField.tsx';
import { Loading } from '../design/Loading.tsx';
import { PageFrame, Section } from '../design/PageFrame.tsx';
import { PersonName } from '../design/PersonName.tsx';
import { ProblemNotice } from '../design/ProblemNotice.tsx';
import { RecordState } from '../design/RecordState.tsx';
import { RelativeTime } from '../design/RelativeTime.tsx';
import type { Body, Schema } from '../forms/fields.ts';
import { fieldsOf } from '../forms/fields.ts';
import { SchemaBody } from '../forms/SchemaBody.tsx';
import { recordQuery, useKind } from '../queries.ts';
import { useSearchState } from '../search-state.ts';
import { EditRecord } from './EditRecord.tsx';
import { KindPanels } from './KindPanels.tsx';
import { LinkDialog } from './LinkDialog.tsx';
import { RecordComments } from './RecordComments.tsx';
import { RecordHistory } from './RecordHistory.tsx';
import { RecordLinks } from './RecordLinks.tsx';
import { RecordSignatures } from './RecordSignatures.tsx';
import { RecordSteps } from './RecordSteps.tsx';
import { StepDialog } from './StepDialog.tsx';
import './record.css';

export function Page() {
  const { key } = useParams({ strict: false }) as { key: string };
  const record = useQuery(recordQuery(key));
  const kind = useKind(record.data?.kind);
  if (record.data && kind) return <Loaded key={record.data.id} record={record.data} kind={kind} />;
  return (
    <PageFrame title={key}>
      {record.error ? (
        <ProblemNotice error={record.error} onRetry={() => void record.refetch()} />
      ) : (
        <Loading lines={12} label={`Loading ${key}`} />
      )}
    </PageFrame>
  );
}

function Loaded({ record, kind }: { readonly record: RecordView; readonly kind: KindView }) {
  const [search, set] = useSearchState();
  const [step, setStep] = useState<ActionView | null>(null);
  const [linking, setLinking] = useState(false);
  const fields = useMemo(() => fieldsOf(kind.schema as Schema), [kind]);
  const editing = search.edit !== undefined && record.mayEdit;
  const startEdit = () => set({ edit: '1' });
  const edit = {
    id: 'record.edit',
    name: 'Edit',
    keys: 'e',
    section: 'This record',
    icon: IconEdit,
    visibleWhen: () => record.mayEdit && !editing,
    perform: startEdit,
  };
  const link = {
    id: 'record.link',
    name: 'Link',
    keys: 'l',
    section: 'This record',
    icon: IconLink,
    visibleWhen: () => record.mayLink && !editing,
    perform: () => setLinking(true),
  };
  const copy = {
    id: 'record.copy-link',
    name: 'Copy link to this view',
    section: 'This record',
    icon: IconCopy,
    perform: () => void copyText(location.href),
  };
  // A signature that is waiting for the reader comes first; turning back is never the primary action, and ending it neither.
  const ends = (action: ActionView) =>
    kind.states.find(({ id }) => id === action.to)?.tone === 'ended' && action.signature === null;
  const steps = record.actions
    .filter((action) => action.allowed)
    .sort(
      (a, b) =>
        Number(b.signature !== null) - Number(a.signature !== null) || Number(ends(a)) - Number(ends(b)),
    )
    .map((action) => ({
      id: `record.step.${action.id}`,
      name: action.title,
      section: 'This record',
      visibleWhen: () => !editing,
      perform: () => setStep(action),
    }));
  useActions([edit, link, copy, ...steps]);
  const first = record.actions.find((action) => `record.step.${action.id}` === steps[0]?.id);
  const primary = first === undefined || ends(first) ? undefined : steps[0];
  const others = primary === undefined ? steps : steps.slice(1);
  return (
    <PageFrame
      title={record.title}
      state={<RecordState kind={kind} state={record.state} />}
      meta={<Meta record={record} kind={kind} onCopy={copy.perform} />}
      primary={primary ? <ActionButton action={primary} primary={true} /> : null}
      actions={
        <>
          <ActionButton action={link} />
          <ActionButton action={edit} />
          {others.map((action) => (
            <ActionButton key={action.id} action={action} />
          ))}
        </>
      }
    >
      <div className="columns">
        <div>
          {editing ? (
            <Section title="Edit">
              <EditRecord
                record={record}
                kind={kind}
                fields={fields}
                onDone={() => set({ edit: undefined })}
              />
            </Section>
          ) : (
            <Section title={kind.title}>
              <SchemaBody fields={fields} body={record.body as Body} without={[kind.titleField]} />
            </Section>
          )}
          {editing ? null : <KindPanels record={record} />}
          <RecordComments record={record} />
          <RecordHistory record={record} kind={kind} />
        </div>
        <aside aria-label="What hangs on it">
          <RecordSteps record={record} />
          <RecordLinks record={record} />
          <RecordSignatures record={record} />
        </aside>
      </div>
      {step ? <StepDialog record={record} kind={kind} action={step} onClose={() => setStep(null)} /> : null}
      {linking ? <LinkDialog record={record} kind={kind} onClose={() => setLinking(false)} /> : null}
    </PageFrame>
  );
}

function Meta({
  record,
  kind,
  onCopy,
}: {
  readonly record: RecordView;
  readonly kind: KindView;
  readonly onCopy: () => void;
}) {
  return (
    <>
      <span>
        <span className="code">{record.key}</span>
        <button
          type="button"
          className="icon-button"
          aria-label={`Copy link to ${record.key}`}
          onClick={onCopy}
        >
          <IconCopy size={14} aria-hidden="true" />
        </button>
      </span>
      <AppLink to={`/records/${kind.kind}`}>{kind.plural}</AppLink>
      {record.productTitle === null ? null : <span>{record.productTitle}</span>}
      <span>Revision {record.revision}</span>
      <span>
        By <PersonName person={record.author} />
      </span>
      <span>
        Changed <RelativeTime at={record.updatedAt} />
      </span>
    </>
  );
}
