// All products; a few are shown with their releases, many as a table.
import { IconPackage, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { KindView, RecordSummary } from '../../../kernel/records/contract.ts';
import { ActionButton } from '../../../web/actions/ActionButton.tsx';
import { useActions } from '../../../web/actions/action.ts';
import { DataTable } from '../../../web/data-table/DataTable.tsx';
import { Answer } from '../../../web/design/Answer.tsx';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { PageFrame } from '../../../web/design/PageFrame.tsx';
import { RecordState } from '../../../web/design/RecordState.tsx';
import { fewRecordsQuery, productsQuery, useKind } from '../../../web/queries.ts';
import { recordColumns } from '../../../web/record/record-columns.tsx';
import { mayCreate, useMe } from '../../../web/session.ts';
import { useGo } from '../../../web/use-go.ts';
import { ReleaseTable } from './ReleaseTable.tsx';

// Each release asks two questions of its own; more products than this are a table.
const SHOWN_WHOLE = 8;

export function Page() {
  const me = useMe();
  const go = useGo();
  const kind = useKind('product');
  const products = useQuery(productsQuery);
  const create = {
    id: 'products.new',
    name: 'New product',
    keys: 'n',
    section: 'This list',
    icon: IconPlus,
    visibleWhen: () => kind !== undefined && mayCreate(me, kind, null),
    perform: () => go('/new/product'),
  };
  useActions([create]);
  return (
    <PageFrame
      title="Products"
      meta={<span>What you make and answer for, with the releases that are shipped.</span>}
      primary={<ActionButton action={create} primary={true} />}
    >
      <Answer query={products} lines={10}>
        {({ items }) => {
          if (items.length === 0)
            return (
              <EmptyState
                icon={<IconPackage size={28} aria-hidden="true" />}
                what="No products yet"
                why="Releases, components, threats, risks and documents hang on a product, so it comes first."
                action={
                  <>
                    <ActionButton action={create} />
                    <p className="muted small">Your roles decide which products you see.</p>
                  </>
                }
              />
            );
          if (items.length > SHOWN_WHOLE && kind) return <ManyProducts items={items} kind={kind} />;
          return items.map((item) => <OneProduct key={item.id} product={item} kind={kind} />);
        }}
      </Answer>
    </PageFrame>
  );
}

function ManyProducts({
  items,
  kind,
}: {
  readonly items: readonly RecordSummary[];
  readonly kind: KindView;
}) {
  const go = useGo();
  return (
    <DataTable
      label="Products"
      columns={recordColumns(kind)}
      rows={items}
      rowId={(row) => row.id}
      onOpen={(row) => go(`/products/${row.key}`)}
      empty={null}
    />
  );
}

function OneProduct({
  product,
  kind,
}: {
  readonly product: RecordSummary;
  readonly kind: KindView | undefined;
}) {
  const releases = useQuery(fewRecordsQuery({ kind: 'release', product: product.id, sort: 'key' }));
  return (
    <section className="section" aria-label={product.title}>
      <div className="section__head">
        <h2 className="row">
          <AppLink to={`/products/${product.key}`}>{product.title}</AppLink>
          <RecordState kind={kind} state={product.state} />
        </h2>
        <span className="code muted">{product.key}</span>
      </div>
      <Answer query={releases} lines={4}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="muted">
              No release yet.{' '}
              <AppLink to="/new/release" search={{ product: product.id }}>
                Add the first one
              </AppLink>
              , then give it an SBOM.
            </p>
          ) : (
            <ReleaseTable releases={items} />
          )
        }
      </Answer>
    </section>
  );
}
