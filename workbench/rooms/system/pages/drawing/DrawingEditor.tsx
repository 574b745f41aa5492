// Drawing a system: toolbar, keys, clipboard, search, side panel and automatic layout around the canvas.
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconArrowRight,
  IconBorderOuter,
  IconCopy,
  IconCpu,
  IconDatabase,
  IconPlugConnected,
  IconSchema,
  IconSquare,
  IconSquareRounded,
  IconTrash,
  IconUser,
} from '@tabler/icons-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { type Action, useActions } from '../../../../web/actions/action.ts';
import { isTyping } from '../../../../web/actions/keys.ts';
import { announce } from '../../../../web/design/announcer.ts';
import { showProblem, showToast } from '../../../../web/design/toasts.ts';
import { useSearchState } from '../../../../web/search-state.ts';
import { applyLayout, type Layout, type Place } from '../../layout-model.ts';
import type { Element, ModelPart, SystemModel } from '../../metamodel.ts';
import type { AskedQuestion } from '../AnswersInput.tsx';
import { copyOf, paste, placesWorthKeeping } from '../editing/clip.ts';
import {
  type Added,
  addElement,
  addFlow,
  addInterface,
  addZone,
  moveToZone,
  removeObjects,
} from '../editing/edit-model.ts';
import { ObjectPanel } from '../ObjectPanel.tsx';
import type { ModelEditor } from '../use-model-editor.ts';
import { arrangeModel, isUndrawn } from './auto-layout.ts';
import { Canvas, type CanvasControls, type CanvasEdit, type Moved } from './Canvas.tsx';
import { FindObject } from './FindObject.tsx';
import { FlowLegend } from './FlowLegend.tsx';
import { ELEMENT_KIND_WORDS, titleOf } from './model-words.ts';
import { type Rect, sceneOf, withInside } from './scene.ts';

export interface DrawingEditorProps {
  readonly editor: ModelEditor;
  readonly asked: (model: SystemModel, part: ModelPart, id: string) => readonly AskedQuestion[];
}

const KINDS: readonly { kind: Element['kind']; key: string; icon: typeof IconSquare; title: string }[] = [
  { kind: 'process', key: '1', icon: IconSquareRounded, title: 'New process' },
  { kind: 'store', key: '2', icon: IconDatabase, title: 'New store' },
  { kind: 'hardware', key: '3', icon: IconCpu, title: 'New hardware' },
  { kind: 'actor', key: '4', icon: IconUser, title: 'New actor' },
  { kind: 'external', key: '5', icon: IconSquare, title: 'New external system' },
];
const SECTION = 'This drawing';
/** The canvas listens for these itself while it has the focus; the clipboard has events of its own. */
const LISTED = [
  ['ArrowRight', 'Arrow keys: to the next thing in that direction; with Shift choose it too'],
  ['Alt+ArrowRight', 'Alt and arrow keys: move what is chosen; with Shift further'],
  ['.', 'Next flow of the element'],
  [',', 'The zone around it'],
  ['Enter', 'Edit what is chosen; in its title: back to the drawing'],
  ['Escape', 'Choose nothing'],
  ['mod+c', 'Copy, also into another model'],
  ['mod+x', 'Cut'],
  ['mod+v', 'Paste into the chosen zone'],
] as const;
const NOTHING: ReadonlySet<string> = new Set();

export function DrawingEditor({ editor, asked }: DrawingEditorProps) {
  const { model, layout, mayEdit } = editor;
  const [selection, setSelection] = useState<ReadonlySet<string>>(NOTHING);
  const [source, setSource] = useState<string | null>(null);
  const [focusTitle, setFocusTitle] = useState(0);
  const [arranging, setArranging] = useState(false);
  const controls = useRef<CanvasControls>(null);
  const [fitFor, setFitFor] = useState(0);

  // A link to one thing: from a view, a threat, a path.
  const [search] = useSearchState();
  const { at } = search;
  useEffect(() => {
    if (at === undefined) return;
    setSelection(new Set([at]));
    const timer = setTimeout(() => controls.current?.reveal(at), 300);
    return () => clearTimeout(timer);
  }, [at]);

  // What an undo or a merge took away is no longer chosen.
  const known = useMemo(() => withoutGone(model, selection), [model, selection]);
  const chosen = [...known];
  const one = chosen.length === 1 ? (chosen[0] as string) : null;
  const isElement = (id: string | null): id is string =>
    id !== null && model.elements.some((element) => element.id === id);

  const select = useCallback((ids: ReadonlySet<string>) => setSelection(ids), []);
  const pick = (id: string) => {
    setSelection(new Set([id]));
    controls.current?.show(id);
  };

  /** Where new things go: into the chosen zone, or beside what is chosen. */
  const home = (): string => {
    const id = chosen.at(-1);
    if (id === undefined) return '';
    if (model.zones.some((zone) => zone.id === id)) return id;
    return (
      model.elements.find((element) => element.id === id)?.zone ??
      model.elements.find(
        (element) => element.id === model.interfaces.find((face) => face.id === id)?.element,
      )?.zone ??
      ''
    );
  };
  const added = (label: string, result: Added, extra: Layout = {}) => {
    const known = applyLayout(layout, extra);
    const rect = sceneOf(result.model, known).rects.get(result.id);
    const isNode = result.model.elements.some((element) => element.id === result.id);
    const place: Record<string, Place> = {};
    if (isNode && rect && known[result.id] === undefined) place[result.id] = { x: rect.x, y: rect.y };
    editor.change(label, result.model, { layout: applyLayout(known, place) });
    setSelection(new Set([result.id]));
    setFocusTitle((now) => now + 1);
    setTimeout(() => controls.current?.reveal(result.id), 30);
  };
  const addKind = (kind: Element['kind'], title: string) => {
    const zone = home();
    const result = addElement(model, kind, title, zone);
    const middle = controls.current?.middle() ?? { x: 0, y: 0 };
    const alone = zone === '' && chosen.length === 0;
    const start = { x: Math.round(middle.x / 8) * 8 - 84, y: Math.round(middle.y / 8) * 8 - 30 };
    added(
      `Add ${ELEMENT_KIND_WORDS[kind].toLowerCase()}`,
      result,
      alone ? { [result.id]: freeOf(model, layout, start) } : {},
    );
  };
  const newZone = () => {
    const inside = chosen.filter((id) => isElement(id) || model.zones.some((zone) => zone.id === id));
    const homes = new Set(
      inside.map(
        (id) =>
          model.elements.find((element) => element.id === id)?.zone ??
          model.zones.find((zone) => zone.id === id)?.parent ??
          '',
      ),
    );
    // Around what is chosen, when that lies in one zone; a single zone that is chosen gets one inside.
    const into = one !== null && !isElement(one) ? one : null;
    const around = into ?? (homes.size === 1 ? ([...homes][0] as string) : '');
    const result = addZone(model, 'New zone', around);
    const wrapped = into === null ? moveToZone(result.model, inside, result.id) : result.model;
    const middle = controls.current?.middle() ?? { x: 0, y: 0 };
    const box = into === null ? undefined : sceneOf(model, layout).rects.get(into);
    const place: Place = box
      ? { x: box.x + 24, y: box.y + box.h - 24, w: 220, h: 130 }
      : { x: Math.round(middle.x) - 110, y: Math.round(middle.y) - 65, w: 220, h: 130 };
    added(
      'Add zone',
      { model: wrapped, id: result.id },
      inside.length === 0 || into !== null ? { [result.id]: place } : {},
    );
  };
  const newInterface = () => {
    const element = isElement(one) ? one : model.interfaces.find((face) => face.id === one)?.element;
    if (element === undefined) return announce('Choose an element first.');
    added('Add interface', addInterface(model, 'New interface', element));
  };
  const connect = (from: string, to: string) => {
    const isOne = (id: string) => model.elements.some((element) => element.id === id);
    if (!isOne(from) || !isOne(to)) return announce('A flow goes from an element to an element.');
    setSource(null);
    added('Add flow', addFlow(model, from, to));
  };
  const connectByKey = () => {
    if (source !== null) {
      if (isElement(one) && one !== source) connect(source, one);
      else announce('Choose the element that the flow goes to, then C or Enter.');
      return;
    }
    const [first, second] = chosen;
    if (chosen.length === 2 && isElement(first ?? null) && isElement(second ?? null))
      return connect(first as string, second as string);
    if (!isElement(one)) return announce('Choose the element at which the flow begins.');
    setSource(one);
    announce(`From ${titleOf(model, one)}. Choose where the flow goes, then C or Enter; Escape stops.`);
  };
  const remove = () => {
    if (chosen.length === 0) return;
    const label =
      chosen.length === 1
        ? `Delete ${titleOf(model, chosen[0] as string)}`
        : `Delete ${chosen.length} objects`;
    const gone = Object.fromEntries(chosen.filter((id) => layout[id]).map((id) => [id, null]));
    editor.change(label, removeObjects(model, known), { layout: applyLayout(layout, gone) });
    setSelection(NOTHING);
    announce(`${label}. Undo with Ctrl Z.`);
    controls.current?.focus();
  };
  const pasteText = (text: string, label: string, at?: { x: number; y: number }): boolean => {
    const middle = controls.current?.middle() ?? { x: 0, y: 0 };
    const zone = one !== null && model.zones.some((each) => each.id === one) ? one : '';
    const result = paste(
      model,
      text,
      at ?? { x: Math.round(middle.x) - 80, y: Math.round(middle.y) - 40 },
      zone,
    );
    if (result === null) return false;
    editor.change(label, result.model, {
      layout: applyLayout(layout, placesWorthKeeping(result.model, result.places)),
    });
    setSelection(new Set(result.ids));
    announce(`${label}: ${result.ids.length} objects.`);
    return true;
  };
  const duplicate = () => {
    const rects = sceneOf(model, layout).rects;
    const text = copyOf(model, rects, known);
    if (text === null) return;
    const corners = chosen.flatMap((id) => rects.get(id) ?? []);
    const x = Math.min(...corners.map((rect) => rect.x));
    const y = Math.min(...corners.map((rect) => rect.y));
    // A copy lies in the zone of what it was copied from.
    const zones = new Set(chosen.flatMap((id) => model.elements.find((each) => each.id === id)?.zone ?? []));
    const result = paste(
      model,
      text,
      Number.isFinite(x) ? { x: x + 32, y: y + 32 } : { x: 0, y: 0 },
      zones.size === 1 ? ([...zones][0] as string) : '',
    );
    if (result === null) return;
    editor.change('Duplicate', result.model, {
      layout: applyLayout(layout, placesWorthKeeping(result.model, result.places)),
    });
    setSelection(new Set(result.ids));
    controls.current?.focus();
  };

  const arrange = async (all: boolean) => {
    setArranging(true);
    try {
      const loose: Layout = all
        ? Object.fromEntries(
            Object.entries(layout).filter(([id]) => model.notes.some((note) => note.id === id)),
          )
        : layout;
      const next = await arrangeModel(model, loose);
      editor.arrange(all ? 'Arrange everything' : 'Arrange', next);
      setFitFor((now) => now + 1);
      announce('Arranged.');
    } catch (error) {
      showProblem(error);
    } finally {
      setArranging(false);
    }
  };
  // Nobody has drawn it yet (made from text, by an import without coordinates): it is drawn once, by itself.
  const tried = useRef(false);
  useEffect(() => {
    if (tried.current || !isUndrawn(model, layout)) return;
    tried.current = true;
    void arrange(false);
  });

  const edit: CanvasEdit = {
    move: (moves) => editor.change(...moved(model, layout, moves)),
    resize: (id, rect) =>
      editor.arrange('Resize zone', applyLayout(layout, { [id]: { ...rect, pinned: true } })),
    connect,
  };

  // The clipboard by its own events: no permission is asked, and text fields keep theirs.
  const latest = useRef({ model, layout, known, mayEdit, pasteText, remove });
  latest.current = { model, layout, known, mayEdit, pasteText, remove };
  useEffect(() => {
    const busy = (event: Event) =>
      isTyping(event.target) ||
      (window.getSelection()?.toString() ?? '') !== '' ||
      document.querySelector('[role="dialog"][aria-modal="true"]') !== null;
    const copy = (event: ClipboardEvent) => {
      const now = latest.current;
      if (busy(event) || now.known.size === 0) return;
      const text = copyOf(now.model, sceneOf(now.model, now.layout).rects, now.known);
      if (text === null || !event.clipboardData) return;
      event.preventDefault();
      event.clipboardData.setData('text/plain', text);
      if (event.type === 'cut' && now.mayEdit) now.remove();
      else showToast('Copied. Paste it here or into another model.');
    };
    const take = (event: ClipboardEvent) => {
      const now = latest.current;
      if (isTyping(event.target) || !now.mayEdit) return;
      if (now.pasteText(event.clipboardData?.getData('text/plain') ?? '', 'Paste')) event.preventDefault();
    };
    document.addEventListener('copy', copy);
    document.addEventListener('cut', copy);
    document.addEventListener('paste', take);
    return () => {
      document.removeEventListener('copy', copy);
      document.removeEventListener('cut', copy);
      document.removeEventListener('paste', take);
    };
  }, []);

  const can = () => mayEdit;
  // In a field these keys belong to the field: all of its text, not all of the drawing.
  const notTyping = () => !isTyping(document.activeElement);
  const action = (
    id: string,
    name: string,
    keys: string | undefined,
    perform: () => void,
    visibleWhen = can,
  ): Action => ({
    id: `drawing.${id}`,
    name,
    section: SECTION,
    visibleWhen,
    perform,
    ...(keys === undefined ? {} : { keys }),
  });
  const always = () => true;
  useActions([
    ...KINDS.map(({ kind, key, title }) =>
      action(`add-${kind}`, `Add ${ELEMENT_KIND_WORDS[kind].toLowerCase()}`, key, () => addKind(kind, title)),
    ),
    action('add-zone', 'Add zone, around what is chosen', '6', newZone),
    action('add-interface', 'Add interface to the chosen element', '7', newInterface),
    action('connect', 'Flow: from here, then to there', 'c', connectByKey),
    action(
      'all',
      'Choose everything',
      'mod+a',
      () => setSelection(new Set([...model.zones, ...model.elements].map((each) => each.id))),
      notTyping,
    ),
    action('duplicate', 'Duplicate', 'mod+d', duplicate, () => mayEdit && notTyping()),
    action('delete', 'Delete', 'Delete', remove),
    action('delete-back', 'Delete', 'Backspace', remove),
    action('arrange', 'Arrange; what you moved stays', 'l', () => void arrange(false)),
    action('arrange-all', 'Arrange everything anew', undefined, () => void arrange(true)),
    action(
      'find',
      'Find in the drawing',
      '/',
      () => document.querySelector<HTMLInputElement>('[data-model-find]')?.focus(),
      always,
    ),
    action('fit', 'Show all of it', '0', () => controls.current?.fit(), always),
    action('in', 'Zoom in', '+', () => controls.current?.zoomBy(1.25), always),
    action('out', 'Zoom out', '-', () => controls.current?.zoomBy(0.8), always),
    ...LISTED.map(([keys, name]) => ({
      id: `drawing.listed.${keys}`,
      name,
      keys,
      section: SECTION,
      listedOnly: true as const,
      perform: () => controls.current?.focus(),
    })),
  ]);

  const noteHint = useMemo(() => model.elements.length + model.zones.length === 0, [model]);
  return (
    <div className="editor">
      {mayEdit ? (
        <div className="editor__bar" role="toolbar" aria-label="Drawing tools">
          {KINDS.map(({ kind, key, icon: Icon, title }) => (
            <Tool
              key={kind}
              name={ELEMENT_KIND_WORDS[kind].split(' ')[0] as string}
              keys={key}
              onPress={() => addKind(kind, title)}
            >
              <Icon size={16} aria-hidden="true" />
            </Tool>
          ))}
          <Tool name="Zone" keys="6" onPress={newZone}>
            <IconBorderOuter size={16} aria-hidden="true" />
          </Tool>
          <Tool name="Interface" keys="7" onPress={newInterface} off={!isElement(one)}>
            <IconPlugConnected size={16} aria-hidden="true" />
          </Tool>
          <Tool
            name={source === null ? 'Flow' : 'Flow to…'}
            keys="c"
            onPress={connectByKey}
            pressed={source !== null}
          >
            <IconArrowRight size={16} aria-hidden="true" />
          </Tool>
          <span className="editor__gap" />
          <Tool name="Undo" keys="Ctrl Z" onPress={editor.undo} off={!editor.canUndo} icon={true}>
            <IconArrowBackUp size={16} aria-hidden="true" />
          </Tool>
          <Tool name="Redo" keys="Ctrl Y" onPress={editor.redo} off={!editor.canRedo} icon={true}>
            <IconArrowForwardUp size={16} aria-hidden="true" />
          </Tool>
          <Tool name="Duplicate" keys="Ctrl D" onPress={duplicate} off={chosen.length === 0} icon={true}>
            <IconCopy size={16} aria-hidden="true" />
          </Tool>
          <Tool name="Delete" keys="Delete" onPress={remove} off={chosen.length === 0} icon={true}>
            <IconTrash size={16} aria-hidden="true" />
          </Tool>
          <span className="editor__gap" />
          <Tool
            name={arranging ? 'Arranging…' : 'Arrange'}
            keys="l"
            onPress={() => void arrange(false)}
            off={arranging}
          >
            <IconSchema size={16} aria-hidden="true" />
          </Tool>
          <FindObject model={model} onFound={pick} />
        </div>
      ) : (
        <div className="editor__bar">
          <span className="muted small">To read: your roles do not allow changes here.</span>
          <FindObject model={model} onFound={pick} />
        </div>
      )}
      <div className={one === null ? 'editor__room' : 'editor__room editor__room--panel'}>
        <div className="editor__canvas">
          <Canvas
            label={`Drawing of ${model.title}. Arrow keys go from one thing to the next, Enter opens it, question mark lists all keys.`}
            model={model}
            layout={layout}
            selection={known}
            onSelect={select}
            onOpen={() => setFocusTitle((now) => now + 1)}
            edit={mayEdit ? edit : undefined}
            source={source}
            fitFor={fitFor}
            controls={controls}
            onPress={(id) => {
              if (source !== null && id !== source) connect(source, id);
            }}
            onKey={(event) => {
              if (source === null) return false;
              if (event.key === 'Enter') connectByKey();
              else if (event.key === 'Escape') {
                setSource(null);
                announce('No flow was added.');
              } else return false;
              return true;
            }}
          >
            {noteHint ? (
              <div className="editor__empty">
                <p>Nothing is drawn yet.</p>
                <p className="muted">
                  {mayEdit
                    ? 'Press 6 for a zone, 1 to 5 for an element, C for a flow between two; or paste what you copied in another model.'
                    : 'Somebody with the right to edit can begin.'}
                </p>
              </div>
            ) : null}
            {source === null ? null : (
              <p className="editor__hint" role="status">
                From <strong>{titleOf(model, source)}</strong> to …
              </p>
            )}
          </Canvas>
        </div>
        {one === null ? null : (
          <ObjectPanel
            editor={editor}
            id={one}
            onPick={pick}
            focusTitle={focusTitle}
            onDone={() => controls.current?.focus()}
            asked={asked}
          />
        )}
      </div>
      {chosen.length > 1 ? (
        <p className="muted small" role="status">
          {chosen.length} chosen
        </p>
      ) : null}
      <FlowLegend model={model} selection={known} onPick={pick} />
    </div>
  );
}

function Tool(props: {
  readonly name: string;
  readonly keys: string;
  readonly onPress: () => void;
  readonly off?: boolean;
  readonly pressed?: boolean;
  /** Only the icon is shown. */
  readonly icon?: boolean;
  readonly children: React.ReactNode;
}) {
  return (
    <button
      type="button"
      className="tool"
      aria-label={props.name}
      aria-pressed={props.pressed}
      title={`${props.name} (${props.keys.toUpperCase()})`}
      disabled={props.off}
      onClick={props.onPress}
    >
      {props.children}
      {props.icon ? null : <span className="tool__name">{props.name}</span>}
    </button>
  );
}

function withoutGone(model: SystemModel, selection: ReadonlySet<string>): ReadonlySet<string> {
  if (selection.size === 0) return selection;
  const ids = new Set<string>();
  for (const part of ['zones', 'elements', 'interfaces', 'flows', 'notes'] as const)
    for (const object of model[part]) if (selection.has(object.id)) ids.add(object.id);
  // In the order in which they were chosen: the first is where a flow begins.
  const left = [...selection].filter((id) => ids.has(id));
  return left.length === selection.size ? selection : new Set(left);
}

/** What a drag or a step with the keys means: new places, and another zone where something was dropped into one. */
function moved(
  model: SystemModel,
  layout: Layout,
  moves: readonly Moved[],
): [label: string, model: SystemModel, options: { layout: Layout; group?: string }] {
  const rects = sceneOf(model, layout).rects;
  const full = new Set([...model.elements.map((one) => one.zone), ...model.zones.map((one) => one.parent)]);
  const places: Record<string, Place> = {};
  let next = model;
  for (const { id, dx, dy, zone } of moves) {
    for (const inner of withInside(model, [id])) {
      const rect = rects.get(inner);
      if (!rect) continue;
      const was = layout[inner];
      // A zone that only encloses what lies in it has no place of its own.
      if (was === undefined && full.has(inner)) continue;
      places[inner] = {
        x: Math.round(rect.x + dx),
        y: Math.round(rect.y + dy),
        ...(was?.w === undefined ? sizeOfEmptyZone(model, inner, rect) : { w: was.w, h: was.h }),
        pinned: true,
      };
    }
    next = moveToZone(next, [id], zone);
  }
  const changed = next.elements !== model.elements || next.zones !== model.zones;
  const into = moves[0]?.zone ?? '';
  const label = changed ? `Move into ${into === '' ? 'no zone' : titleOf(model, into)}` : 'Move';
  return [
    label,
    changed ? next : model,
    {
      layout: applyLayout(layout, places),
      ...(changed ? {} : { group: `move ${moves.map((one) => one.id).join(' ')}` }),
    },
  ];
}

function sizeOfEmptyZone(model: SystemModel, id: string, rect: Rect): { w?: number; h?: number } {
  return model.zones.some((zone) => zone.id === id) ? { w: rect.w, h: rect.h } : {};
}

/** The nearest free place to the right of a point. */
function freeOf(model: SystemModel, layout: Layout, start: { x: number; y: number }): Place {
  const rects = [...sceneOf(model, layout).rects.values()];
  const spot = { ...start };
  for (let tries = 0; tries < 40; tries += 1) {
    const hit = rects.find(
      (rect) =>
        rect.x < spot.x + 184 &&
        spot.x < rect.x + rect.w + 16 &&
        rect.y < spot.y + 76 &&
        spot.y < rect.y + rect.h + 16,
    );
    if (!hit) break;
    spot.x = hit.x + hit.w + 40;
  }
  return spot;
}
