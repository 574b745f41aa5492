// Work on a model that is not saved yet is kept in this browser, with the revision that it began from.
import { SystemModel } from '../metamodel.ts';

export interface ModelDraft {
  readonly revision: number;
  readonly model: SystemModel;
  readonly at: string;
}

const PREFIX = 'ward.model-draft.';
// Browsers give a site about 5 million characters; a model of a thousand elements has about one.
const LONGEST = 3_500_000;

export function readModelDraft(key: string): ModelDraft | null {
  try {
    const kept = JSON.parse(localStorage.getItem(PREFIX + key) ?? 'null') as Partial<ModelDraft> | null;
    if (kept === null || typeof kept.revision !== 'number' || typeof kept.at !== 'string') return null;
    const read = SystemModel.safeParse(kept.model);
    return read.success ? { revision: kept.revision, at: kept.at, model: read.data } : null;
  } catch {
    return null;
  }
}

/** False where the browser did not take it: then leaving the page would lose the work, and the page says so. */
export function keepModelDraft(key: string, draft: ModelDraft): boolean {
  try {
    const text = JSON.stringify(draft);
    if (text.length > LONGEST) return false;
    localStorage.setItem(PREFIX + key, text);
    return true;
  } catch {
    return false;
  }
}

export function dropModelDraft(key: string): void {
  try {
    localStorage.removeItem(PREFIX + key);
  } catch {
    // Nothing was kept.
  }
}
