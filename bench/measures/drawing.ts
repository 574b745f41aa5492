// How smoothly the drawing of a large model pans and zooms, in a real browser without a graphics card: frames that were shown while
// it moved, counted in the page itself.
import type { Page } from 'playwright-core';
import { launchBrowser } from '../../tests/browser/chromium.ts';
import { LEA, moveIn, visit } from '../../tests/browser/people.ts';
import type { Figure } from '../figure.ts';
import { withFolder } from '../scratch.ts';
import { systemModel } from '../system-model.ts';
import { freePort, startWard } from '../ward-process.ts';

const ELEMENTS = 300;
const FLOWS = 450;
const SECONDS = 3;
// 60, less what a clock of whole milliseconds loses over the time of one measurement.
const SMOOTH = 58;

export async function measureDrawing(): Promise<Figure[]> {
  return withFolder(async (data) => {
    const ward = await startWard({ data, args: ['--no-example', '--port', String(await freePort())] });
    const browser = await launchBrowser();
    try {
      const [lea] = await moveIn(browser, await visit(browser, ward.link ?? ''), LEA);
      const small = await open(lea.page, ELEMENTS, FLOWS);
      const large = await open(lea.page, 2 * ELEMENTS, 2 * FLOWS);
      return (['whole', 'near'] as const).flatMap((view) =>
        (['pan', 'zoom'] as const).map((move): Figure => {
          const name = `${view} ${move}` as const;
          return {
            what: `drawing: ${move === 'pan' ? 'panning' : 'zooming'}, ${view === 'whole' ? 'all of it in view' : 'near'}`,
            size: `${ELEMENTS} elements, ${FLOWS} flows, software rendering`,
            value: small[name],
            twice: large[name],
            unit: '/s',
            goal: { atLeast: SMOOTH },
          };
        }),
      );
    } finally {
      await browser.close();
      await ward.interrupt();
    }
  });
}

type Frames = Readonly<Record<`${'whole' | 'near'} ${'pan' | 'zoom'}`, number>>;

/** Makes a model of this size, waits until it is arranged, and moves it. */
async function open(page: Page, elements: number, flows: number): Promise<Frames> {
  const send = async <T>(path: string, data: object): Promise<T> => {
    const answer = await page.request.post(`/api${path}`, {
      data,
      headers: { origin: new URL(page.url()).origin },
    });
    if (!answer.ok()) throw new Error(await answer.text());
    return (await answer.json()) as T;
  };
  const product = await send<{ id: string }>('/records', {
    kind: 'product',
    productId: null,
    body: { name: `Large ${elements}` },
  });
  const { key } = await send<{ key: string }>('/records', {
    kind: 'system-model',
    productId: product.id,
    body: systemModel(elements, flows, 4_711),
  });
  await page.goto(`/system-models/${key}`);
  await page.locator('.react-flow__node').first().waitFor();
  // Drawn for the first time, it arranges itself.
  await page
    .getByText('Arranging…')
    .first()
    .waitFor({ timeout: 10_000 })
    .catch(() => undefined);
  await page.getByText('Arranging…').first().waitFor({ state: 'detached', timeout: 120_000 });
  await page.waitForTimeout(1_000);
  const whole = { pan: await frames(page, 'pan'), zoom: await frames(page, 'zoom') };
  for (let n = 0; n < 20 && (await scaleOf(page)) < 0.9; n += 1) {
    await page.getByRole('button', { name: 'Zoom in' }).click();
    await page.waitForTimeout(50);
  }
  await page.waitForTimeout(500);
  return {
    'whole pan': whole.pan,
    'whole zoom': whole.zoom,
    'near pan': await frames(page, 'pan'),
    'near zoom': await frames(page, 'zoom'),
  };
}

const scaleOf = (page: Page) =>
  page.evaluate(() => {
    const style = document.querySelector<HTMLElement>('.react-flow__viewport')?.style.transform ?? '';
    return Number(/scale\(([\d.]+)\)/.exec(style)?.[1] ?? 1);
  });

/** Frames a second while the wheel turns once in each frame. */
function frames(page: Page, move: 'pan' | 'zoom'): Promise<number> {
  return page.evaluate(
    ({ move, ms }) =>
      new Promise<number>((settle) => {
        const pane = document.querySelector('.react-flow__pane');
        const box = pane?.getBoundingClientRect();
        const [clientX, clientY] = [
          (box?.left ?? 0) + (box?.width ?? 0) / 2,
          (box?.top ?? 0) + (box?.height ?? 0) / 2,
        ];
        let began = 0;
        let count = 0;
        const frame = (now: number) => {
          if (began === 0) began = now;
          else count += 1;
          if (now - began >= ms) return settle((count * 1000) / (now - began));
          const way = Math.floor((now - began) / 500) % 2 === 0 ? 1 : -1;
          pane?.dispatchEvent(
            new WheelEvent('wheel', {
              bubbles: true,
              cancelable: true,
              clientX,
              clientY,
              deltaX: move === 'pan' ? 12 * way : 0,
              deltaY: move === 'pan' ? 6 * way : 4 * way,
              ctrlKey: move === 'zoom',
            }),
          );
          requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
      }),
    { move, ms: SECONDS * 1_000 },
  );
}
