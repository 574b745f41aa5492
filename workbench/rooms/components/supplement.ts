// What people may complete about a component, and how it lies over what the SBOM says. Pure; pages use it too.
import { z } from 'zod';
import type { SbomComponent } from './sbom/sbom.ts';
import { SUPPORT_LEVELS } from './support-levels.ts';

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
