import { afterAll, beforeAll, it, expect } from 'vitest';
import { launchBrowser } from './chromium.ts';
import { accept, assignRole, becomeAdministrator, invite, visit } from './people.ts';
import { startProgram } from './running-ward.ts';
import { seriousFindings } from './look.ts';
let ward: any; let browser: any; let state: any;
beforeAll(async () => {
  ward = await startProgram(); browser = await launchBrowser();
  const admin = await visit(browser, ward.link);
  await becomeAdministrator(admin.page, 'Ada Admin', 'ada@example.org');
  const link = await invite(admin.page, 'Lea Lead', 'lea@example.org');
  await assignRole(admin.page, 'Lea Lead', 'Security lead');
  const lea = await visit(browser, link); await accept(lea.page);
  state = await lea.context.storageState();
}, 240_000);
afterAll(async () => { await browser?.close(); await ward?.stop(); });
it('looks', async () => {
  const D = process.env.LOOK_DIR as string;
  for (const way of [{n:'dl',viewport:{width:1280,height:800},colorScheme:'light'},{n:'pd',viewport:{width:390,height:844},colorScheme:'dark'}] as any[]) {
    const context = await browser.newContext({ viewport: way.viewport, colorScheme: way.colorScheme, reducedMotion: 'reduce', storageState: state });
    const page = await context.newPage();
    page.on('pageerror', (e: any) => console.log('PAGEERROR', page.url(), e.message, e.stack?.slice(0,600)));
    page.on('console', (m: any) => { if (m.type()==='error'||m.type()==='warning') console.log('CONSOLE', m.text().slice(0,300)); });
    const P: Record<string,string> = { list: '/system-models', drawing: '/system-models/SYS-1', element:'/system-models/SYS-1?at=control-computer', table: '/system-models/SYS-1?tab=table', flows: '/system-models/SYS-1?tab=table&part=flows', views: '/system-models/SYS-1?tab=views', multi: '/system-models/SYS-1?tab=views&view=multi-patient', text: '/system-models/SYS-1?tab=text', diff: '/system-models/SYS-1?tab=differences' };
    for (const [n, p] of Object.entries(P)) {
      if (process.env.LOOK_ONLY && !process.env.LOOK_ONLY.split(',').includes(n)) continue;
      await page.goto(ward.url + p);
      await page.getByRole('heading', { level: 1 }).waitFor().catch((e: any) => console.log('NOH1', n));
      await page.waitForLoadState('networkidle').catch(() => undefined);
      await page.waitForTimeout(1800);
      await page.screenshot({ path: `${D}/${n}-${way.n}.png` });
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (over > 0) console.log('WIDE', n, way.n, over);
      for (const f of await seriousFindings(page)) console.log('AXE', n, way.n, f);
    }
    await context.close();
  }
  expect(1).toBe(1);
}, 400_000);
