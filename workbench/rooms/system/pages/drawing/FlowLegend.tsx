// The names of numbered flows: the same content as the lines, for readers and for print.
import type { SystemModel } from '../../metamodel.ts';
import { LABELS_UP_TO, titleOf } from './model-words.ts';

export interface FlowLegendProps {
  readonly model: SystemModel;
  readonly selection: ReadonlySet<string>;
  readonly onPick: (id: string) => void;
  /** Open from the beginning. */
  readonly open?: boolean;
}

/** Nothing where the lines carry their names themselves. */
export function FlowLegend({ model, selection, onPick, open }: FlowLegendProps) {
  if (model.flows.length <= LABELS_UP_TO) return null;
  return (
    <details className="legend" open={open}>
      <summary>
        Flows by number <span className="muted">({model.flows.length})</span>
      </summary>
      <ol className="legend__list">
        {model.flows.map((flow, at) => (
          <li key={flow.id} aria-current={selection.has(flow.id) ? 'true' : undefined}>
            <span className="legend__number">{at + 1}</span>
            <button type="button" className="link-button" onClick={() => onPick(flow.id)}>
              {flow.title}
            </button>{' '}
            <span className="muted small">
              {titleOf(model, flow.from)} → {titleOf(model, flow.to)}
              {flow.protocol.length > 0 ? ` · ${flow.protocol.join(', ')}` : ' · no protocol'}
            </span>
          </li>
        ))}
      </ol>
    </details>
  );
}
