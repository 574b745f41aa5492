// The drawing of a model to look at: for attack paths, risks, differences. The same shapes as in the editor; nothing changes here.
// It brings the drawing library with it, so load it when it is shown: `lazy(() => import('…/SystemDrawing.tsx'))`.
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { Layout } from '../../layout-model.ts';
import type { SystemModel } from '../../metamodel.ts';
import { Canvas, type Highlight } from './Canvas.tsx';
import { FlowLegend } from './FlowLegend.tsx';
import type { Mark } from './nodes.ts';

export type { Highlight } from './Canvas.tsx';
export type { Mark } from './nodes.ts';

export interface SystemDrawingProps {
  readonly model: SystemModel;
  /** Places by object id (`GET /system-models/{key}/layout`); what has none is placed near its neighbours. */
  readonly layout: Layout;
  /** A way through the model; everything else steps back. `AttackPath.steps` fits as it is. */
  readonly highlight?: Highlight | undefined;
  /** By object id: what a difference says of it. */
  readonly marks?: Readonly<Record<string, Mark>> | undefined;
  /** Id of the element, zone, flow or interface that was chosen; null when nothing is. */
  readonly onPick?: ((id: string | null) => void) | undefined;
  /** What is chosen, where the page keeps that itself. */
  readonly picked?: string | null | undefined;
  readonly label?: string | undefined;
  /** In pixels; 480 by default. */
  readonly height?: number | undefined;
}

export function SystemDrawing(props: SystemDrawingProps) {
  const { model, layout, highlight, marks, onPick, picked } = props;
  const [own, setOwn] = useState<ReadonlySet<string>>(new Set());
  const selection = useMemo(
    () => (picked === undefined ? own : new Set(picked === null ? [] : [picked])),
    [picked, own],
  );
  const select = useCallback(
    (ids: ReadonlySet<string>) => {
      setOwn(ids);
      onPick?.([...ids].at(-1) ?? null);
    },
    [onPick],
  );
  // What was chosen may have gone with another model.
  useEffect(() => {
    if (model.elements.length === 0) setOwn(new Set());
  }, [model]);
  return (
    <figure className="drawing-figure">
      <div className="drawing-frame" style={{ height: props.height ?? 480 }}>
        <Canvas
          label={props.label ?? `Drawing of ${model.title}. Arrow keys go from one thing to the next.`}
          model={model}
          layout={layout}
          selection={selection}
          onSelect={select}
          marks={marks}
          highlight={highlight}
          embedded={true}
        />
      </div>
      <FlowLegend model={model} selection={selection} onPick={(id) => select(new Set([id]))} />
    </figure>
  );
}
