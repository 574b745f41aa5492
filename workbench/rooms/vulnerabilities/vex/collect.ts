// Gathers statements of a document within its bounds: references once, the newest word about one thing only.
import { parseInstant, storable } from '../../../knowledge/importers/record-shape.ts';
import { refuseVex } from './errors.ts';
import { type ReadVex, VEX_LIMITS, type VexClaim, type VexRef } from './statement.ts';

export class VexCollector {
  readonly #refs = new Map<string, VexRef>();
  readonly #claims = new Map<string, VexClaim>();
  readonly #warnings: { at: string; message: string }[] = [];
  #count = 0;
  #unsaid = 0;

  warn(at: string, message: string): void {
    if (this.#warnings.length < VEX_LIMITS.maxWarnings) this.#warnings.push({ at, message });
    else this.#unsaid += 1;
  }

  /** The first to name an id describes it. */
  ref(ref: VexRef): string {
    const id = ref.id.slice(0, 2_000);
    if (!this.#refs.has(id))
      this.#refs.set(id, {
        id,
        name: ref.name.slice(0, 500),
        purls: ref.purls.slice(0, 50).map((purl) => purl.slice(0, 2_000)),
        cpe: ref.cpe?.slice(0, 1_000) ?? null,
        versions: ref.versions,
      });
    return id;
  }

  /** Refuses `vex.too-many-statements`. Of two words about one flaw in one thing the later one counts. */
  claim(given: VexClaim): void {
    this.#count += 1;
    if (this.#count > VEX_LIMITS.maxClaims)
      throw refuseVex(
        'vex.too-many-statements',
        `The document has more than ${VEX_LIMITS.maxClaims} statements about products.`,
        { at: given.at },
      );
    const claim: VexClaim = {
      ...given,
      ids: [...new Set(given.ids.map((id) => id.trim().slice(0, 300)).filter((id) => id !== ''))].slice(
        0,
        VEX_LIMITS.maxIds,
      ),
      impact: this.#short(given.impact, given.at),
      action: this.#short(given.action, given.at),
      fixed: given.fixed.slice(0, 50).map((version) => version.slice(0, 200)),
    };
    if (claim.ids.length === 0) {
      this.warn(claim.at, 'It names no vulnerability and was left out.');
      return;
    }
    const key = JSON.stringify([claim.ids[0], claim.subject, claim.context]);
    const known = this.#claims.get(key);
    if (known && known.status !== claim.status)
      this.warn(
        claim.at,
        `It speaks of ${claim.ids[0]} in ${claim.subject.slice(0, 200)} as ${known.at} does; the later word counts.`,
      );
    if (!known || (claim.saidAt ?? '') >= (known.saidAt ?? '')) this.#claims.set(key, claim);
  }

  /** Refuses `vex.no-statements`. */
  done(head: Omit<ReadVex, 'refs' | 'claims' | 'warnings'>): ReadVex {
    if (this.#claims.size === 0)
      throw refuseVex(
        'vex.no-statements',
        `The document gives no product a status. ${this.#warnings[0]?.message ?? ''}`.trim(),
        { at: this.#warnings[0]?.at ?? '$' },
      );
    if (this.#unsaid > 0) this.#warnings.push({ at: '$', message: `${this.#unsaid} more warnings.` });
    const claims = [...this.#claims.values()];
    const used = new Set(claims.flatMap(({ subject, context }) => [subject, context]));
    return storable({
      ...head,
      documentId: head.documentId.slice(0, 500),
      documentVersion: head.documentVersion.slice(0, 100),
      author: head.author.slice(0, 300),
      refs: [...this.#refs.values()].filter(({ id }) => used.has(id)),
      claims,
      warnings: this.#warnings,
    });
  }

  #short(text: string, at: string): string {
    if (text.length <= VEX_LIMITS.maxText) return text;
    this.warn(at, `A text was cut to ${VEX_LIMITS.maxText} characters; the original keeps it whole.`);
    return text.slice(0, VEX_LIMITS.maxText);
  }
}

/** An instant as ISO 8601 in UTC; null and a warning for what is none. */
export function instantOf(value: string | null | undefined, at: string, to: VexCollector): string | null {
  if (!value) return null;
  const instant = parseInstant(value);
  if (instant === null) to.warn(at, `${JSON.stringify(value.slice(0, 60))} is no instant; it was left out.`);
  return instant;
}
