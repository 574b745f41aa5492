// What endoflife.date says about the support of components, as proposals: people take them over or not.
import type { Kernel } from '../../kernel/kernel.ts';
import { lifecycleOf } from '../../knowledge/store/read-signals.ts';
import type { OutgoingComponent } from './outgoing.ts';
import type { SupportLevel } from './support-levels.ts';

export interface SupportProposal {
  readonly supportLevel: SupportLevel | null;
  readonly endOfSupport: string | null;
  readonly from: string;
  readonly url: string;
}

/** For components that lack level or end of support; what is not known there has no entry. */
export async function proposalsFor(
  db: Kernel['db'],
  components: readonly OutgoingComponent[],
  today: string,
): Promise<Map<OutgoingComponent, SupportProposal>> {
  const proposals = new Map<OutgoingComponent, SupportProposal>();
  const asked = new Map<string, SupportProposal | null>();
  for (const component of components) {
    const { place, version } = component;
    const cut = place?.indexOf(':') ?? -1;
    if (place === null || cut < 1 || (component.supportLevel && component.endOfSupport)) continue;
    const key = JSON.stringify([place, version]);
    if (!asked.has(key)) {
      const identity = { ecosystem: place.slice(0, cut), name: place.slice(cut + 1), version };
      const cycle = (await lifecycleOf(db, identity)).find(({ ofVersion }) => ofVersion);
      asked.set(key, cycle ? proposalOf(cycle, today) : null);
    }
    const proposal = asked.get(key);
    if (proposal) proposals.set(component, proposal);
  }
  return proposals;
}

function proposalOf(
  cycle: Awaited<ReturnType<typeof lifecycleOf>>[number],
  today: string,
): SupportProposal | null {
  const ended = cycle.lifeUntil === null ? cycle.lifeEnded : cycle.lifeUntil < today;
  if (ended === null && cycle.lifeUntil === null) return null;
  return {
    supportLevel: ended === null ? null : ended ? 'no-longer-maintained' : 'actively-maintained',
    endOfSupport: cycle.lifeUntil,
    from: `endoflife.date: ${cycle.title} ${cycle.cycle}`,
    url: `https://endoflife.date/${encodeURIComponent(cycle.product)}`,
  };
}
