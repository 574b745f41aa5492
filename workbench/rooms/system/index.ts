// The public face of the room.
import type { Room } from '../../kernel/kernel.ts';
import { layoutTables } from './layout-migration.ts';
import { systemModel } from './model.ts';

export { checkModel, type ModelProblem } from './check-model.ts';
export type { ImportedDecision, ImportedThreat, ModelImport } from './import/contract.ts';
export { importModel } from './import/import-model.ts';
export { decodeBytes, parseJsonText, parseXmlText, parseYamlText } from './import/read-text.ts';
export {
  ATTRIBUTE_QUESTIONS,
  child,
  childText,
  family,
  readTemplate,
  type TmtTemplate,
  wordOf,
} from './import/tmt-template.ts';
export type { Place } from './layout-model.ts';
export {
  type Answer,
  type Answers,
  type Element,
  type Flow,
  type Interface,
  SystemModel,
  type Zone,
} from './metamodel.ts';
export { systemModel } from './model.ts';
export { parsedModel } from './parsed-model.ts';
export { RUNNING_COMPONENT } from './running-component-columns.ts';
export { elementsRunning, meansComponent, type RunningComponent } from './running-components.ts';
export { readModelText } from './text-form.ts';

export const room: Room = {
  name: 'system',
  kinds: [systemModel],
  migrations: [layoutTables],
  api: async (kernel) => (await import('./api.ts')).systemApi(kernel),
};
