// The laser of the rule catalogue, the badly connected device, and what is expected of both, read in place where they lie. Small: takes over
// what rules look at; the importer of the room system reads the whole format.
import { existsSync, readFileSync } from 'node:fs';
import { SystemModel } from '../../system/index.ts';

/** Undefined where it is absent; such tests say that they are skipped. */
export const SHARED_RULES: URL | undefined = ['../../../../../shared/', '../../../../../../shared/']
  .map((path) => new URL(`${path}threat-rules/`, import.meta.url))
  .find((folder) => existsSync(folder));

export interface ExpectedRun {
  readonly model: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly results: readonly {
    readonly rule: string;
    readonly target: string;
    readonly state: string;
    readonly mergedInto?: string;
    readonly questions?: readonly { readonly target: string; readonly key: string }[];
  }[];
}

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, SHARED_RULES), 'utf8'));

export const expectedRuns = () => (read('expected-results.json') as { runs: ExpectedRun[] }).runs;

type Plain = Record<string, unknown>;

/** A model of the format `ward-system-model/0.1` as one of today. */
export function sharedModel(name: string): SystemModel {
  const plain = read(name) as Plain & Record<string, Plain[]>;
  return SystemModel.parse({
    title: plain.title,
    ...each('zones', (zone) => ({ ...answered(zone), elementDefaults: answers(zone.elementDefaults) })),
    ...each('elements', answered),
    ...each('interfaces', answered),
    ...each('flows', answered),
    ...each('safetyFunctions', answered),
    ...each('assets', ({ id, title, kind, c, i, a }) => {
      return { id, title, kind, confidentiality: c, integrity: i, availability: a };
    }),
    ...each('harms', (harm) => harm),
  });

  function each(part: string, change: (object: Plain) => Plain): Plain {
    return { [part]: (plain[part] ?? []).map(change) };
  }
}

const answered = (object: Plain): Plain => ({ ...object, answers: answers(object.answers) });

function answers(given: unknown): Plain {
  return Object.fromEntries(Object.entries(given ?? {}).map(([key, value]) => [key, { value }]));
}
