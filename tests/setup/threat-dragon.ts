// A small model as OWASP Threat Dragon 2 writes it.

const box = (shape: string, id: string, x: number, data: object) => ({
  shape,
  id,
  position: { x, y: 40 },
  size: { width: 120, height: 60 },
  data,
});
export const appProcess = (threats: readonly object[]) =>
  box('process', 'p-1', 100, { name: 'App', threats });
/** A store, a flow from the process to it, and a trust boundary between them. */
export const storeBehind = (name: string): object[] => [
  box('store', 's-1', 400, { name }),
  {
    shape: 'flow',
    id: 'f-1',
    source: { cell: 'p-1' },
    target: { cell: 's-1' },
    data: { name: 'Writes', isEncrypted: false },
  },
  {
    shape: 'trust-boundary-curve',
    id: 'c-1',
    source: { x: 300, y: 0 },
    target: { x: 300, y: 200 },
    data: { name: 'Inside' },
  },
];

export const threatDragon = (title: string, cells: readonly object[]): string =>
  JSON.stringify({ version: '2.3.0', summary: { title }, detail: { diagrams: [{ cells }] } });
