// The fields of CycloneDX 1.0 to 1.7 that Ward uses, as JSON. Extra fields pass; a used field of a wrong type does not.

import { z } from 'zod';

const text = z.string().nullish();
const list = z.array(z.unknown()).nullish();
const entity = z.object({ name: text }).nullish();

/** Component types of all versions (CycloneDX 1.7 `component.type`); read 2026-11. */
const componentTypes = [
  'application',
  'framework',
  'library',
  'container',
  'platform',
  'operating-system',
  'device',
  'device-driver',
  'firmware',
  'file',
  'machine-learning-model',
  'data',
  'cryptographic-asset',
] as const;

/** Hash algorithms with the length of their value in hex digits; 0 where the length is free. */
export const hashLengths = {
  MD5: 32,
  'SHA-1': 40,
  'SHA-256': 64,
  'SHA-384': 96,
  'SHA-512': 128,
  'SHA3-256': 64,
  'SHA3-384': 96,
  'SHA3-512': 128,
  'BLAKE2b-256': 64,
  'BLAKE2b-384': 96,
  'BLAKE2b-512': 128,
  BLAKE3: 0,
  'Streebog-256': 64,
  'Streebog-512': 128,
} as const;

const hashAlgorithms = Object.keys(hashLengths) as (keyof typeof hashLengths)[];

const shape = {
  'bom-ref': text,
  type: z.enum(componentTypes),
  name: z.string(),
  group: text,
  version: text,
  versionRange: text,
  isExternal: z.boolean().nullish(),
  description: text,
  purl: text,
  cpe: text,
  scope: z.enum(['required', 'optional', 'excluded']).nullish(),
  publisher: text,
  supplier: entity,
  manufacturer: entity,
  hashes: z.array(z.object({ alg: z.enum(hashAlgorithms), content: z.string() })).nullish(),
  licenses: z
    .array(z.object({ license: z.object({ id: text, name: text }).nullish(), expression: text }))
    .nullish(),
  externalReferences: z.array(z.object({ type: text, url: text })).nullish(),
  properties: z.array(z.object({ name: text, value: text })).nullish(),
  pedigree: z.looseObject({ commits: z.array(z.looseObject({ uid: text, url: text })).nullish() }).nullish(),
  author: text,
  authors: z.array(z.looseObject({ name: text })).nullish(),
  copyright: text,
  swid: z.unknown().optional(),
  omniborId: z.array(z.string()).nullish(),
  swhid: z.array(z.string()).nullish(),
  evidence: z.unknown().optional(),
  components: list,
};

export const CycloneDxComponent = z.object(shape);
export type CycloneDxComponent = z.infer<typeof CycloneDxComponent>;

/** `metadata.component` as tools write it: some leave out the type or even the name. */
export const CycloneDxSubject = z.object({ ...shape, type: z.string().nullish(), name: text });

const tool = z.object({ vendor: text, group: text, name: text, version: text });

export const CycloneDxDocument = z.object({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.string(),
  serialNumber: text,
  version: z.number().int().nullish(),
  metadata: z
    .object({
      timestamp: text,
      tools: z
        .union([
          z.array(tool),
          z.object({ components: z.array(tool).nullish(), services: z.array(tool).nullish() }),
        ])
        .nullish(),
      component: z.unknown().optional(),
    })
    .nullish(),
  components: list,
  services: list,
  dependencies: z
    .array(z.object({ ref: z.string().min(1), dependsOn: z.array(z.string()).nullish() }))
    .nullish(),
});
export type CycloneDxDocument = z.infer<typeof CycloneDxDocument>;

export const CycloneDxService = z.object({ 'bom-ref': text, services: list });
