// Before a product's packs change: what would be new, gone and changed on each of its models. Nothing is stored until then.
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Answer } from '../../../web/design/Answer.tsx';
import { Dialog, DialogFoot } from '../../../web/design/Dialog.tsx';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { showToast } from '../../../web/design/toasts.ts';
import { productsQuery } from '../../../web/queries.ts';
import { useRequest } from '../../../web/use-request.ts';
import type { PackPreview, RunView } from '../views.ts';
import { ChangeCells } from './ChangeCells.tsx';
import { differenceWords } from './threat-words.ts';
import { choosePacks, previewQuery, refreshThreats, runsQuery } from './threats-queries.ts';

export function PackPreviewDialog({
  product,
  packs,
  onClose,
}: {
  readonly product: string;
  readonly packs: readonly string[];
  readonly onClose: () => void;
}) {
  const products = useQuery(productsQuery).data?.items ?? [];
  const id = products.find((one) => one.key === product)?.id;
  const runs = useQuery(runsQuery);
  const { busy, error, run } = useRequest();
  const confirm = () =>
    run(async () => {
      await choosePacks(product, packs);
      await refreshThreats();
      showToast('The rules in use were changed. What they change waits to be accepted.');
      onClose();
    });
  return (
    <Dialog title="Change the rules in use" opened={true} onClose={onClose} size="lg">
      <div className="stack">
        <p>
          Decisions of people are kept in any case. What is new or gone waits on the page of threats until a
          person accepts it.
        </p>
        <Answer query={runs} lines={4}>
          {(items) => {
            const models = items.filter((one) => one.productId === id);
            if (models.length === 0) return <p className="muted">This product has no system model yet.</p>;
            return models
              .slice(0, 10)
              .map((model) => <OneModel key={model.model} model={model} packs={packs} />);
          }}
        </Answer>
        {error ? <ProblemNotice error={error} /> : null}
      </div>
      <DialogFoot>
        <Button onClick={onClose}>Cancel</Button>
        <Button variant="filled" loading={busy} onClick={() => void confirm()}>
          Use these rules
        </Button>
      </DialogFoot>
    </Dialog>
  );
}

function OneModel({ model, packs }: { readonly model: RunView; readonly packs: readonly string[] }) {
  const preview = useQuery(previewQuery(model.model, packs));
  return (
    <section aria-label={model.title}>
      <h3>
        {model.title} <span className="muted">{model.model}</span>
      </h3>
      <Answer query={preview} lines={3}>
        {(view) => <Figures view={view} />}
      </Answer>
    </section>
  );
}

const MOST = 100;

function Figures({ view }: { readonly view: PackPreview }) {
  const words = differenceWords(view.counts);
  return (
    <>
      <p>
        {words === '' ? 'Nothing changes.' : `${words}.`} Raised {view.before.raised} → {view.after.raised},
        open {view.before.open} → {view.after.open}, answered {view.before.answered} → {view.after.answered}.
      </p>
      {view.items.length === 0 ? null : (
        <details className="more">
          <summary>Show what changes</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard */}
          <div className="scroll-table threat-changes" tabIndex={0}>
            <table>
              <thead>
                <tr>
                  <th scope="col">Change</th>
                  <th scope="col">Threat</th>
                  <th scope="col">Place</th>
                  <th scope="col">Before → then</th>
                </tr>
              </thead>
              <tbody>
                {view.items.slice(0, MOST).map((item) => (
                  <tr key={`${item.rule} ${item.target}`}>
                    <td>{item.change}</td>
                    <ChangeCells item={item} />
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {view.items.length > MOST ? (
            <p className="muted small">And {view.items.length - MOST} more.</p>
          ) : null}
        </details>
      )}
    </>
  );
}
