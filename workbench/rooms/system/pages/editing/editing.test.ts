import { describe, expect, it } from 'vitest';
import { checkModel } from '../../check-model.ts';
import { SystemModel } from '../../metamodel.ts';
import { sceneOf } from '../drawing/scene.ts';
import { networkedDevice } from '../template-model.ts';
import { copyOf, paste } from './clip.ts';
import {
  addElement,
  addFlow,
  addInterface,
  addObject,
  addZone,
  emptyModel,
  freshId,
  moveToZone,
  removeObjects,
  setAnswer,
  setFields,
} from './edit-model.ts';
import { begin, rebase, record, redo, undo } from './history.ts';

const small = () =>
  SystemModel.parse({
    title: 'Small',
    zones: [
      { id: 'z-room', title: 'Room' },
      { id: 'z-device', title: 'Device', parent: 'z-room' },
    ],
    elements: [
      { id: 'e-app', title: 'App', kind: 'process', zone: 'z-device', holds: ['d-key'] },
      { id: 'e-db', title: 'Store', kind: 'store', zone: 'z-device' },
      { id: 'e-user', title: 'User', kind: 'actor', zone: 'z-room' },
    ],
    interfaces: [{ id: 'i-eth', title: 'Port', element: 'e-app' }],
    assets: [{ id: 'd-key', title: 'Key', kind: 'key' }],
    flows: [
      { id: 'f-use', title: 'Use', from: 'e-user', to: 'e-app', via: ['i-eth'], carries: ['d-key'] },
      { id: 'f-keep', title: 'Keep', from: 'e-app', to: 'e-db' },
    ],
    useCases: [{ id: 'uc', title: 'Treat', steps: ['f-use', 'f-keep'], startedBy: 'e-user' }],
  });
const refused = (model: SystemModel) => checkModel(model).filter((problem) => problem.level === 'refused');

describe('changes', () => {
  it('give ids that can be read and stand once in the whole model', () => {
    expect(freshId('elements', 'Gateway (North) №1', new Set())).toBe('e-gateway-north-no1');
    expect(freshId('elements', 'Gateway', new Set(['e-gateway', 'e-gateway-2']))).toBe('e-gateway-3');
    expect(freshId('zones', '宇宙', new Set())).toBe('z');
  });

  it('make a model that can be stored: zone, elements, flow, interface', () => {
    const zone = addZone(emptyModel('New'), 'Device', '');
    const app = addElement(zone.model, 'process', 'App', zone.id);
    const user = addElement(app.model, 'actor', 'User', '');
    const flow = addFlow(user.model, user.id, app.id);
    const face = addInterface(flow.model, 'Port', app.id);

    expect(SystemModel.parse(face.model)).toEqual(face.model);
    expect(refused(face.model)).toEqual([]);
    expect(flow.model.flows[0]).toMatchObject({ title: 'User to App', from: 'e-user', to: 'e-app' });
  });

  it('make objects of every part that the schema takes as they are', () => {
    for (const part of Object.keys(small()) as (keyof SystemModel)[]) {
      if (!Array.isArray(small()[part]) || part === 'conduits' || part === 'interfaces') continue;
      const { model } = addObject(emptyModel('New'), part as 'zones', 'Thing');
      expect(SystemModel.parse(model), part).toEqual(model);
    }
  });

  it('take an element away with its interfaces; its flows hang loose, and one with no end left goes', () => {
    const one = removeObjects(small(), new Set(['e-app']));
    expect(one.interfaces).toEqual([]);
    expect(one.flows.map((flow) => [flow.id, flow.from, flow.to, flow.via])).toEqual([
      ['f-use', 'e-user', '', []],
      ['f-keep', '', 'e-db', []],
    ]);
    const two = removeObjects(small(), new Set(['e-app', 'e-db']));
    expect(two.flows.map((flow) => flow.id)).toEqual(['f-use']);
    expect(two.useCases[0]?.steps).toEqual(['f-use']);
    expect([...refused(one), ...refused(two)]).toEqual([]);
  });

  it('take a zone away and leave what lies in it to the zone around', () => {
    const model = removeObjects(small(), new Set(['z-device']));
    expect(model.elements.map((element) => element.zone)).toEqual(['z-room', 'z-room', 'z-room']);
    expect(removeObjects(small(), new Set(['z-device', 'z-room'])).elements[0]?.zone).toBe('');
  });

  it('never put a zone into itself', () => {
    const model = moveToZone(small(), ['z-room', 'e-db'], 'z-device');
    expect(model.zones.find((zone) => zone.id === 'z-room')?.parent).toBe('');
    expect(refused(model)).toEqual([]);
  });

  it('keep what did not change as the same objects', () => {
    const before = small();
    const after = setFields(before, 'elements', 'e-app', { title: 'Application' });
    expect(after.elements[1]).toBe(before.elements[1]);
    expect(after.flows).toBe(before.flows);
    expect(removeObjects(before, new Set(['i-eth'])).elements).toBe(before.elements);
  });

  it('take an answer away instead of making it a no', () => {
    const yes = setAnswer({}, 'flow.auth-source', {
      value: 'yes',
      origin: 'person',
      by: 'Lea',
      at: '',
      evidence: '',
      note: '',
    });
    expect(Object.keys(setAnswer(yes, 'flow.auth-source', null))).toEqual([]);
  });
});

describe('the clipboard', () => {
  const rects = sceneOf(small(), {}).rects;

  it('carries a zone with what lies in it into another model, with flows, interfaces and data', () => {
    const text = copyOf(small(), rects, ['z-device']);
    const pasted = paste(emptyModel('Other'), text ?? '', { x: 100, y: 200 }, '');

    expect(pasted?.model.elements.map((element) => element.id)).toEqual(['e-app', 'e-db']);
    expect(pasted?.model.flows.map((flow) => flow.id)).toEqual(['f-keep']);
    expect(pasted?.model.interfaces[0]?.element).toBe('e-app');
    expect(pasted?.model.assets[0]?.id).toBe('d-key');
    expect(refused(pasted?.model as SystemModel)).toEqual([]);
  });

  it('gives new ids where its own are taken, and shares data of the same title', () => {
    const text = copyOf(small(), rects, ['e-app', 'e-db']);
    const pasted = paste(small(), text ?? '', { x: 0, y: 0 }, 'z-room');

    expect(pasted?.ids).toEqual(['e-app-2', 'e-store']);
    expect(pasted?.model.elements.at(-1)?.zone).toBe('z-room');
    expect(pasted?.model.assets).toHaveLength(1);
    expect(pasted?.model.elements.at(-2)?.holds).toEqual(['d-key']);
    expect(refused(pasted?.model as SystemModel)).toEqual([]);
  });

  it('takes nothing that is no clip', () => {
    for (const text of [
      '',
      'hello',
      '{}',
      '{"format":"ward-system-model-clip/1","zones":3}',
      '['.repeat(9_000),
    ])
      expect(paste(small(), text, { x: 0, y: 0 }, '')).toBeNull();
  });
});

describe('history', () => {
  const stand = (title: string) => ({ model: emptyModel(title), layout: {} });

  it('goes back and forth, and names what it takes back', () => {
    let history = begin(stand('a'));
    history = record(history, 'Add zone', stand('b'), { at: 0 });
    history = record(history, 'Delete', stand('c'), { at: 10 });
    const back = undo(history);
    expect([back?.label, back?.history.now.model.title]).toEqual(['Delete', 'b']);
    const first = undo(back?.history ?? history);
    expect(first?.history.now.model.title).toBe('a');
    expect(undo(first?.history ?? history)).toBeNull();
    const again = redo(first?.history ?? history);
    expect([again?.label, again?.history.now.model.title]).toEqual(['Add zone', 'b']);
  });

  it('takes typing into one field as one step, until there is a pause', () => {
    let history = begin(stand(''));
    for (const [text, at] of [
      ['G', 0],
      ['Ga', 300],
      ['Gat', 600],
      ['Gate', 5_000],
    ] as const)
      history = record(history, 'Change title', stand(text), { group: 'e.title', at });
    expect(history.past).toHaveLength(2);
    expect(undo(history)?.history.now.model.title).toBe('Gat');
  });

  it('forgets what was undone when something else is done, and keeps to its bound', () => {
    let history = record(begin(stand('a')), 'x', stand('b'), { at: 0 });
    history = undo(history)?.history ?? history;
    history = record(history, 'y', stand('c'), { at: 1 });
    expect(redo(history)).toBeNull();
    for (let n = 0; n < 1_000; n += 1) history = record(history, 'z', stand(String(n)), { at: n });
    expect(history.past.length).toBeLessThanOrEqual(300);
  });

  it('begins anew on top of the work of somebody else', () => {
    const history = record(begin(stand('a')), 'x', stand('b'), { at: 0 });
    expect(rebase(history, emptyModel('merged')).past).toEqual([]);
  });
});

it('begins a networked device with a model that can be stored and has nothing answered', () => {
  const model = networkedDevice('Pump');
  expect(refused(model)).toEqual([]);
  const answered = [...model.elements, ...model.flows, ...model.interfaces].flatMap((one) =>
    Object.keys(one.answers),
  );
  expect(answered).toEqual([]);
});
