// One polite and one urgent live region for the whole page; screen readers speak what is put there.
let polite: HTMLElement | null = null;
let urgent: HTMLElement | null = null;

/** Speaks without interrupting (updates, results); `urgent` interrupts (a failed save). */
export function announce(text: string, manner: 'polite' | 'urgent' = 'polite'): void {
  const region = manner === 'polite' ? polite : urgent;
  if (!region) return;
  region.textContent = '';
  // The same sentence twice is spoken twice only when the region was empty in between.
  setTimeout(() => {
    region.textContent = text;
  }, 50);
}

export function registerRegions(politeRegion: HTMLElement | null, urgentRegion: HTMLElement | null): void {
  polite = politeRegion;
  urgent = urgentRegion;
}
