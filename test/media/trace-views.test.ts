/** The trace at 200 % zoom and without motion, in each state that its pictures show; and the pictures that it draws itself. */

import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { hasBrowser } from './harness/browser';
import { tracePictures } from './harness/pictures/trace';
import { stageOfSuite } from './harness/stage';

/** What is posted to the extension. */
const lastPosted = (page: Page) =>
  page.evaluate(() => (window as unknown as { posted: unknown[] }).posted.at(-1) as { kind: string; png?: string });

describe.skipIf(!hasBrowser)('the trace', { timeout: 120_000 }, () => {
  const stage = stageOfSuite();

  it('shows all of itself at 200 % zoom', async () => {
    const lost: string[] = [];
    // A window of 1280 by 800 pixels, in which each pixel of the page takes two.
    const page = await stage.browser.newPage({ viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 });
    for (const { panel, fixture, name, act } of tracePictures) {
      await page.goto(stage.harness.url(panel, fixture));
      await page.evaluate(() => sessionStorage.clear());
      await page.locator('.panel:not(.waiting)').waitFor();
      await act?.(page);
      lost.push(...(await page.evaluate(lostParts)).map((part) => `${name}: ${part}`));
    }
    await page.close();
    expect(lost).toEqual([]);
  });

  it('cuts nothing off and keeps each question mark at its first line in 420 pixels', async () => {
    const page = await stage.browser.newPage({ viewport: { width: 420, height: 800 } });
    for (const { panel, fixture, act } of tracePictures.filter(({ name }) => /compared|ingress/.test(name))) {
      await page.goto(stage.harness.url(panel, fixture));
      await page.locator('.panel:not(.waiting)').waitFor();
      await act?.(page);
      const found = await page.evaluate(() => ({
        tables: [...document.querySelectorAll('table')].map((table) => table.scrollWidth - table.clientWidth),
        marks: [...document.querySelectorAll('.hop-head > .explain')].map((mark) => {
          const [own, head] = [mark.getBoundingClientRect(), mark.parentElement!.getBoundingClientRect()];
          return [own.top - head.top, head.right - own.right];
        }),
      }));
      expect(found.tables.length).toBeGreaterThan(0);
      expect(found.tables.every((beyond) => beyond <= 0)).toBe(true);
      expect(found.marks.length).toBeGreaterThan(3);
      expect(found.marks.flat().every((distance) => Math.abs(distance) < 1)).toBe(true);
    }
    await page.close();
  });

  it.each([
    ['the system', 'reduce', ''],
    ['the editor', 'no-preference', 'vscode-reduce-motion'],
    ['nobody', 'no-preference', ''],
  ] as const)('moves nothing where %s asks for that', async (who, reducedMotion, bodyClass) => {
    const page = await stage.browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion });
    await page.goto(stage.harness.url('trace', 'iptables'));
    await page.evaluate((name) => name !== '' && document.body.classList.add(name), bodyClass);
    // While a request is traced there is something to wait for.
    await page.getByRole('button', { name: 'Trace', exact: true }).click();
    await page.locator('.request-button .progress, .request-button .muted').first().waitFor();
    const moving = await page.evaluate(() => {
      const roots: (Document | ShadowRoot)[] = [document];
      for (const element of document.querySelectorAll('*')) if (element.shadowRoot) roots.push(element.shadowRoot);
      return roots.flatMap((each) => each.getAnimations()).length > 0;
    });
    expect(moving).toBe(who === 'nobody');
    await page.close();
  });

  it('asks for what its fields hold, and says at the field what is wrong', async () => {
    const forms: readonly (readonly [to: string, port: string, asked: object | string])[] = [
      ['web', 'http', { to: 'web:http' }],
      ['web:80', '9100', { to: 'web:9100' }],
      ['kube-dns:53/UDP', '9153', { to: 'kube-dns:9153' }],
      ['http://web/path', 'metrics', { to: 'http://web:metrics/path' }],
      ['fd00::1', 'http', { to: '[fd00::1]:http' }],
      ['web', '70000', '1 to 65535'],
      ['', '80', 'To what? A name, address or URL.'],
    ];
    const page = await stage.browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
    for (const [to, port, asked] of forms) {
      await page.goto(stage.harness.url('trace', 'outside'));
      await page.locator('.request-to input').fill(to);
      await page.locator('.request-port input').fill(port);
      await page.getByRole('button', { name: 'Trace', exact: true }).click();
      if (typeof asked === 'string') await page.getByText(asked, { exact: true }).waitFor({ timeout: 5000 });
      else {
        const expected = { kind: 'trace', request: { from: 'outside via node-b', ...asked } };
        await expect.poll(() => lastPosted(page)).toEqual(expected);
      }
    }
    await page.close();
  });

  it('draws the SVG that it is sent as a PNG', async () => {
    const page = await stage.browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(stage.harness.url('trace', 'iptables'));
    await page.locator('.panel:not(.waiting)').waitFor();
    const send = (svg: string) => page.evaluate((text) => window.postMessage({ kind: 'draw', svg: text }, '*'), svg);
    await send('<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"><rect width="9" height="9"/></svg>');
    await expect.poll(async () => (await lastPosted(page)).kind).toBe('drawn');
    const png = Buffer.from((await lastPosted(page)).png ?? '', 'base64');
    // Width and height stand in the header.
    expect([png.toString('latin1', 1, 4), png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual(['PNG', 600, 400]);
    await send('<svg this is none');
    await expect.poll(async () => (await lastPosted(page)).kind).toBe('notDrawn');
    expect(await page.locator('.hop').count()).toBeGreaterThan(3);
    await page.close();
  });
});

/** Runs in the page: what is cut off, or stands where nobody can scroll. */
function lostParts(): string[] {
  const lost: string[] = [];
  const panel = document.querySelector('.panel')!;
  if (panel.scrollWidth > panel.clientWidth)
    lost.push(`the panel is ${panel.scrollWidth} wide in ${panel.clientWidth}`);
  for (const element of panel.querySelectorAll('button, a, p, h1, h2, summary, li, th, td, dd, input, vscode-button')) {
    const box = element.getBoundingClientRect();
    if (box.width <= 1 || element.closest('.packets, .comparison, .spoken') !== null) continue;
    const text = `${element.tagName.toLowerCase()} ${element.className} ${element.textContent.slice(0, 40)}`;
    if (box.left < 0 || box.right > innerWidth + 1) lost.push(`${text} from ${box.left} to ${box.right}`);
    const hides = getComputedStyle(element).overflowX === 'hidden' && element.tagName !== 'INPUT';
    if (hides && element.scrollWidth > element.clientWidth + 1) lost.push(`${text} is cut off`);
  }
  return lost;
}
