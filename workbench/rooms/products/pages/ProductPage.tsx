// One product: what it is, its releases and plan, and the way to everything that hangs on it.
import { IconEdit, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { RecordView } from '../../../kernel/records/contract.ts';
import { ActionButton } from '../../../web/actions/ActionButton.tsx';
import { useActions } from '../../../web/actions/action.ts';
import { Answer } from '../../../web/design/Answer.tsx';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { KeyLink } from '../../../web/design/KeyLink.tsx';
import { Loading } from '../../../web/design/Loading.tsx';
import { PageFrame, Section } from '../../../web/design/PageFrame.tsx';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { RecordState } from '../../../web/design/RecordState.tsx';
import { RelativeTime } from '../../../web/design/RelativeTime.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import type { Body, Schema } from '../../../web/forms/fields.ts';
import { fieldsOf } from '../../../web/forms/fields.ts';
import { SchemaBody } from '../../../web/forms/SchemaBody.tsx';
import { fewRecordsQuery, recordQuery, useKind } from '../../../web/queries.ts';
import { mayCreate, useMe } from '../../../web/session.ts';
import { useGo } from '../../../web/use-go.ts';
import { ProductRecords } from './ProductRecords.tsx';
import { ReleaseTable } from './ReleaseTable.tsx';

export function Page() {
  const { key } = useParams({ strict: false }) as { key: string };
  const record = useQuery(recordQuery(key));
  if (record.data?.kind === 'product') return <Loaded key={record.data.id} product={record.data} />;
  return (
    <PageFrame title={key}>
      {record.data ? (
        <EmptyState
          what={`${key} is not a product`}
          why="This address is for products."
          action={<AppLink to={`/r/${key}`}>Open {key}</AppLink>}
        />
      ) : record.error ? (
        <ProblemNotice error={record.error} onRetry={() => void record.refetch()} />
      ) : (
        <Loading lines={12} label={`Loading ${key}`} />
      )}
    </PageFrame>
  );
}

function Loaded({ product }: { readonly product: RecordView }) {
  const me = useMe();
  const go = useGo();
  const kind = useKind('product');
  const releaseKind = useKind('release');
  const fields = useMemo(() => (kind ? fieldsOf(kind.schema as Schema) : []), [kind]);
  const add = {
    id: 'product.new-release',
    name: 'New release',
    keys: 'n',
    section: 'This product',
    icon: IconPlus,
    visibleWhen: () => releaseKind !== undefined && mayCreate(me, releaseKind, product.id),
    perform: () => go('/new/release', { product: product.id }),
  };
  const edit = {
    id: 'product.edit',
    name: 'Edit',
    keys: 'e',
    section: 'This product',
    icon: IconEdit,
    visibleWhen: () => product.mayEdit,
    perform: () => go(`/r/${product.key}`, { edit: '1' }),
  };
  useActions([add, edit]);
  return (
    <PageFrame
      title={product.title}
      state={<RecordState kind={kind} state={product.state} />}
      meta={
        <>
          {product.body.fictitious === true ? <StateBadge tone="ended">Fictitious example</StateBadge> : null}
          <span className="code">{product.key}</span>
          <AppLink to={`/r/${product.key}`}>Record and history</AppLink>
          <span>
            Changed <RelativeTime at={product.updatedAt} />
          </span>
        </>
      }
      actions={<ActionButton action={edit} />}
      primary={<ActionButton action={add} primary={true} />}
    >
      <Releases product={product} />
      <Plans product={product} />
      <Section title="What it is">
        <SchemaBody fields={fields} body={product.body as Body} without={['name', 'fictitious']} />
      </Section>
      <ProductRecords product={product.id} />
    </PageFrame>
  );
}

function Releases({ product }: { readonly product: RecordView }) {
  const releases = useQuery(fewRecordsQuery({ kind: 'release', product: product.id, sort: 'key' }));
  return (
    <Section title="Releases">
      <Answer query={releases} lines={4}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="muted">
              No release yet. Components, findings and evidence hold for one release at a time.
            </p>
          ) : (
            <ReleaseTable releases={items} />
          )
        }
      </Answer>
    </Section>
  );
}

function Plans({ product }: { readonly product: RecordView }) {
  const me = useMe();
  const kind = useKind('plan');
  const plans = useQuery(fewRecordsQuery({ kind: 'plan', product: product.id }));
  return (
    <Section
      title="Security management plan"
      aside={
        <AppLink to="/risk-file" search={{ product: product.id }}>
          Risk management file
        </AppLink>
      }
    >
      <Answer query={plans} lines={2}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="muted">
              No plan yet (IEC 81001-5-1 4.1.1 asks for one before the work begins).{' '}
              {kind && mayCreate(me, kind, product.id) ? (
                <AppLink to={`/products/${product.key}/plan`}>Write the plan</AppLink>
              ) : null}
            </p>
          ) : (
            <ul className="lines">
              {items.map((item) => (
                <li key={item.id} className="row">
                  <span className="grow">
                    <KeyLink recordKey={item.key} title={item.title} />
                  </span>
                  <RecordState kind={kind} state={item.state} />
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
    </Section>
  );
}
