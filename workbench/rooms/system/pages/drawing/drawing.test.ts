import Elk from 'elkjs/lib/elk.bundled.js';
import { describe, expect, it } from 'vitest';
import { SystemModel } from '../../metamodel.ts';
import { MODELS_PRESENT, sharedFile, titled } from '../../shared-models.fixture.ts';
import { readModelText } from '../../text-form.ts';
import { networkedDevice } from '../template-model.ts';
import { drawingSvg } from './drawing-svg.ts';
import { aroundPins, elkGraph, layParts, partsOf, placesOf } from './elk-graph.ts';
import { routeFlows } from './route-flows.ts';
import { elementSize, overlaps, sceneOf, zoneAt } from './scene.ts';
import { nextFlow, walk } from './walk.ts';

const model = networkedDevice('Pump');

describe('the scene', () => {
  it('places what has no place without laying anything on anything', () => {
    const { elements } = sceneOf(model, {});
    for (const [at, one] of elements.entries())
      for (const other of elements.slice(at + 1))
        expect(overlaps(one.rect, other.rect), `${one.element.id} ${other.element.id}`).toBe(false);
  });

  it('a zone holds what lies in it, wherever that was put', () => {
    const { zones, elements } = sceneOf(model, { 'e-console': { x: -900, y: 400 } });
    const device = zones.find(({ zone }) => zone.id === 'z-device')?.rect;
    const console = elements.find(({ element }) => element.id === 'e-console')?.rect;
    expect(device && console && device.x < console.x && device.y < console.y).toBe(true);
  });

  it('finds the innermost zone at a point, and not one that is being moved', () => {
    const scene = sceneOf(model, {});
    const inner = scene.rects.get('e-safety') ?? { x: 0, y: 0, w: 0, h: 0 };
    const [x, y] = [inner.x + inner.w / 2, inner.y + inner.h / 2];
    expect(zoneAt(scene, x, y)).toBe('z-safety');
    expect(zoneAt(scene, x, y, new Set(['z-safety']))).toBe('z-device');
    expect(zoneAt(scene, 1e6, 1e6)).toBe('');
  });

  it('draws zones that lie in themselves instead of turning for ever', () => {
    const turned = SystemModel.parse({
      title: 'Turned',
      zones: [
        { id: 'a', title: 'A', parent: 'b' },
        { id: 'b', title: 'B', parent: 'a' },
      ],
    });
    expect(sceneOf(turned, {}).zones).toHaveLength(2);
  });
});

describe('flows', () => {
  it('stand side by side where several join the same two, and every one has a label place of its own', () => {
    const rects = new Map([
      ['a', { x: 0, y: 0, w: 160, h: 60 }],
      ['b', { x: 400, y: 0, w: 160, h: 60 }],
    ]);
    const routes = routeFlows(
      [
        { id: '1', from: 'a', to: 'b' },
        { id: '2', from: 'b', to: 'a' },
        { id: '3', from: 'a', to: 'b' },
      ],
      rects,
    );
    expect(new Set(routes.map((route) => `${route.x} ${route.y}`)).size).toBe(3);
    for (const route of routes) expect(route.path).not.toContain('NaN');
  });

  it('with a loose end are drawn, those with none at all are not, and one that ends where it begins is a loop', () => {
    const rects = new Map([['a', { x: 0, y: 0, w: 160, h: 60 }]]);
    const ids = routeFlows(
      [
        { id: 'loose', from: 'a', to: '' },
        { id: 'gone', from: '', to: '' },
        { id: 'self', from: 'a', to: 'a' },
      ],
      rects,
    ).map((route) => route.id);
    expect(ids).toEqual(['loose', 'self']);
  });
});

describe('automatic layout', () => {
  it('is the same on each run, with a place for every element and none upon another', async () => {
    const arranged = async () => placesOf([await new Elk().layout(elkGraph(model, {}, false))], model);
    const places = await arranged();

    expect(await arranged()).toEqual(places);
    const rects = model.elements.map(({ id }) => ({ ...places[id]!, ...elementSize(model, id) }));
    for (const [at, one] of rects.entries())
      for (const other of rects.slice(at + 1)) expect(overlaps(one, other)).toBe(false);
  });
});

describe.skipIf(!MODELS_PRESENT)(titled('a large model'), () => {
  it('T29: forty copies of the laser are laid out by zone, part by part, in three seconds of work', async () => {
    const large = copiesOf(
      readModelText(sharedFile('threat-rules/laser-model.json').toString(), 'laser'),
      40,
    );
    const parts = partsOf(elkGraph(large, {}, false));
    const elk = new Elk();
    let layouts = 0;
    // Time of this process: what other programs do meanwhile does not count.
    const began = process.cpuUsage();

    const laid = await layParts(parts, (part) => {
      layouts += 1;
      return elk.layout(part);
    });
    const places = placesOf(laid, large);

    const { user, system } = process.cpuUsage(began);
    expect([large.elements.length, large.flows.length]).toEqual([960, 1_280]);
    expect([parts.length, layouts]).toEqual([40, 1]);
    expect(Object.keys(places).length).toBeGreaterThanOrEqual(960);
    const { zones } = sceneOf(large, places);
    const outer = zones.filter(({ depth }) => depth === 0).map(({ rect }) => rect);
    for (const [at, one] of outer.entries())
      for (const other of outer.slice(at + 1)) expect(overlaps(one, other)).toBe(false);
    expect((user + system) / 1_000).toBeLessThan(3_000);
  }, 60_000);

  it('keeps a small one whole', () => {
    expect(partsOf(elkGraph(model, {}, false))).toHaveLength(1);
  });
});

/** The same model so many times beside itself, each with ids of its own. */
function copiesOf(one: SystemModel, count: number): SystemModel {
  const own = new Set(
    [one.zones, one.elements, one.interfaces, one.flows, one.assets, one.safetyFunctions]
      .flat()
      .map(({ id }) => id),
  );
  const copies = Array.from(
    { length: count },
    (_, at): SystemModel =>
      JSON.parse(JSON.stringify(one), (_key, value) =>
        typeof value === 'string' && own.has(value) ? `${value}.${at}` : value,
      ),
  );
  return {
    ...one,
    zones: copies.flatMap(({ zones }) => zones),
    elements: copies.flatMap(({ elements }) => elements),
    interfaces: copies.flatMap(({ interfaces }) => interfaces),
    flows: copies.flatMap(({ flows }) => flows),
  };
}

describe('layout around pins', () => {
  it('leaves what is pinned, and lays nothing on it', () => {
    const fresh = Object.fromEntries(model.elements.map((element, at) => [element.id, { x: at * 10, y: 0 }]));
    const before = { 'e-app': { x: 5, y: 5 }, 'e-console': { x: 33, y: 44, pinned: true } };
    const after = aroundPins(model, before, fresh);
    expect(after['e-console']).toEqual({ x: 33, y: 44, pinned: true });
    const { elements } = sceneOf(model, after);
    for (const [at, one] of elements.entries())
      for (const other of elements.slice(at + 1)) expect(overlaps(one.rect, other.rect)).toBe(false);
  });
});

describe('walking', () => {
  const scene = sceneOf(
    SystemModel.parse({
      title: 'Row',
      elements: ['a', 'b', 'c'].map((id) => ({ id, title: id, kind: 'process' })),
    }),
    { a: { x: 0, y: 0 }, b: { x: 300, y: 10 }, c: { x: 0, y: 300 } },
  );
  const row = SystemModel.parse({
    title: 'Row',
    elements: ['a', 'b', 'c'].map((id) => ({ id, title: id, kind: 'process' })),
    flows: [
      { id: 'f1', title: '1', from: 'a', to: 'b' },
      { id: 'f2', title: '2', from: 'c', to: 'a' },
    ],
  });

  it('goes to the nearest thing in a direction, and nowhere where there is nothing', () => {
    expect(walk(scene, row, undefined, 'right')).toBe('a');
    expect(walk(scene, row, 'a', 'right')).toBe('b');
    expect(walk(scene, row, 'a', 'down')).toBe('c');
    expect(walk(scene, row, 'b', 'right')).toBeUndefined();
  });

  it('goes along the flows of an element in a circle, and from a flow to its ends', () => {
    expect(nextFlow(row, 'a', undefined)).toBe('f1');
    expect(nextFlow(row, 'f1', 'a')).toBe('f2');
    expect(nextFlow(row, 'f2', 'a')).toBe('f1');
    expect(walk(scene, row, 'f2', 'left')).toBe('c');
    expect(walk(scene, row, 'f2', 'right')).toBe('a');
  });
});

it('the picture holds the names of others as text only', () => {
  const hostile = SystemModel.parse({
    title: '</title><script>alert(1)</script>',
    elements: [{ id: 'e', title: '"><img src=x onerror=alert(1)>', kind: 'process' }],
  });
  const svg = drawingSvg(hostile, {}, { caption: '<b>', nodes: new Set(), flows: new Set() });
  expect(svg).not.toMatch(/<script|<img|<b>/);
  expect(svg).toContain('&lt;script&gt;');
});
