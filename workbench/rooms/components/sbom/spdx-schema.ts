// The fields of SPDX 2.1 to 2.3 (JSON) that Ward uses. Extra fields pass; a used field of a wrong type does not.

import { z } from 'zod';

const text = z.string().nullish();

export const SpdxPackage = z.object({
  SPDXID: z.string().min(1),
  name: z.string(),
  versionInfo: text,
  supplier: text,
  originator: text,
  downloadLocation: text,
  homepage: text,
  description: text,
  summary: text,
  licenseConcluded: text,
  licenseDeclared: text,
  primaryPackagePurpose: text,
  validUntilDate: text,
  packageFileName: text,
  sourceInfo: text,
  comment: text,
  copyrightText: text,
  releaseDate: text,
  builtDate: text,
  annotations: z.unknown().optional(),
  checksums: z.array(z.object({ algorithm: z.string(), checksumValue: z.string() })).nullish(),
  externalRefs: z.array(z.object({ referenceType: z.string(), referenceLocator: z.string() })).nullish(),
});
export type SpdxPackage = z.infer<typeof SpdxPackage>;

export const SpdxRelationship = z.object({
  spdxElementId: z.string(),
  relatedSpdxElement: z.string(),
  relationshipType: z.string(),
});
export type SpdxRelationship = z.infer<typeof SpdxRelationship>;

export const SpdxDocument = z.object({
  spdxVersion: z.string(),
  SPDXID: text,
  name: text,
  documentNamespace: text,
  creationInfo: z.object({ created: text, creators: z.array(z.string()).nullish() }).nullish(),
  documentDescribes: z.array(z.string()).nullish(),
  packages: z.array(z.unknown()).nullish(),
  files: z.array(z.unknown()).nullish(),
  snippets: z.array(z.unknown()).nullish(),
  relationships: z.array(z.unknown()).nullish(),
});
export type SpdxDocument = z.infer<typeof SpdxDocument>;

export const SpdxFile = z.object({
  SPDXID: text,
  fileName: text,
  comment: text,
  licenseConcluded: text,
  checksums: z.array(z.object({ algorithm: z.string(), checksumValue: z.string() })).nullish(),
});

export const SpdxElement = z.object({ SPDXID: text });
