// The example's data as it stands in the JSON files beside, in the order in which it is written.
import type { Role } from '../workbench/kernel/people/roles.ts';
import assurance from './assurance.json' with { type: 'json' };
import events from './events.json' with { type: 'json' };
import people from './people.json' with { type: 'json' };
import product from './product.json' with { type: 'json' };
import risks from './risks.json' with { type: 'json' };
import console41 from './sboms/console-and-fleet.cdx.json' with { type: 'json' };
import console42 from './sboms/console-and-fleet-4.2.cdx.json' with { type: 'json' };
import control41 from './sboms/control-computer.cdx.json' with { type: 'json' };

/** Name of a person in `people.json`, or `ward` for what Ward itself writes (harms, states that need a signature). */
export type Author = string;

export interface ExamplePerson {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly roles: readonly Role[];
  readonly independence: string;
  readonly training: string;
}

export interface ExampleRecord {
  /** Name inside the example; keys such as THR-1 are given by Ward. */
  readonly id: string;
  readonly by: Author;
  readonly kind: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly links?: readonly { readonly type: string; readonly to: string }[];
  /** Transitions right after it was written. */
  readonly moves?: readonly {
    readonly transition: string;
    readonly by: Author;
    readonly reason: string | null;
  }[];
}

/** An edit after everything was linked, so that some links are suspect. */
export interface ExampleChange {
  readonly of: string;
  readonly by: Author;
  readonly edit: Readonly<Record<string, unknown>>;
  readonly reason: string;
}

export interface ExampleSbom {
  readonly release: string;
  readonly part: string;
  readonly fileName: string;
  readonly document: unknown;
}

export const PRODUCT_ID = 'lumen';
export const MODEL_ID = 'model';
export const productBody: Readonly<Record<string, unknown>> = product.product;
export const examplePeople = people.people as readonly ExamplePerson[];
const ofRisk = risks.records as readonly ExampleRecord[];
const ofAssurance = assurance.records as readonly ExampleRecord[];
const isRisk = ({ kind }: ExampleRecord) => kind === 'risk';
const isControl = ({ kind }: ExampleRecord) => kind === 'control';

/** Before the SBOMs. Risks name the controls that reduce them, which cut threats: so the controls stand between both. */
export const recordsBefore: readonly ExampleRecord[] = [
  ...(product.records as readonly ExampleRecord[]),
  ...ofRisk.filter((record) => !isRisk(record)),
  ...ofAssurance.filter(isControl),
];
/** When the SBOMs and advisories are in: whoever judges a risk has the vulnerabilities of its elements before them. */
export const recordsAfter: readonly ExampleRecord[] = [
  ...ofRisk.filter(isRisk),
  ...ofAssurance.filter((record) => !isControl(record)),
  ...(events.records as readonly ExampleRecord[]),
];
export const exampleRecords: readonly ExampleRecord[] = [...recordsBefore, ...recordsAfter];
/** Who accepts what the rules found on the model. */
export const ACCEPTED_BY: Author = 'ines';
export const exampleChanges: readonly ExampleChange[] = events.changes;

export const exampleSboms: readonly ExampleSbom[] = [
  {
    release: 'r41',
    part: 'Control computer',
    fileName: 'control-computer.cdx.json',
    document: control41,
  },
  {
    release: 'r41',
    part: 'Console and fleet service',
    fileName: 'console-and-fleet.cdx.json',
    document: console41,
  },
  {
    release: 'r42',
    part: 'Console and fleet service',
    fileName: 'console-and-fleet-4.2.cdx.json',
    document: console42,
  },
];

/** What a user would have in the file. */
export function sbomBytes(sbom: ExampleSbom): Uint8Array {
  return Buffer.from(`${JSON.stringify(sbom.document, null, 2)}\n`);
}
