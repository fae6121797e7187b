/** `report`: the page that it writes, opened from a file in a real browser that has no network. */

import axe from 'axe-core';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Frame, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { browserPath, hasBrowser, launch } from '../media/harness/browser';
import { deployment, folderOf, run, service } from '../support/program';

const epoch = { SOURCE_DATE_EPOCH: '1700000000' };
if (!hasBrowser) console.log(`Reports are not opened: there is no browser at ${browserPath}.`);

const secret =
  'apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n  namespace: shop\nstringData:\n  password: hunter2\n';

describe('report', () => {
  it('writes a page, tells its size, and is the same for the same input', () => {
    const folder = folderOf({ 'web.yaml': `${service('web', 'web')}---\n${deployment('web', 'web')}` });
    const { status, stdout } = run(['report', '.', '-o', 'a.html'], { cwd: folder, env: epoch });
    expect(status).toBe(0);
    expect(stdout).toMatch(/^a\.html: \d\.\d MB with 1 file$/m);
    run(['report', '.', '-o', 'b.html'], { cwd: folder, env: epoch });
    const page = readFileSync(join(folder, 'a.html'), 'utf8');
    expect(page).toBe(readFileSync(join(folder, 'b.html'), 'utf8'));
    expect(page.length).toBeLessThan(3_000_000);
    expect(page).toContain('2023-11-14T22:13:20.000Z');
    expect(page).not.toContain(folder.split('/').slice(0, -1).join('/'));
    expect(run(['report', '.', '-o', '-'], { cwd: folder, env: epoch }).stdout).toBe(page);
    expect(run(['report', '.'], { cwd: folder }).stdout).toContain('report.html');
  });

  it('holds no Secret and no file that is no manifest, and says so', () => {
    const folder = folderOf({
      'a.yaml': `${service('web', 'web')}---\n${secret}`,
      'private-values.yaml': 'password: hunter2\n',
      'k/kustomization.yaml':
        'resources: [web.yaml]\nsecretGenerator:\n  - name: db\n    literals: [password=hunter2]\n',
      'k/web.yaml': service('web', 'web'),
    });
    const { stdout } = run(['report', folder, '-o', '-']);
    expect(stdout.includes('hunter2')).toBe(false);
    expect(stdout.includes('private-values.yaml')).toBe(false);
    expect(stdout.includes(folder)).toBe(false);
    expect(run(['report', folder, '-o', join(folder, 'a.html')]).stdout).toContain(
      'what 2 Secrets would tell is left out',
    );
  });

  it('holds of other scopes nothing, where one is named', () => {
    const folder = folderOf({ 'a/web.yaml': service('web', 'web'), 'b/other.yaml': service('zebra', 'web') });
    const { stdout } = run(['report', folder, '--scope', 'a', '-o', '-']);
    expect(stdout.includes('a/web.yaml')).toBe(true);
    expect(stdout.includes('zebra')).toBe(false);
    expect(run(['report', folder, '--scope', 'c', '-o', '-'])).toMatchObject({ status: 2, stdout: '' });
  });

  it('says what it cannot do', () => {
    expect(run(['report', 'examples/shop', '-o', '/nowhere/at/all.html']).stderr).toContain('cannot write /nowhere');
    const { stderr, status } = run(['report', 'examples/shop', '-o', '-'], { env: { SOURCE_DATE_EPOCH: 'today' } });
    expect({ stderr, status }).toMatchObject({ status: 2, stderr: expect.stringContaining('SOURCE_DATE_EPOCH') });
  });
});

describe.skipIf(!hasBrowser)('the page of a report', { timeout: 120_000 }, () => {
  let browser: Browser;
  let page: Page;
  let folder: string;
  const complaints: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'service-topology-report-'));
    browser = await launch();
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  afterEach(async () => {
    await page.context().close();
    expect(complaints.splice(0)).toEqual([]);
  });

  /** Nothing is asked of a network, no policy is broken, nothing is thrown: whatever a test does. */
  async function open(
    path: string,
    fragment = '',
    colorScheme: 'light' | 'dark' = 'light',
    width = 1280,
    contrast: 'more' | 'no-preference' = 'no-preference',
  ): Promise<void> {
    const file = join(folder, 'report.html');
    const made = run(['report', path, '-o', file]);
    expect(made.stderr).toBe('');
    const context = await browser.newContext({
      viewport: { width, height: 800 },
      colorScheme,
      contrast,
      reducedMotion: 'reduce',
    });
    page = await context.newPage();
    await context.route('**/*', (route) => {
      const url = route.request().url();
      if (url.startsWith('file:') && url.includes('report.html')) return route.continue();
      complaints.push(`asked for ${url}`);
      return route.abort();
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // A broken policy is told here, too.
      if (message.type() !== 'info' && message.type() !== 'log') complaints.push(message.text());
    });
    await page.goto(pathToFileURL(file).href + fragment);
    await page.getByRole('tablist').waitFor();
  }

  const map = () => page.frameLocator('iframe[title=Map]');
  const trace = () => page.frameLocator('iframe[title=Trace]');
  const source = () => page.getByRole('complementary', { name: 'Source' });
  const marked = () => source().locator('mark').textContent();
  const tab = (name: RegExp) => page.getByRole('tab', { name });

  it('shows the Services on the map; what is selected leads to its YAML', async () => {
    await open('examples/shop');
    for (const name of ['cart', 'catalog', 'front', 'payment', 'web'])
      await map().locator(`[data-id="service/shop/${name}"]`).waitFor();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('examples/shop');
    await map().locator('[data-id="service/shop/web"]').click();
    await map()
      .getByRole('button', { name: 'What is this? Service web: ClusterIP, Selector, EndpointSlice, DNS name' })
      .click();
    await map().getByText('No machine owns a ClusterIP').waitFor();
    await map()
      .getByRole('button', { name: /Open YAML/ })
      .click();
    await source().waitFor();
    expect(await source().getByRole('heading').textContent()).toBe('web.yaml:5');
    expect(await marked()).toBe('web');
    // The pane takes the focus a moment after it is shown.
    await expect
      .poll(async () => {
        await page.keyboard.press('Escape');
        return source().count();
      })
      .toBe(0);
  });

  it('traces what the address asks for, and leads to the cause, the rule and the change that mends it', async () => {
    await open('examples/shop', '#tab=trace&from=deployment%20shop/front&to=http://web/');
    await trace().getByText('REFUSED, always').waitFor();
    await trace().getByText('Service shop/web selects no pod').click();
    await expect.poll(marked).toBe('app: web');
    await trace()
      .getByRole('button', { name: /^Preview/ })
      .click();
    await expect.poll(marked).toContain('app: wbe');
    await trace()
      .getByRole('button', { name: /^Show this rule among those of .*KUBE-SERVICES/ })
      .click();
    const rules = page.getByRole('region', { name: /^Rules of node-a, iptables/ });
    expect(await rules.locator('mark').textContent()).toContain('shop/web:http has no endpoints');
    await tab(/^Trace/).click();
    await trace().getByRole('textbox').or(trace().getByRole('combobox')).nth(1).fill('http://catalog/');
    await page.keyboard.press('Enter');
    await trace()
      .getByText(/^DELIVERED/)
      .first()
      .waitFor();
    expect(decodeURIComponent(page.url())).toContain('to=http://catalog/');
    for (const name of [/^Pin/, /^Debug/, /^Apply/])
      expect(await trace().getByRole('button', { name }).count()).toBe(0);
  });

  it('traces between two things of the map', async () => {
    await open('examples/shop');
    await map().locator('[data-id="service/shop/catalog"]').click();
    await map().getByRole('button', { name: 'Trace to here' }).click();
    await map().locator('[data-id="deployment/shop/front"]').click();
    await map().getByRole('button', { name: 'Trace from here' }).click();
    await trace()
      .getByText(/^DELIVERED/)
      .first()
      .waitFor();
    expect(await tab(/^Trace/).getAttribute('aria-selected')).toBe('true');
  });

  it('tells the findings of check, each of which leads to its line', async () => {
    await open('examples/shop');
    await tab(/^Findings \(3\)/).click();
    const { findings } = JSON.parse(run(['check', 'examples/shop', '--format', 'json']).stdout) as { findings: { message: string; file: string; range: { start: { line: number } } }[] }; // prettier-ignore
    expect(findings).toHaveLength(3);
    for (const { message, file, range } of findings) {
      await page.getByRole('button', { name: message.split('\n')[0] }).click();
      const name = file.replace('examples/shop/', '');
      await expect.poll(() => source().getByRole('heading').textContent()).toBe(`${name}:${range.start.line + 1}`);
    }
  });

  it('prints the rules that the command line prints, and leads from a line to its YAML', async () => {
    await open('examples/shop', '#tab=rules');
    const text = page.getByRole('region', { name: /^Rules of node-a, iptables, IPv4/ });
    const { stdout } = run(['rules', 'examples/shop', '--node', 'node-a']);
    await expect.poll(() => text.locator('.line-texts').textContent()).toBe(stdout);
    const line = stdout.split('\n').findIndex((rule) => rule.includes('shop/web:http has no endpoints'));
    await text.focus();
    for (let i = 0; i < line; i++) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect.poll(() => source().getByRole('heading').textContent()).toContain('web.yaml:');
    await page.getByLabel('Mode').selectOption('nftables');
    await page
      .getByRole('region', { name: /nftables/ })
      .locator('.line-texts', { hasText: 'table ip kube-proxy' })
      .waitFor();
  });

  it('shows texts that look like HTML as texts', async () => {
    const hostile = '</script><script>alert(1)</script><!--<script>';
    const path = folderOf({
      'web.yaml': `# ${hostile}\n${deployment('web', 'wbe')}---\n${service('web', 'web').replace('metadata:\n', `metadata:\n  annotations:\n    a: '${hostile}'\n`)}`,
    });
    await open(path);
    await tab(/^Findings/).click();
    await page.getByRole('button', { name: /selects no pod/ }).click();
    expect(await source().locator('.line-texts').textContent()).toContain(`# ${hostile}\n`);
  });

  it('chooses among scopes', async () => {
    const one = `${service('web', 'web')}---\n${deployment('web', 'web')}`;
    await open(
      folderOf({ 'a/web.yaml': one, 'b/web.yaml': `${service('alone', 'web')}---\n${deployment('alone', 'wbe')}` }),
    );
    await page.getByLabel('Scope').selectOption({ index: 1 });
    await map().locator('[data-id="service/shop/alone"]').waitFor();
    await tab(/^Findings/).click();
    await page.getByRole('button', { name: /alone selects no pod/ }).waitFor();
    expect(page.url()).toContain('scope=b');
    // A link that is followed in the open page.
    const to = '#tab=trace&scope=a&from=deployment%20shop/web&to=http://web/';
    await page.evaluate((fragment) => (location.hash = fragment), to);
    await trace().getByText('DELIVERED', { exact: true }).first().waitFor();
    expect(await page.getByLabel('Scope').inputValue()).toContain('a');
  });

  it('is reached by the keyboard alone', async () => {
    await open('examples/shop');
    await map().locator('[data-id="service/shop/web"]').waitFor();
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Map');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await source().waitFor();
    await expect.poll(() => focused(page)).toMatch(/read only$/);
    await page.keyboard.press('Escape');
    await expect.poll(() => focused(page)).toContain('targetPort http');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    // Past the theme into the frame of the map, where the panel's own keys work.
    for (let i = 0; i < 3; i++) await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('IFRAME');
    await page.keyboard.press('/');
    await page.keyboard.type('cart');
    await map()
      .getByText(/ of \d+/)
      .first()
      .waitFor();
  });

  it.each([
    ['light', 1280, 'no-preference'],
    ['dark', 1280, 'no-preference'],
    ['dark', 500, 'no-preference'],
    ['light', 1280, 'more'],
    ['dark', 1280, 'more'],
  ] as const)('has nothing that axe-core finds, %s at %i pixels, contrast %s', async (scheme, width, contrast) => {
    await open('examples/shop', '#tab=trace&from=deployment%20shop/front&to=http://web/', scheme, width, contrast);
    const isStrong = await page.evaluate(() => document.body.classList.contains('vscode-high-contrast'));
    expect(isStrong).toBe(contrast === 'more');
    await trace()
      .getByRole('button', { name: /^Preview/ })
      .waitFor();
    const found = await violations(page.mainFrame());
    await trace().getByRole('button', { name: 'Share' }).click();
    found.push(...(await violations(frameOf('Trace'))));
    await page.keyboard.press('Escape');
    await tab(/^Map/).click();
    await map().locator('[data-id="service/shop/web"]').click();
    await map()
      .getByRole('button', { name: /Open YAML/ })
      .click();
    await source().waitFor();
    found.push(...(await violations(frameOf('Map'))), ...(await violations(page.mainFrame())));
    await map().getByRole('button', { name: 'Export the map…' }).click();
    await page.getByRole('dialog').waitFor();
    found.push(...(await violations(page.mainFrame())));
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    for (const name of [/^Findings/, /^Rules/]) {
      await tab(name).click();
      await page
        .getByRole('button', { name: /^targetPort/ })
        .or(page.getByLabel('Node'))
        .first()
        .waitFor();
      found.push(...(await violations(page.mainFrame())));
    }
    expect(found).toEqual([]);
  });

  function frameOf(title: string): Frame {
    return page.frames().filter((frame) => frame !== page.mainFrame())[title === 'Trace' ? 0 : 1]!;
  }
});

/** What the focus is on, by its label or text. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => document.activeElement?.ariaLabel ?? document.activeElement?.textContent ?? '');
}

interface Violations {
  readonly violations: readonly { readonly id: string; readonly help: string; readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[] }[]; // prettier-ignore
}

/** By evaluation: the page's policy lets no script in. Each frame is looked at by itself. */
async function violations(frame: Frame): Promise<string[]> {
  await frame.evaluate(axe.source);
  const result = await frame.evaluate(
    () => (window as unknown as { axe: { run: (options: object) => Promise<Violations> } }).axe.run({ resultTypes: ['violations'], iframes: false }), // prettier-ignore
  );
  return result.violations.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes[0]?.html.slice(0, 200)} ${nodes[0]?.failureSummary}`,
  );
}
