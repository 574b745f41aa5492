// What people may complete about a component, and how it lies over what the SBOM says. Pure; pages use it too.
import { z } from 'zod';
import type { SbomComponent } from './sbom/sbom.ts';

// FDA, Cybersecurity in Medical Devices (2025) VI.A.4: the level of support provided through monitoring and maintenance.
export const SUPPORT_LEVELS = [
  'actively-maintained',
  'no-longer-maintained',
  'abandoned',
  'unknown',
] as const;
export type SupportLevel = (typeof SUPPORT_LEVELS)[number];

const text = (max: number) => z.string().trim().min(1).max(max);

/** A field that is absent is not completed. */
export const Supplement = z
  .object({
    supplier: text(300).optional(),
    supportLevel: z.enum(SUPPORT_LEVELS).optional(),
    endOfSupport: z.iso.date().optional(),
    /** Why level or end of support cannot be given. */
    justification: text(2_000).optional(),
    licence: text(1_000).optional(),
    purl: text(2_000).optional(),
    cpe: text(1_000).optional(),
  })
  .strict();
export type Supplement = z.infer<typeof Supplement>;

export const SUPPLEMENT_FIELDS = Object.keys(Supplement.shape) as readonly (keyof Supplement)[];

export const correctsIdentity = (supplement: Supplement): boolean =>
  supplement.purl !== undefined || supplement.cpe !== undefined;

type Supplementable = Pick<
  SbomComponent,
  'supplier' | 'supportLevel' | 'endOfSupport' | 'licences' | 'purl' | 'cpes'
>;

/** The component as it is known now: what people said goes before what the SBOM says. */
export function supplemented<Component extends Supplementable>(
  component: Component,
  supplement: Supplement,
): Component {
  return {
    ...component,
    supplier: supplement.supplier ?? component.supplier,
    supportLevel: supplement.supportLevel ?? component.supportLevel,
    endOfSupport: supplement.endOfSupport ?? component.endOfSupport,
    licences: supplement.licence === undefined ? component.licences : [supplement.licence],
    purl: supplement.purl ?? component.purl,
    cpes: supplement.cpe === undefined ? component.cpes : [supplement.cpe],
  };
}

const levelWords: Readonly<Record<string, SupportLevel>> = {
  'actively maintained': 'actively-maintained',
  active: 'actively-maintained',
  maintained: 'actively-maintained',
  supported: 'actively-maintained',
  support: 'actively-maintained', // SPDX 3 SupportType
  limitedsupport: 'actively-maintained',
  'no longer maintained': 'no-longer-maintained',
  endofsupport: 'no-longer-maintained', // SPDX 3 SupportType
  'end of support': 'no-longer-maintained',
  nosupport: 'abandoned', // SPDX 3 SupportType
  abandoned: 'abandoned',
  unknown: 'unknown',
};

/** The level in the words of the FDA, or null for a text that is none of them. */
export function supportLevelOf(written: string | null): SupportLevel | null {
  if (written === null) return null;
  const plain = written.trim().toLowerCase().replaceAll(/[-_]+/g, ' ');
  return Object.hasOwn(levelWords, plain) ? (levelWords[plain] as SupportLevel) : null;
}
