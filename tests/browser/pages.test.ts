// Every page, light on a desk and dark on a phone: axe without serious findings, nothing wider than the screen, no fault in
// the page. With WARD_SHOTS=folder it leaves a picture of each, in all four ways.
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from './chromium.ts';
import { look } from './look.ts';
import { api, type Joiner, LEA, moveIn, PASSWORD, type Visitor, visit } from './people.ts';
import { type RunningWard, startProgram } from './running-ward.ts';

const RITA: Joiner = { name: 'Rita Release', email: 'rita@example.org', role: 'Release manager' };
let ward: RunningWard;
let browser: Browser;
let state: Awaited<ReturnType<BrowserContext['storageState']>>;

beforeAll(async () => {
  ward = await startProgram();
  browser = await launchBrowser();
  const [lea, rita] = await moveIn(browser, await visit(browser, ward.link), LEA, RITA);
  await makeFleet(rita);
  state = await lea.context.storageState();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await ward?.stop();
});

/** Units that wait for their enrolment, and a campaign that is planned over them. */
async function makeFleet({ page }: Visitor): Promise<void> {
  const { items } = await api<{ items: { id: string }[] }>(page, 'get', '/records?kind=product');
  const units = ['L4-0007', 'L4-0008'].map((serial) => ({
    serial,
    hardwareId: 'lumen-400',
    site: 'Eye clinic, theatre 1',
    clinic: 'st-mary',
  }));
  await api(page, 'post', '/fleet/units', { product: 'PRD-1', units });
  const left = { kind: 'person', value: 'person:eve', why: 'Left the service team.' };
  await api(page, 'post', '/fleet/taken-back', left);
  await api(page, 'post', '/records', {
    kind: 'campaign',
    productId: items[0]?.id,
    body: {
      title: 'Lumen 400 4.2 to the field',
      waves: [
        { name: 'First unit', units: 'L4-0007' },
        { name: 'All others', units: 'rest' },
      ],
    },
    links: [],
    reason: 'For the pages.',
  });
}

const FINDING = '/findings/REL-1?vulnerability=CVE-2023-36665&place=npm%3Aprotobufjs';
const PAGES: Readonly<Record<string, string>> = {
  today: '/',
  products: '/products',
  product: '/products/PRD-1',
  release: '/releases/REL-1',
  'release-sboms': '/releases/REL-1?tab=sboms',
  'release-components': '/releases/REL-1?tab=components',
  'release-tree': '/releases/REL-1?tab=tree',
  'release-quality': '/releases/REL-1?tab=quality',
  'release-licences': '/releases/REL-1?tab=licences',
  'release-changes': '/releases/REL-1?tab=changes',
  'release-findings': '/releases/REL-1?tab=findings',
  'release-statements': '/releases/REL-1?tab=statements',
  findings: '/findings',
  'findings-none': '/findings?q=nothing-has-this-name',
  finding: FINDING,
  'findings-by-flaw': '/findings?by=vulnerability',
  'findings-by-component': '/findings?by=component',
  'release-proposals': '/releases/REL-2?tab=proposals',
  'where-used': '/components/where?name=openssl',
  depth: '/releases/REL-1/depth?attacker=at-criminal',
  'depth-ways': '/releases/REL-1/depth?attacker=at-criminal&target=sf-emission&way=2',
  'depth-what-if': '/releases/REL-1/depth?target=sf-emission&try=1&on=CTL-2&cut=flow-service',
  'depth-newest': '/depth',
  reach: '/releases/REL-1/reach?vulnerability=CVE-2023-36665',
  knowledge: '/knowledge',
  kinds: '/records',
  suppliers: '/records/supplier',
  supplier: '/r/SUP-1',
  threats: '/records/threat',
  campaigns: '/records/campaign',
  campaign: '/r/CMP-1',
  'no-updates': '/records/update',
  fleet: '/fleet',
  'fleet-attention': '/fleet?attention=yes',
  'taken-back': '/revocations',
  unit: '/fleet/L4-0007',
  record: '/r/THR-1',
  'record-edit': '/r/THR-2?edit=1',
  'record-difference': '/r/THR-1?revision=2',
  model: '/r/SYS-1',
  models: '/system-models',
  'model-drawing': '/system-models/SYS-1',
  'model-object': '/system-models/SYS-1?at=control-computer',
  'model-table': '/system-models/SYS-1?tab=table&part=flows',
  'model-global-view': '/system-models/SYS-1?tab=views',
  'model-multi-patient-view': '/system-models/SYS-1?tab=views&view=multi-patient',
  'model-text': '/system-models/SYS-1?tab=text',
  'model-differences': '/system-models/SYS-1?tab=differences',
  'new-threat': '/new/threat',
  'new-risk': '/new/risk',
  risks: '/risks?product=PRD-1',
  'risks-before': '/risks?product=PRD-1&view=before&verdict=privacy',
  risk: '/r/RSK-1',
  'risk-of-threat': '/risks/new?from=THR-1,THR-2',
  'risk-of-nothing': '/risks/new',
  'risk-file': '/risk-file?product=PRD-1',
  'plan-scope': '/products/PRD-1/plan',
  'plan-people': '/products/PRD-1/plan?step=people',
  'plan-policy': '/products/PRD-1/plan?step=policy',
  'plan-life': '/products/PRD-1/plan?step=life',
  'plan-record': '/r/PLN-1',
  'import-harms': '/harms/import?product=PRD-1',
  questions: '/questions?model=SYS-1',
  'questions-answered': '/questions?model=SYS-1&show=answered&by=place',
  'model-threats': '/threats?model=SYS-1',
  'model-threats-open': '/threats?model=SYS-1&show=open&by=category',
  rules: '/rules',
  'rule-pack': '/rules/ward',
  'rule-shipped': '/rules/ward?rule=WR-CMD-001',
  requirements: '/requirements',
  'requirement-library': '/requirement-library',
  'requirement-library-entry': '/requirement-library?entry=SR-CMD-1',
  requirement: '/r/REQ-1',
  'requirement-edit': '/r/REQ-2?edit=1',
  'new-requirement': '/new/requirement?statement=The+device+should+be+secure.&acceptance=It+works.',
  controls: '/controls',
  'known-bad-practice': '/controls?view=practice',
  control: '/r/CTL-1',
  traceability: '/traceability',
  'traceability-threats': '/traceability?by=threat&gap=any',
  'traceability-matrix': '/traceability?view=matrix&by=threat&columns_of=control',
  'traceability-graph': '/traceability?view=graph&key=REQ-2',
  'traceability-gaps': '/traceability?view=gaps',
  'traceability-suspects': '/traceability?view=suspects',
  audit: '/audit',
  people: '/people',
  tokens: '/tokens',
  account: '/account',
  notifications: '/notifications',
  'notification-settings': '/notifications/settings',
  webhooks: '/webhooks',
  missing: '/r/THR-999',
  nowhere: '/nowhere/at/all',
};

const WAYS = [
  { name: 'desk-light', viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
  { name: 'phone-dark', viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
  { name: 'desk-dark', viewport: { width: 1440, height: 900 }, colorScheme: 'dark', picturesOnly: true },
  { name: 'phone-light', viewport: { width: 390, height: 844 }, colorScheme: 'light', picturesOnly: true },
] as const;

describe.each(WAYS.filter((way) => !('picturesOnly' in way) || process.env.WARD_SHOTS))(
  'pages, $name',
  (way) => {
    // Some hundred pages, each with axe.
    it('hold to the rules', { timeout: 300_000 }, async () => {
      const context = await browser.newContext({
        viewport: way.viewport,
        colorScheme: way.colorScheme,
        reducedMotion: 'reduce',
        storageState: state,
      });
      const page = await context.newPage();
      const faults: string[] = [];
      page.on('pageerror', (error) => faults.push(`${page.url()}: ${error.message}`));
      const wide: string[] = [];
      for (const [name, path] of Object.entries(PAGES)) {
        await page.goto(`${ward.url}${path}`);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await look(page, `${name}-${way.name}`);
        const over = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        if (over > 0) wide.push(`${name}: ${over} px too wide`);
      }
      await context.close();
      expect(wide).toEqual([]);
      expect(faults).toEqual([]);
    });

    it('hold to the rules outside, and let people in and out', async () => {
      const { page, context, faults } = await visit(browser, `${ward.url}/findings`, {
        dark: way.colorScheme === 'dark',
      });
      await page.setViewportSize(way.viewport);
      await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
      await look(page, `sign-in-${way.name}`);
      await page.getByLabel(/^E-mail address/).fill('lea@example.org');
      await page
        .getByLabel(/^Password/)
        .first()
        .fill('certainly not this one');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('alert').waitFor();
      await page
        .getByLabel(/^Password/)
        .first()
        .fill(PASSWORD);
      await page.getByRole('button', { name: 'Sign in' }).click();
      // Back to where they wanted to go.
      await page.getByRole('heading', { level: 1, name: 'Findings' }).waitFor();
      expect(faults).toEqual([]);
      await context.close();
    });
  },
);

describe('keys', () => {
  it('go places, search and list themselves', async () => {
    const context = await browser.newContext({ storageState: state });
    const page = await context.newPage();
    await page.goto(ward.url);
    await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('f');
    await page.getByRole('heading', { level: 1, name: 'Findings' }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await look(page, 'keys');
    await page.keyboard.press('Escape');
    await page.keyboard.press('ControlOrMeta+k');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.type('THR-1');
    await page
      .getByRole('option', { name: /THR-1\b/ })
      .first()
      .waitFor();
    await look(page, 'palette');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/r\/THR-1$/);
    await context.close();
  });
});
