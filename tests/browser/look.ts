// Looks at a page: axe without serious findings, and a picture where somebody wants one (WARD_SHOTS=folder).
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { quiet } from './quiet.ts';

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
    return (
      await axe.run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
        // Of the other kinds one example is enough: nobody reads them.
        resultTypes: ['violations'],
      })
    ).violations;
  })) as AxeFinding[];
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes
        .slice(0, 3)
        .map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary.split('\n')[1] ?? ''}`),
    );
}

export async function look(page: Page, name: string): Promise<void> {
  await quiet(page);
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`) });
  // What lies under the head of the page while it is scrolled is not too small.
  await page.evaluate(() => window.scrollTo(0, 0));
  expect(await seriousFindings(page), name).toEqual([]);
}
