// Two ways to use a page: with a mouse, and with nothing but the keyboard. The same journey runs with both.
import type { Locator, Page } from 'playwright-core';

type Role = Parameters<Page['getByRole']>[0];

export interface Hands {
  readonly name: 'mouse' | 'keyboard';
  press(page: Page, role: Role, name: string | RegExp): Promise<void>;
  fill(page: Page, label: string | RegExp, text: string): Promise<void>;
  /** Picks an option of a select by its words (the start of them is enough). */
  choose(page: Page, label: string | RegExp, option: string): Promise<void>;
  /** Picks one of a group of radio buttons. */
  pick(page: Page, group: string | RegExp, option: RegExp): Promise<void>;
  /** Opens a menu and takes one of its entries. */
  menu(page: Page, button: string | RegExp, entry: string | RegExp): Promise<void>;
}

/** Where the work is: the open dialog, else the page's own part. The product switcher in the head has labels of its own. */
async function place(page: Page): Promise<Locator> {
  const dialog = page.getByRole('dialog');
  return (await dialog.count()) > 0 ? dialog.last() : page.getByRole('main');
}

/** Waits for it: a list of records comes a moment after the page. */
async function optionValue(select: Locator, option: string): Promise<{ value: string; label: string }> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const found = await select.evaluate((element, words) => {
      const options = [...(element as HTMLSelectElement).options];
      const hit = options.find((one) => one.label.startsWith(words));
      return hit ? { value: hit.value, label: hit.label } : null;
    }, option);
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`no option "${option}"`);
    await select.page().waitForTimeout(50);
  }
}

export const mouse: Hands = {
  name: 'mouse',
  async press(page, role, name) {
    await (await place(page)).getByRole(role, { name }).first().click();
  },
  async fill(page, label, text) {
    await (await place(page)).getByLabel(label).first().fill(text);
  },
  async choose(page, label, option) {
    const select = (await place(page)).getByLabel(label).first();
    await select.selectOption((await optionValue(select, option)).value);
  },
  async pick(page, group, option) {
    await page.getByRole('radiogroup', { name: group }).getByRole('radio', { name: option }).check();
  },
  async menu(page, button, entry) {
    await page.getByRole('button', { name: button }).first().click();
    await page.getByRole('menuitem', { name: entry }).click();
  },
};

const MOST_TABS = 250;

/** Tab until the element has the focus: fails when the keyboard cannot reach it. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  const handle = await target.elementHandle();
  for (let i = 0; i < MOST_TABS; i += 1) {
    if (await page.evaluate((element) => element === document.activeElement, handle)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`the keyboard does not reach ${target}`);
}

export const keyboard: Hands = {
  name: 'keyboard',
  async press(page, role, name) {
    await tabTo(page, (await place(page)).getByRole(role, { name }).first());
    // What has the focus must show it.
    const shown = await page.evaluate(() => {
      const style = getComputedStyle(document.activeElement as Element);
      return style.outlineStyle !== 'none' || style.boxShadow !== 'none' || style.borderColor !== '';
    });
    if (!shown) throw new Error(`the focus on "${name}" cannot be seen`);
    await page.keyboard.press('Enter');
  },
  async fill(page, label, text) {
    await tabTo(page, (await place(page)).getByLabel(label).first());
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type(text);
  },
  async choose(page, label, option) {
    const select = (await place(page)).getByLabel(label).first();
    await tabTo(page, select);
    const { value, label: words } = await optionValue(select, option);
    // Typing the words is how a closed select is used from the keyboard; arrows go on where two begin alike.
    await page.keyboard.type(words.slice(0, 12));
    for (let i = 0; i < 40 && (await select.inputValue()) !== value; i += 1)
      await page.keyboard.press('ArrowDown');
    if ((await select.inputValue()) !== value) throw new Error(`the keyboard does not choose "${words}"`);
  },
  async pick(page, group, option) {
    const radios = page.getByRole('radiogroup', { name: group });
    const wanted = radios.getByRole('radio', { name: option });
    await wanted.waitFor();
    for (
      let i = 0;
      i < MOST_TABS && !(await radios.evaluate((element) => element.contains(document.activeElement)));
      i += 1
    ) {
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Space');
    for (let i = 0; i < 12 && !(await wanted.isChecked()); i += 1) await page.keyboard.press('ArrowDown');
    if (!(await wanted.isChecked())) throw new Error(`the keyboard does not pick ${option}`);
  },
  async menu(page, button, entry) {
    await tabTo(page, page.getByRole('button', { name: button }).first());
    await page.keyboard.press('Enter');
    const item = page.getByRole('menuitem', { name: entry });
    await item.waitFor();
    for (
      let i = 0;
      i < 12 && !(await item.evaluate((element) => element === document.activeElement));
      i += 1
    ) {
      await page.keyboard.press('ArrowDown');
    }
    await page.keyboard.press('Enter');
  },
};
