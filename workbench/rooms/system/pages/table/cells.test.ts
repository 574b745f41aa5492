import { expect, it } from 'vitest';
import { SystemModel } from '../../metamodel.ts';
import { cellText, columnsOf, namesOf, parseTsv, pasteRows, readCell } from './cells.ts';

const model = SystemModel.parse({
  title: 'Small',
  zones: [
    { id: 'z-a', title: 'Room' },
    { id: 'z-b', title: 'Room' },
    { id: 'z-c', title: 'Device' },
  ],
  elements: [
    { id: 'e-1', title: 'App', kind: 'process', zone: 'z-c', tags: ['updater', 'runs-os'] },
    { id: 'e-2', title: 'Store', kind: 'store' },
  ],
});

it('reads rows as spreadsheets copy them: quotes, line ends inside cells, both kinds of line end', () => {
  expect(parseTsv('a\tb\r\nc\t"d ""e""\nf"\r\n')).toEqual([
    ['a', 'b'],
    ['c', 'd "e"\nf'],
  ]);
  expect(parseTsv('\n\n')).toEqual([]);
  expect(parseTsv('"never closed\tx')).toEqual([['never closed\tx']]);
});

it('adds rows under the columns that a first row names', () => {
  const result = pasteRows(
    model,
    'elements',
    parseTsv(
      'Kind\tTitle\tZone\tTags\nhardware\tPump\tDevice\thas-firmware, replaceable\nprocess\tGateway\t\t',
    ),
    { rows: ['e-1', 'e-2'], column: 3 },
  );

  expect(result.problems).toEqual([]);
  expect(result.added).toEqual(['e-pump', 'e-gateway']);
  expect(result.model.elements[2]).toMatchObject({
    kind: 'hardware',
    zone: 'z-c',
    tags: ['has-firmware', 'replaceable'],
  });
  expect(result.model.elements[0]).toBe(model.elements[0]);
});

it('fills down from the cell where it was pasted, and adds what goes beyond', () => {
  const result = pasteRows(model, 'elements', parseTsv('One\tactor\nTwo\tstore\nThree\texternal'), {
    rows: ['e-1', 'e-2'],
    column: 0,
  });

  expect(result.model.elements.map((one) => [one.id, one.title, one.kind])).toEqual([
    ['e-1', 'One', 'actor'],
    ['e-2', 'Two', 'store'],
    ['e-three', 'Three', 'external'],
  ]);
  expect([result.changed, result.added.length]).toEqual([2, 1]);
});

it('lets a row name another one of the same paste, and says what it does not know', () => {
  const flows = pasteRows(
    model,
    'flows',
    parseTsv('Title\tFrom\tTo\tProtocol\nRead\tApp\tStore\ttls\nLost\tNobody\tStore\t'),
    { rows: [], column: 0 },
  );
  expect(flows.model.flows[0]).toMatchObject({ from: 'e-1', to: 'e-2', protocol: ['tls'] });
  expect(flows.problems).toEqual([{ row: 2, message: 'From: there is nothing named “Nobody”.' }]);
  expect(flows.model.flows[1]).toMatchObject({ from: '', to: 'e-2' });

  const zones = pasteRows(model, 'zones', parseTsv('Title\tLies in\nInner\tOuter\nOuter\t'), {
    rows: [],
    column: 0,
  });
  expect(zones.model.zones.at(-2)).toMatchObject({ title: 'Inner', parent: 'z-outer' });
});

it('guesses nothing: numbers, words of a list and yes or no are what they are, or a problem', () => {
  const names = namesOf(model);
  const trust = columnsOf('zones').find((one) => one.name === 'trust');
  const kind = columnsOf('elements').find((one) => one.name === 'kind');
  const safety = columnsOf('elements').find((one) => one.name === 'safety');
  for (const [text, fits] of [
    ['0', true],
    ['5', true],
    ['6', false],
    ['-1', false],
    ['2.5', false],
    ['', false],
    ['high', false],
  ] as const)
    expect('value' in readCell(trust as never, text, names), `trust ${text}`).toBe(fits);
  expect(readCell(kind as never, 'Process', names)).toEqual({ value: 'process' });
  expect('problem' in readCell(kind as never, 'thing', names)).toBe(true);
  expect(readCell(safety as never, 'YES', names)).toEqual({ value: true });
  expect('problem' in readCell(safety as never, 'maybe', names)).toBe(true);
});

it('names two things of one title so that each name means one thing', () => {
  const names = namesOf(model);
  const zone = columnsOf('elements').find((one) => one.name === 'zone');
  expect(cellText(zone as never, 'z-b', names)).toBe('Room (z-b)');
  expect(readCell(zone as never, 'Room (z-b)', names)).toEqual({ value: 'z-b' });
  expect(readCell(zone as never, 'z-a', names)).toEqual({ value: 'z-a' });
});

it('every cell that is shown is read as what it shows', () => {
  const names = namesOf(model);
  for (const element of model.elements)
    for (const field of columnsOf('elements')) {
      const value = element[field.name as 'title'] as unknown;
      expect(readCell(field, cellText(field, value, names), names), field.name).toEqual({ value });
    }
});
