// Waits until a page has all that it asked for and has drawn it.
import type { Page, Request } from 'playwright-core';

/** Longer than a page takes from an answer to the next question, shorter than the half second of the driver's own `networkidle`. */
const SILENCE_MS = 100;
const LONGEST_MS = 15_000;

class Traffic {
  readonly #open = new Set<Request>();
  #last = performance.now();

  constructor(page: Page) {
    page.on('request', (request) => {
      this.#last = performance.now();
      // What the page before had asked for is told by nobody any more.
      if (request.isNavigationRequest() && request.frame() === page.mainFrame()) this.#open.clear();
      // One that is meant to stay open.
      if (request.resourceType() !== 'eventsource') this.#open.add(request);
    });
    page.on('requestfinished', (request) => this.#ended(request));
    page.on('requestfailed', (request) => this.#ended(request));
  }

  #ended(request: Request): void {
    this.#last = performance.now();
    this.#open.delete(request);
  }

  get last(): number {
    return this.#last;
  }

  get silent(): boolean {
    return this.#open.size === 0 && performance.now() - this.#last >= SILENCE_MS;
  }
}

const watched = new WeakMap<Page, Traffic>();

/** Does not throw: a page that is never quiet is looked at as it is. */
export async function quiet(page: Page): Promise<void> {
  const known = watched.get(page);
  if (!known) {
    // What was asked before is not known here.
    watched.set(page, new Traffic(page));
    return page.waitForLoadState('networkidle').catch(() => undefined);
  }
  const until = performance.now() + LONGEST_MS;
  while (performance.now() < until) {
    const { last } = known;
    if (known.silent) {
      await drawn(page);
      if (known.silent && known.last === last) return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A busy page may be about to ask for more: until it has nothing to do. */
const drawn = (page: Page): Promise<unknown> =>
  page
    .evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestIdleCallback(done, { timeout: 2_000 }))),
    )
    .catch(() => undefined);
