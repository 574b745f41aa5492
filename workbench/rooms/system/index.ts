// The public face of the room.
import type { Room } from '../../kernel/kernel.ts';
import { layoutTables } from './layout-migration.ts';
import { systemModel } from './model.ts';

export { checkModel, type ModelProblem } from './check-model.ts';
export { decodeBytes, parseXmlText } from './import/read-text.ts';
export {
  ATTRIBUTE_QUESTIONS,
  child,
  childText,
  family,
  readTemplate,
  type TmtTemplate,
  wordOf,
} from './import/tmt-template.ts';
export type { Layout, LayoutChange, Place } from './layout-model.ts';
export * from './metamodel.ts';
export { systemModel } from './model.ts';

export const room: Room = {
  name: 'system',
  kinds: [systemModel],
  migrations: [layoutTables],
  api: async (kernel) => (await import('./api.ts')).systemApi(kernel),
};
