/** The map at the moments of a what-if, as it is shipped, in a real browser under the policy of VS Code's webviews. */

import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { hasBrowser } from './harness/browser';
import { whatIfMap } from './harness/simulated-what-ifs';
import { panelsOfSuite } from './harness/stage';

const steps = ['deployment shop/web restarts', 'node node-a fails'];

describe.skipIf(!hasBrowser)('the map at a moment of a what-if', { timeout: 60_000 }, () => {
  const panels = panelsOfSuite();
  let page: Page;

  async function open(fixture: string): Promise<void> {
    page = await panels.open('topology', fixture);
  }

  const posted = () =>
    page.evaluate(() => (window as unknown as { posted: { kind: string; moment?: number }[] }).posted);
  const bar = () => page.getByRole('region', { name: 'What if' });
  const pods = () => page.getByRole('option', { name: /^Pod web-/ });
  const placeOf = (id: string) => page.locator(`[data-id="${id}"] > .reach`).boundingBox();

  it('shows pods that come and go where they stand, and what the Service has then', async () => {
    await open('updating');
    expect(await bar().innerText()).toContain('1 pod ready, 1 pod gone');
    expect(await pods().count()).toBe(5);
    expect(await page.getByRole('option', { name: /^Pod web-.*, gone \(before: terminating/ }).count()).toBe(1);
    await page.getByRole('option', { name: /^Service web, .*4 ready endpoints \(3 before\)/ }).waitFor();
    expect(await page.locator('.happened.is-gone .now-gone').count()).toBe(1);
    await page.getByRole('option', { name: /^Pod web-.*, gone/ }).click();
    await page.locator('.side').getByText('gone (before: terminating').waitFor();
  });

  it('asks for moments as the time line is dragged, and follows what comes without moving things', async () => {
    await open('updating');
    const before = await placeOf('service/shop/web');
    const slider = bar().getByRole('slider', { name: 'Moment' });
    const box = (await slider.boundingBox())!;
    await page.mouse.move(box.x + box.width / 3, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + (box.width * 10) / 12, box.y + box.height / 2, { steps: 6 });
    await page.mouse.up();
    const moments = (await posted()).flatMap(({ kind, moment }) => (kind === 'moment' ? moment : []));
    expect(moments.length).toBeGreaterThan(2);
    expect(moments.at(-1)).toBe(10);
    const shown = bar().locator('.what-if-moment');
    const [first, older] = [await shown.innerText(), whatIfMap(steps, 5)];
    await page.evaluate((message) => window.postMessage(message, '*'), older);
    await expect.poll(() => shown.innerText()).not.toBe(first);
    expect(await slider.inputValue()).toBe('10');
    await page.evaluate((message) => window.postMessage(message, '*'), whatIfMap(steps, 10));
    await page.getByRole('option', { name: /^Node node-a, .*down, NotReady/ }).waitFor();
    expect(await page.locator('.happened.is-dead').count()).toBe(2);
    expect(await placeOf('service/shop/web')).toEqual(before);
    expect(await slider.inputValue()).toBe('10');
  });

  it('leads to the what-if and back to the map as it is', async () => {
    await open('node lost');
    await bar().getByRole('button', { name: 'Open What-If' }).click();
    await bar().getByRole('button', { name: 'Show the map as it is' }).click();
    expect((await posted()).slice(-2)).toEqual([{ kind: 'openWhatIf' }, { kind: 'leaveWhatIf' }]);
    const { supposed: _, ...asItIs } = whatIfMap(steps, 0) as { supposed?: unknown; version: number };
    await page.evaluate((message) => window.postMessage(message, '*'), { ...asItIs, version: 99 });
    await bar().waitFor({ state: 'detached' });
    expect(await page.locator('.happened').count()).toBe(0);
  });
});
