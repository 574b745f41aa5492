// Looks at a page: axe without serious findings, and a picture where somebody wants one (WARD_SHOTS=folder).
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page, Request } from 'playwright-core';
import { expect } from 'vitest';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const shots = process.env.WARD_SHOTS;

interface AxeNode {
  readonly html: string;
  readonly failureSummary: string;
}
interface AxeFinding {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly AxeNode[];
}

/** Serious and critical findings of WCAG 2.2 A and AA, with the element that has them. */
export async function seriousFindings(page: Page): Promise<string[]> {
  // Evaluated by the driver, not by the page: the content policy stays as it is for users.
  await page.evaluate(axeSource);
  const found = (await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run: (where: Document, options: object) => Promise<{ violations: unknown }> };
    };
    return (await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }))
      .violations;
  })) as AxeFinding[];
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes
        .slice(0, 3)
        .map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary.split('\n')[1] ?? ''}`),
    );
}

const asking = new WeakMap<Page, { readonly open: Set<Request>; quietSince: number }>();
const QUIET_MS = 150;
const LONGEST_MS = 15_000;

/** Nothing has been asked of the server for a moment. `networkidle` waits half a second for it, on each of hundreds of looks. */
async function settled(page: Page): Promise<void> {
  const known = asking.get(page);
  if (known === undefined) {
    const requests = { open: new Set<Request>(), quietSince: Date.now() };
    asking.set(page, requests);
    // Live updates stay open for ever.
    page.on('request', (request) => {
      if (request.resourceType() !== 'eventsource') requests.open.add(request);
    });
    const ended = (request: Request) => {
      requests.open.delete(request);
      requests.quietSince = Date.now();
    };
    page.on('requestfinished', ended);
    page.on('requestfailed', ended);
    // What was asked before is not known here.
    await page.waitForLoadState('networkidle').catch(() => undefined);
    return;
  }
  const until = Date.now() + LONGEST_MS;
  while (Date.now() < until && (known.open.size > 0 || Date.now() - known.quietSince < QUIET_MS))
    await page.waitForTimeout(25);
}

export async function look(page: Page, name: string): Promise<void> {
  await settled(page);
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`) });
  // What lies under the head of the page while it is scrolled is not too small.
  await page.evaluate(() => window.scrollTo(0, 0));
  expect(await seriousFindings(page), name).toEqual([]);
}
