// How elements, zones and notes look: the shapes of data flow diagrams, with a word and a letter for what a colour would say.
import { Handle, type NodeProps, NodeResizer, Position } from '@xyflow/react';
import { createContext, memo, useContext } from 'react';
import type { Interface } from '../../metamodel.ts';
import { ELEMENT_KIND_WORDS, INTERFACE_LETTERS, STATE_SIGNS, ZONE_KIND_WORDS } from './model-words.ts';
import type { ElementNodeType, Mark, NoteNodeType, ZoneNodeType } from './nodes.ts';

const MARK_SIGNS: Readonly<Record<Mark, string>> = { added: '+', removed: '−', changed: '~', moved: '→' };

/** What the nodes tell the canvas; in a context, so that a node's data holds nothing but data. */
export interface CanvasEvents {
  readonly pick: (id: string, more: boolean) => void;
  readonly resized: (id: string) => void;
}
export const CanvasEventsContext = createContext<CanvasEvents>({
  pick: () => undefined,
  resized: () => undefined,
});

export const ElementNode = memo(function ElementNode({ data, selected }: NodeProps<ElementNodeType>) {
  const { element, interfaces } = data.item;
  const { mark, look, editable } = data;
  return (
    <div
      className={`de de--${element.kind} de--${look}${selected ? ' de--selected' : ''}${mark ? ` de--${mark}` : ''}`}
      title={element.description === '' ? undefined : element.description.slice(0, 300)}
    >
      <div className="de__kind">
        <span className="cut">
          {ELEMENT_KIND_WORDS[element.kind]}
          {element.type === '' ? null : ` · ${element.type}`}
        </span>
        <span className="de__badges">
          {element.safety ? (
            <abbr className="de__badge de__badge--safety" title="Safety: a safety function is realised in it">
              S
            </abbr>
          ) : null}
          {element.holds.length > 0 ? (
            <abbr className="de__badge" title={`Holds ${element.holds.length} data assets`}>
              D{element.holds.length}
            </abbr>
          ) : null}
          {element.contains.length > 0 ? (
            <abbr className="de__badge" title={`${element.contains.length} components of the SBOM run in it`}>
              C{element.contains.length}
            </abbr>
          ) : null}
          {element.outOfScope ? (
            <abbr className="de__badge" title="Out of scope">
              out
            </abbr>
          ) : null}
        </span>
      </div>
      <div className="de__title">{element.title}</div>
      {interfaces.length > 0 ? <Chips faces={interfaces} /> : null}
      {mark ? <MarkSign mark={mark} /> : null}
      {editable ? <Ends /> : null}
    </div>
  );
});

function Chips({ faces }: { readonly faces: readonly Interface[] }) {
  const events = useContext(CanvasEventsContext);
  return (
    <div className="de__chips">
      {faces.slice(0, 5).map((face) => (
        // The keyboard reaches interfaces by search, by the side panel of the element and by the table.
        // biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: see above
        <span
          key={face.id}
          className={`de__chip de__chip--${face.state === 'not stated' ? 'unknown' : face.state}`}
          title={`${face.title}: ${face.kind}, ${face.state}`}
          onClick={(event) => {
            event.stopPropagation();
            events.pick(face.id, false);
          }}
        >
          {INTERFACE_LETTERS[face.kind]}
          {STATE_SIGNS[face.state]}
        </span>
      ))}
      {faces.length > 5 ? <span className="de__chip">+{faces.length - 5}</span> : null}
    </div>
  );
}

function Ends() {
  return (
    <>
      <Handle type="source" id="t" position={Position.Top} />
      <Handle type="source" id="r" position={Position.Right} />
      <Handle type="source" id="b" position={Position.Bottom} />
      <Handle type="source" id="l" position={Position.Left} />
    </>
  );
}

export const ZoneNode = memo(function ZoneNode({ id, data, selected }: NodeProps<ZoneNodeType>) {
  const { zone } = data.item;
  const { mark, look, editable } = data;
  const events = useContext(CanvasEventsContext);
  return (
    <div
      className={`dz dz--${look}${selected ? ' dz--selected' : ''}${mark ? ` dz--${mark}` : ''}`}
      data-safety={zone.kind === 'safety' ? 'true' : undefined}
    >
      <div className="dz__head">
        <span className="dz__title">{zone.title}</span>
        <span className="dz__kind">
          {ZONE_KIND_WORDS[zone.kind]} · trust {zone.trust}
        </span>
      </div>
      {mark ? <MarkSign mark={mark} /> : null}
      {editable && selected ? (
        <NodeResizer minWidth={140} minHeight={80} onResizeEnd={() => events.resized(id)} />
      ) : null}
    </div>
  );
});

export const NoteNode = memo(function NoteNode({ data, selected }: NodeProps<NoteNodeType>) {
  return (
    <div className={`dn dn--${data.look}${selected ? ' dn--selected' : ''}`}>
      {data.item.text.slice(0, 400)}
    </div>
  );
});

function MarkSign({ mark }: { readonly mark: Mark }) {
  return (
    <span className={`mark mark--${mark}`}>
      <span aria-hidden="true">{MARK_SIGNS[mark]}</span> {mark}
    </span>
  );
}

export const nodeTypes = { element: ElementNode, zone: ZoneNode, note: NoteNode };
