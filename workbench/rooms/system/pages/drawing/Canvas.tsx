// The drawing itself: pan, zoom, choose, drag and connect, by pointer and by keyboard. It holds no model; it tells what people did.
import {
  type Connection,
  ConnectionMode,
  type NodeChange,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStore,
  ViewportPortal,
} from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { IconFocusCentered, IconMinus, IconPlus } from '@tabler/icons-react';
import type { KeyboardEvent, ReactNode, RefObject } from 'react';
import { memo, useCallback, useEffect, useImperativeHandle, useMemo, useRef, useState } from 'react';
import { announce } from '../../../../web/design/announcer.ts';
import type { Layout } from '../../layout-model.ts';
import type { SystemModel } from '../../metamodel.ts';
import { CanvasEventsContext, nodeTypes } from './DrawnNodes.tsx';
import { FlowLayer, type FlowState } from './FlowLayer.tsx';
import { spoken } from './model-words.ts';
import { type DrawNode, type Look, type Mark, nodesOf, type Transient } from './nodes.ts';
import { Overview } from './Overview.tsx';
import { routeFlows } from './route-flows.ts';
import { boundsOf, type Rect, type Scene, sceneOf, zoneAt } from './scene.ts';
import { nextFlow, walk } from './walk.ts';
import './drawing.css';

export interface Highlight {
  /** The way, in order: flows and interfaces, with what is known of them. */
  readonly steps: readonly { readonly via: string; readonly state?: FlowState }[];
  readonly nodes: readonly string[];
  /** Only what takes part stands out; no way is numbered. */
  readonly plain?: boolean;
}

export interface Moved {
  readonly id: string;
  readonly dx: number;
  readonly dy: number;
  /** Zone in which it came to lie, or empty. */
  readonly zone: string;
}

/** What may be done to the model; absent where it is only read. */
export interface CanvasEdit {
  readonly move: (moves: readonly Moved[]) => void;
  readonly resize: (id: string, rect: Rect) => void;
  readonly connect: (from: string, to: string) => void;
}

export interface CanvasControls {
  readonly fit: () => void;
  readonly zoomBy: (factor: number) => void;
  /** Brings it into view, and the keyboard to the drawing. */
  readonly show: (id: string) => void;
  readonly focus: () => void;
  /** Brings it into view only. */
  readonly reveal: (id: string) => void;
  /** Middle of what is in view, in the drawing's coordinates. */
  readonly middle: () => { x: number; y: number };
}

export interface CanvasProps {
  readonly label: string;
  readonly model: SystemModel;
  readonly layout: Layout;
  readonly selection: ReadonlySet<string>;
  readonly onSelect: (ids: ReadonlySet<string>) => void;
  /** Enter or a double click. */
  readonly onOpen?: ((id: string) => void) | undefined;
  readonly marks?: Readonly<Record<string, Mark>> | undefined;
  readonly highlight?: Highlight | undefined;
  readonly edit?: CanvasEdit | undefined;
  /** Element at which a flow is being begun. */
  readonly source?: string | null | undefined;
  /** A press on an element or zone with the pointer, after it was chosen. */
  readonly onPress?: ((id: string) => void) | undefined;
  /** Keys that the canvas does not know itself; true when it was taken. */
  readonly onKey?: ((event: KeyboardEvent) => boolean) | undefined;
  readonly controls?: RefObject<CanvasControls | null> | undefined;
  /** When it changes, the whole drawing is shown. */
  readonly fitFor?: unknown;
  /** In a page that scrolls, the wheel scrolls the page. */
  readonly embedded?: boolean | undefined;
  readonly children?: ReactNode;
}

const NO_MARKS: Readonly<Record<string, Mark>> = {};
const NOTHING_MOVES: Readonly<Record<string, Transient>> = {};
const STEP = 8;
/** Scales from which small words can be read, and titles. */
const NEAR = 0.5;
const FAR = 0.3;
// Nodes that stay in the page while one pans: taking them in and out costs more frames than keeping them.
const MOUNTED_UP_TO = 600;
const ARROWS = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' } as const;
const noEdges: never[] = [];
const FIT = { padding: 0.08, maxZoom: 1.1, minZoom: 0.05 } as const;

export function Canvas(props: CanvasProps) {
  return (
    <ReactFlowProvider>
      <Inner {...props} />
    </ReactFlowProvider>
  );
}

function Inner(props: CanvasProps) {
  const { model, layout, selection, onSelect, onOpen, edit, highlight, source = null } = props;
  const marks = props.marks ?? NO_MARKS;
  const distance = useStore((state) =>
    state.transform[2] >= NEAR ? 'near' : state.transform[2] >= FAR ? 'far' : 'map',
  );
  // On a map the ends of flows are too small to take hold of, and each costs time in every frame.
  const editable = edit !== undefined && distance !== 'map';
  const flow = useReactFlow();
  const box = useRef<HTMLDivElement>(null);
  const kept = useRef(new Map<string, DrawNode>());
  const [moving, setMoving] = useState(NOTHING_MOVES);
  const [drop, setDrop] = useState<string | null>(null);
  const anchor = useRef<string | undefined>(undefined);
  const painted = useRef(0);

  const scene = useMemo(() => sceneOf(model, layout), [model, layout]);
  const lit = useMemo(() => litOf(highlight), [highlight]);
  const nodes = useMemo(() => {
    const look = (id: string): Look => {
      if (id === drop) return 'drop';
      if (id === source) return 'source';
      if (highlight === undefined) return 'plain';
      if (highlight.nodes.includes(id)) return highlight.plain ? 'plain' : 'lit';
      return 'dim';
    };
    const zones = new Set(scene.zones.map(({ zone }) => zone.id));
    return nodesOf(
      {
        scene,
        selection,
        marks,
        // A zone that is not shown itself still says where things are.
        look: (id) => (zones.has(id) && look(id) === 'dim' ? 'plain' : look(id)),
        editable,
        moving,
      },
      kept.current,
    );
  }, [scene, selection, marks, drop, source, highlight, moving, editable]);
  const routes = useMemo(
    () => routeFlows(model.flows, moving === NOTHING_MOVES ? scene.rects : movedRects(scene, nodes)),
    [model.flows, scene, nodes, moving],
  );

  const choose = useCallback(
    (id: string, more: boolean) => {
      if (!more) onSelect(new Set([id]));
      else {
        const next = new Set(selection);
        if (!next.delete(id)) next.add(id);
        onSelect(next);
      }
      box.current?.querySelector<HTMLElement>('.react-flow')?.focus({ preventScroll: true });
    },
    [onSelect, selection],
  );
  // The layer of flows is drawn anew only when flows change, so it is given one function that never does.
  const latestChoose = useRef(choose);
  latestChoose.current = choose;
  const pick = useCallback((id: string, more: boolean) => latestChoose.current(id, more), []);

  const changed = (changes: NodeChange<DrawNode>[]) => {
    let next: Record<string, Transient> | null = null;
    let selected: Set<string> | null = null;
    for (const change of changes) {
      if (change.type === 'select') {
        selected ??= new Set(selection);
        if (change.selected) selected.add(change.id);
        else selected.delete(change.id);
      } else if (!edit) continue;
      else if (change.type === 'position' && change.position && change.dragging !== false) {
        next ??= { ...moving };
        next[change.id] = { ...next[change.id], x: change.position.x, y: change.position.y };
      } else if (change.type === 'position' && change.position && moving[change.id] !== undefined) {
        next ??= { ...moving };
        next[change.id] = { ...next[change.id], x: change.position.x, y: change.position.y };
      } else if (change.type === 'dimensions' && change.resizing && change.dimensions) {
        next ??= { ...moving };
        next[change.id] = { ...next[change.id], w: change.dimensions.width, h: change.dimensions.height };
      }
    }
    if (next) setMoving(next);
    if (selected && !alike(selected, selection)) {
      // A flow that was chosen stays chosen only together with others.
      onSelect(selected);
    }
  };

  const absolute = (id: string, at: { x: number; y: number }): Rect | null => {
    const rect = scene.rects.get(id);
    const node = kept.current.get(id);
    if (!rect || !node) return null;
    const around = node.parentId === undefined ? undefined : scene.rects.get(node.parentId);
    return { ...rect, x: at.x + (around?.x ?? 0), y: at.y + (around?.y ?? 0) };
  };
  const dropZone = (dragged: readonly DrawNode[], id: string, rect: Rect): string => {
    const zones = new Set(dragged.filter((node) => node.type === 'zone').map((node) => node.id));
    for (let before = -1; before !== zones.size; ) {
      before = zones.size;
      for (const { zone } of scene.zones) if (zones.has(zone.parent)) zones.add(zone.id);
    }
    zones.add(id);
    return zoneAt(scene, rect.x + rect.w / 2, rect.y + rect.h / 2, zones);
  };
  const dragging = (dragged: readonly DrawNode[]) => {
    const first = dragged[0];
    if (!first) return;
    const rect = absolute(first.id, first.position);
    const zone = rect && first.type !== 'note' ? dropZone(dragged, first.id, rect) : '';
    const home = first.parentId ?? '';
    setDrop(zone !== '' && zone !== home ? zone : null);
  };
  const dropped = (dragged: readonly DrawNode[]) => {
    setDrop(null);
    const moves: Moved[] = [];
    for (const node of dragged) {
      const rect = absolute(node.id, node.position);
      const was = scene.rects.get(node.id);
      if (!rect || !was) continue;
      const [dx, dy] = [rect.x - was.x, rect.y - was.y];
      if (Math.abs(dx) < 0.5 && Math.abs(dy) < 0.5) continue;
      moves.push({ id: node.id, dx, dy, zone: dropZone(dragged, node.id, rect) });
    }
    setMoving(NOTHING_MOVES);
    if (moves.length > 0) edit?.move(moves);
  };
  const resized = (id: string) => {
    const node = kept.current.get(id);
    const rect = node ? absolute(id, node.position) : null;
    setMoving(NOTHING_MOVES);
    if (node && rect) edit?.resize(id, { ...rect, w: node.width ?? rect.w, h: node.height ?? rect.h });
  };
  const latestResized = useRef(resized);
  latestResized.current = resized;
  const events = useMemo(() => ({ pick, resized: (id: string) => latestResized.current(id) }), [pick]);
  const connected = ({ source: from, target: to }: Connection) => edit?.connect(from, to);

  const reveal = (id: string) => {
    const face = model.interfaces.find((one) => one.id === id);
    const line = routes.find((one) => one.id === id);
    const rect = scene.rects.get(face?.element ?? id) ?? (line ? { x: line.x, y: line.y, w: 0, h: 0 } : null);
    if (!rect || !box.current) return;
    const { x, y, zoom } = flow.getViewport();
    const view = box.current.getBoundingClientRect();
    const left = rect.x * zoom + x;
    const top = rect.y * zoom + y;
    const inView =
      left > 8 &&
      top > 8 &&
      left + Math.min(rect.w * zoom, 120) < view.width - 8 &&
      top + Math.min(rect.h * zoom, 60) < view.height - 8;
    if (!inView) void flow.setCenter(rect.x + rect.w / 2, rect.y + rect.h / 2, { zoom: Math.max(zoom, 0.6) });
  };
  const focus = () => box.current?.querySelector<HTMLElement>('.react-flow')?.focus({ preventScroll: true });
  useImperativeHandle(props.controls, () => ({
    fit: () => void flow.fitView(FIT),
    zoomBy: (factor) => void flow.zoomTo(flow.getZoom() * factor),
    show: (id) => {
      reveal(id);
      focus();
    },
    focus,
    reveal,
    middle: () => {
      const view = box.current?.getBoundingClientRect();
      return flow.screenToFlowPosition({
        x: (view?.left ?? 0) + (view?.width ?? 0) / 2,
        y: (view?.top ?? 0) + (view?.height ?? 0) / 2,
      });
    },
  }));

  const go = (id: string | undefined, more = false) => {
    if (id === undefined) return;
    onSelect(more ? new Set([...selection, id]) : new Set([id]));
    if (model.elements.some((one) => one.id === id)) anchor.current = id;
    announce(spoken(model, id));
    reveal(id);
  };
  const key = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const chosen = [...selection].at(-1);
    const direction = ARROWS[event.key as keyof typeof ARROWS];
    if (direction && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      if (event.altKey) {
        if (!edit) return;
        const by = event.shiftKey ? STEP * 5 : STEP;
        const dx = direction === 'left' ? -by : direction === 'right' ? by : 0;
        const dy = direction === 'up' ? -by : direction === 'down' ? by : 0;
        edit.move(stepMoves(scene, model, selection, dx, dy));
      } else go(walk(scene, model, chosen, direction), event.shiftKey);
      return;
    }
    if (event.altKey || event.ctrlKey || event.metaKey) {
      if (props.onKey?.(event)) event.preventDefault();
      return;
    }
    if (props.onKey?.(event)) event.preventDefault();
    else if (event.key === 'Enter' && chosen !== undefined) {
      event.preventDefault();
      onOpen?.(chosen);
    } else if (event.key === 'Escape' && selection.size > 0) {
      event.preventDefault();
      onSelect(new Set());
    } else if (event.key === '.') {
      event.preventDefault();
      go(nextFlow(model, chosen, anchor.current));
    } else if (event.key === ',') {
      event.preventDefault();
      go(zoneOf(model, chosen));
    }
  };

  // Another model, or the first places of this one: show it whole.
  const empty = scene.elements.length + scene.zones.length === 0;
  const { fitFor } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: fitted anew when what it is fitted for is another
  useEffect(() => {
    if (empty) return;
    const frame = requestAnimationFrame(() => void flow.fitView(FIT));
    return () => cancelAnimationFrame(frame);
  }, [empty, fitFor, flow]);
  const [initial] = useState(() => boundsOf(scene.rects.values()));

  return (
    <CanvasEventsContext.Provider value={events}>
      <div className={`drawing drawing--${distance}${edit ? '' : ' drawing--read'}`} ref={box}>
        <ReactFlow<DrawNode>
          nodes={nodes}
          edges={noEdges}
          nodeTypes={nodeTypes}
          onNodesChange={changed}
          onNodeDrag={(_event, _node, dragged) => dragging(dragged)}
          onNodeDragStop={(_event, _node, dragged) => dropped(dragged)}
          onSelectionDragStop={(_event, dragged) => dropped(dragged)}
          onNodeClick={(event, node) => {
            if (node.type === 'element') anchor.current = node.id;
            // A plain click leaves nothing else chosen: also no flow and no interface, of which the library knows nothing.
            if (!event.shiftKey && !event.ctrlKey && !event.metaKey) onSelect(new Set([node.id]));
            props.onPress?.(node.id);
          }}
          onNodeDoubleClick={(_event, node) => onOpen?.(node.id)}
          onPaneClick={() => {
            if (selection.size > 0) onSelect(new Set());
          }}
          onMoveStart={() => box.current?.classList.add('drawing--moves')}
          onMoveEnd={(_event, { zoom }) => {
            // Painted anew, and sharp, when the size has changed; after mere panning the picture is kept for the next one.
            if (zoom !== painted.current) box.current?.classList.remove('drawing--moves');
            painted.current = zoom;
          }}
          onConnect={connected}
          connectionMode={ConnectionMode.Loose}
          connectionRadius={36}
          nodesDraggable={edit !== undefined}
          nodesConnectable={edit !== undefined}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={true}
          elevateNodesOnSelect={false}
          selectNodesOnDrag={true}
          disableKeyboardA11y={true}
          deleteKeyCode={null}
          panActivationKeyCode={null}
          multiSelectionKeyCode={['Shift', 'Meta', 'Control']}
          snapToGrid={true}
          snapGrid={[STEP, STEP]}
          minZoom={0.05}
          maxZoom={2.5}
          panOnScroll={!props.embedded}
          zoomOnScroll={false}
          zoomOnDoubleClick={false}
          preventScrolling={!props.embedded}
          onlyRenderVisibleElements={scene.elements.length > MOUNTED_UP_TO}
          fitView={initial !== null}
          fitViewOptions={FIT}
          proOptions={{ hideAttribution: true }}
          tabIndex={0}
          aria-label={props.label}
          onKeyDown={key}
        >
          <ViewportPortal>
            <Sheet scene={scene} />
            <FlowLayer
              flows={model.flows}
              routes={routes}
              selection={selection}
              marks={marks}
              lit={lit}
              onPick={pick}
            />
          </ViewportPortal>
          {props.embedded || empty ? null : <Overview scene={scene} />}
        </ReactFlow>
        <div className="drawing__zoom">
          <button
            type="button"
            className="icon-button"
            onClick={() => void flow.zoomIn()}
            aria-label="Zoom in"
          >
            <IconPlus size={16} aria-hidden="true" />
          </button>
          <button
            type="button"
            className="icon-button"
            onClick={() => void flow.zoomOut()}
            aria-label="Zoom out"
          >
            <IconMinus size={16} aria-hidden="true" />
          </button>
          <button
            type="button"
            className="icon-button"
            onClick={() => void flow.fitView(FIT)}
            aria-label="Show all of it"
          >
            <IconFocusCentered size={16} aria-hidden="true" />
          </button>
        </div>
        {props.children}
      </div>
    </CanvasEventsContext.Provider>
  );
}

/** Rectangles while something is dragged: its children move with it. */
function movedRects(scene: Scene, nodes: readonly DrawNode[]): ReadonlyMap<string, Rect> {
  const rects = new Map<string, Rect>();
  // Outer zones stand before inner ones, zones before elements.
  for (const node of nodes) {
    const around = node.parentId === undefined ? undefined : rects.get(node.parentId);
    const was = scene.rects.get(node.id);
    if (!was) continue;
    rects.set(node.id, {
      x: node.position.x + (around?.x ?? 0),
      y: node.position.y + (around?.y ?? 0),
      w: node.width ?? was.w,
      h: node.height ?? was.h,
    });
  }
  return rects;
}

/** Everything chosen moves by a step; what lies in a chosen zone moves with it. */
function stepMoves(
  scene: Scene,
  model: SystemModel,
  selection: ReadonlySet<string>,
  dx: number,
  dy: number,
): Moved[] {
  const homes = new Map<string, string>([
    ...model.elements.map((one) => [one.id, one.zone] as const),
    ...model.zones.map((one) => [one.id, one.parent] as const),
  ]);
  const moves: Moved[] = [];
  for (const id of selection) {
    if (!scene.rects.has(id)) continue;
    let around = homes.get(id) ?? '';
    let carried = false;
    for (let depth = 0; around !== '' && depth < 200; depth += 1) {
      if (selection.has(around)) carried = true;
      around = homes.get(around) ?? '';
    }
    if (!carried) moves.push({ id, dx, dy, zone: homes.get(id) ?? '' });
  }
  return moves;
}

const MARGIN = 800;

/**
 * A sheet under everything. Browsers put what lies far apart on layers of its own, hundreds of them, and go through all in every
 * frame; what lies on one sheet is one layer.
 */
const Sheet = memo(function Sheet({ scene }: { readonly scene: Scene }) {
  const bounds = boundsOf(scene.rects.values());
  if (bounds === null) return null;
  const { x, y, w, h } = bounds;
  return (
    <div
      className="drawing__sheet"
      style={{ left: x - MARGIN, top: y - MARGIN, width: w + 2 * MARGIN, height: h + 2 * MARGIN }}
    />
  );
});

function zoneOf(model: SystemModel, id: string | undefined): string | undefined {
  const zone =
    model.elements.find((one) => one.id === id)?.zone ?? model.zones.find((one) => one.id === id)?.parent;
  return zone === '' ? undefined : zone;
}

function litOf(highlight: Highlight | undefined) {
  if (highlight === undefined) return null;
  const lit = new Map<string, { step: number | null; state: FlowState | null }>();
  for (const [at, step] of highlight.steps.entries()) {
    if (lit.has(step.via)) continue;
    lit.set(
      step.via,
      highlight.plain ? { step: null, state: null } : { step: at + 1, state: step.state ?? 'open' },
    );
  }
  return lit;
}

function alike(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  if (a.size !== b.size) return false;
  for (const one of a) if (!b.has(one)) return false;
  return true;
}
