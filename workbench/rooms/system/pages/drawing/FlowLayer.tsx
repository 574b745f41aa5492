// All flows in one picture above the zones: panning and zooming draw nothing anew.
import { memo } from 'react';
import type { Flow } from '../../metamodel.ts';
import { flowLabel, LABELS_UP_TO } from './model-words.ts';
import type { Mark } from './nodes.ts';
import type { Routed } from './route-flows.ts';

export type FlowState = 'open' | 'assumed' | 'guarded';

export interface FlowLayerProps {
  readonly flows: readonly Flow[];
  readonly routes: readonly Routed[];
  readonly selection: ReadonlySet<string>;
  readonly marks: Readonly<Record<string, Mark>>;
  /** Place on the way and state, of the flows that are shown; null when nothing is. */
  readonly lit: ReadonlyMap<string, { readonly step: number; readonly state: FlowState }> | null;
  readonly onPick: (id: string, more: boolean) => void;
}

export const FlowLayer = memo(function FlowLayer(props: FlowLayerProps) {
  const { flows, routes, selection, marks, lit, onPick } = props;
  const byId = new Map(flows.map((flow, at) => [flow.id, { flow, number: at + 1 }]));
  const numbered = flows.length > LABELS_UP_TO;
  return (
    <svg className="df" width="1" height="1" aria-hidden="true">
      <defs>
        {(['plain', 'selected', 'open', 'assumed', 'guarded'] as const).map((name) => (
          <marker
            key={name}
            id={`df-${name}`}
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="8"
            markerHeight="8"
            markerUnits="userSpaceOnUse"
            orient="auto"
          >
            <path d="M0 0L8 4L0 8Z" className={`df__head df__head--${name}`} />
          </marker>
        ))}
      </defs>
      {routes.map((route) => {
        const entry = byId.get(route.id);
        if (!entry) return null;
        const shown = lit?.get(route.id);
        return (
          <FlowLine
            key={route.id}
            flow={entry.flow}
            number={numbered ? entry.number : null}
            path={route.path}
            x={route.x}
            y={route.y}
            selected={selection.has(route.id)}
            mark={marks[route.id]}
            step={shown?.step ?? null}
            state={shown?.state ?? null}
            dim={lit !== null && shown === undefined}
            onPick={onPick}
          />
        );
      })}
    </svg>
  );
});

interface FlowLineProps {
  readonly flow: Flow;
  readonly number: number | null;
  readonly path: string;
  readonly x: number;
  readonly y: number;
  readonly selected: boolean;
  readonly mark: Mark | undefined;
  readonly step: number | null;
  readonly state: FlowState | null;
  readonly dim: boolean;
  readonly onPick: (id: string, more: boolean) => void;
}

const FlowLine = memo(function FlowLine(props: FlowLineProps) {
  const { flow, number, path, x, y, selected, mark, step, state, dim, onPick } = props;
  const loose = flow.from === '' || flow.to === '';
  const head = selected ? 'selected' : (state ?? 'plain');
  const words = step === null ? (number === null ? flowLabel(flow) : String(number)) : String(step);
  const round = step !== null || number !== null;
  const sign = mark === undefined ? '' : { added: '+ ', removed: '− ', changed: '~ ', moved: '→ ' }[mark];
  return (
    // The keyboard reaches flows from their elements, by search and by the legend.
    <g
      className={`df__flow${selected ? ' df__flow--selected' : ''}${dim ? ' df__flow--dim' : ''}${state ? ` df__flow--${state}` : ''}${mark ? ` df__flow--${mark}` : ''}${loose ? ' df__flow--loose' : ''}`}
      data-flow={flow.id}
      onClick={(event) => {
        event.stopPropagation();
        onPick(flow.id, event.shiftKey || event.ctrlKey || event.metaKey);
      }}
    >
      <title>{flow.title}</title>
      <path d={path} className="df__hit" />
      <path d={path} className="df__line" markerEnd={`url(#df-${head})`} />
      {round ? <circle cx={x} cy={y} r={words.length > 2 ? 11 : 9} className="df__disc" /> : null}
      <text x={x} y={y} className={round ? 'df__number' : 'df__label'}>
        {sign}
        {words}
      </text>
    </g>
  );
});
