// The whole drawing, small, with a frame around what is in view. The picture is drawn once; while one pans only the frame moves, past
// React: a picture that is drawn anew in each frame costs more than the drawing itself.
import { Panel, useReactFlow, useStoreApi } from '@xyflow/react';
import type { PointerEvent } from 'react';
import { memo, useEffect, useMemo, useRef } from 'react';
import { boundsOf, type Rect, type Scene } from './scene.ts';

const SIZE = { w: 200, h: 150 } as const;
const PADDING = 60;

export const Overview = memo(function Overview({ scene }: { readonly scene: Scene }) {
  const store = useStoreApi();
  const flow = useReactFlow();
  const frame = useRef<HTMLDivElement>(null);
  const bounds = useMemo(() => boundsOf(scene.rects.values()), [scene]);
  const scale =
    bounds === null ? 1 : Math.min(SIZE.w / (bounds.w + 2 * PADDING), SIZE.h / (bounds.h + 2 * PADDING));
  const left = bounds === null ? 0 : bounds.x + bounds.w / 2 - SIZE.w / scale / 2;
  const top = bounds === null ? 0 : bounds.y + bounds.h / 2 - SIZE.h / scale / 2;

  useEffect(() => {
    const place = ({ transform: [x, y, zoom], width, height }: ReturnType<typeof store.getState>) => {
      const box = frame.current;
      if (box === null) return;
      const [w, h] = [(width / zoom) * scale, (height / zoom) * scale];
      box.style.transform = `translate(${(-x / zoom - left) * scale}px, ${(-y / zoom - top) * scale}px)`;
      box.style.width = `${w}px`;
      box.style.height = `${h}px`;
    };
    place(store.getState());
    return store.subscribe(place);
  }, [store, scale, left, top]);

  const go = (event: PointerEvent<HTMLDivElement>) => {
    if (event.buttons !== 1) return;
    const box = event.currentTarget.getBoundingClientRect();
    event.currentTarget.setPointerCapture(event.pointerId);
    void flow.setCenter(left + (event.clientX - box.left) / scale, top + (event.clientY - box.top) / scale, {
      zoom: flow.getZoom(),
    });
  };
  return (
    <Panel position="bottom-right" className="drawing__map">
      {/* The keyboard moves by the arrow keys on the drawing itself. */}
      <div className="overview" onPointerDown={go} onPointerMove={go}>
        <svg
          role="img"
          aria-label="Overview of the drawing"
          viewBox={`${left} ${top} ${SIZE.w / scale} ${SIZE.h / scale}`}
          width={SIZE.w}
          height={SIZE.h}
        >
          <path className="map--zone" d={scene.zones.map(({ rect }) => outline(rect)).join('')} />
          <path className="map--note" d={scene.notes.map(({ rect }) => outline(rect)).join('')} />
          <path className="map--element" d={scene.elements.map(({ rect }) => outline(rect)).join('')} />
        </svg>
        <div className="overview__frame" ref={frame} />
      </div>
    </Panel>
  );
});

const outline = ({ x, y, w, h }: Rect) => `M${x} ${y}h${w}v${h}h${-w}z`;
