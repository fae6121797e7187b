/** Takes pictures of the panels in each theme and at two widths, for people to look at. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { launch } from './browser';
import { startHarness } from './server';
import { themes, type ThemeName } from './themes';
import type { PanelName } from './page';

interface Picture {
  readonly panel: PanelName;
  readonly fixture: string;
  readonly name: string;
  readonly act?: (page: Page) => Promise<void>;
}

const map = (page: Page) => page.getByRole('listbox', { name: /^Map/ });

/** All rules that were passed over, with their reasons. */
async function openFolds(page: Page): Promise<void> {
  for (const fold of await page.locator('.lines summary').all()) await fold.click();
}

const pictures: readonly Picture[] = [
  { panel: 'topology', fixture: 'shop', name: 'map' },
  {
    panel: 'topology',
    fixture: 'shop',
    name: 'map-selected',
    act: async (page) => {
      await page.locator('[data-id="service/shop/catalog"]').click();
      await map(page).focus();
    },
  },
  {
    panel: 'topology',
    fixture: 'shop',
    name: 'map-problems',
    act: (page) => page.getByRole('button', { name: /problems$/ }).click(),
  },
  {
    panel: 'topology',
    fixture: 'shop',
    name: 'map-search',
    act: async (page) => {
      await page.getByRole('textbox').fill('front');
      await page.getByRole('button', { name: 'Legend' }).click();
    },
  },
  {
    panel: 'topology',
    fixture: 'shop',
    name: 'list',
    act: (page) => page.getByRole('button', { name: 'Show as list' }).click(),
  },
  { panel: 'topology', fixture: 'large', name: 'large' },
  { panel: 'topology', fixture: 'middle', name: 'middle' },
  { panel: 'topology', fixture: 'message', name: 'empty' },
  { panel: 'trace', fixture: 'refused', name: 'refused' },
  { panel: 'trace', fixture: 'delivered', name: 'delivered' },
  { panel: 'trace', fixture: 'mixed', name: 'mixed', act: (page) => page.getByRole('option').nth(2).click() },
  { panel: 'trace', fixture: 'unresolved', name: 'unresolved' },
  { panel: 'trace', fixture: 'message', name: 'trace-message' },
  { panel: 'trace', fixture: 'iptables', name: 'explained', act: openFolds },
  { panel: 'trace', fixture: 'nftables', name: 'nftables', act: openFolds },
  { panel: 'trace', fixture: 'ipvs', name: 'ipvs', act: openFolds },
  { panel: 'trace', fixture: 'refused-nftables', name: 'refused-nft', act: openFolds },
  { panel: 'trace', fixture: 'host-port', name: 'host-port' },
  { panel: 'trace', fixture: 'ingress', name: 'ingress' },
  {
    panel: 'trace',
    fixture: 'compared',
    name: 'compared',
    act: async (page) => {
      await page.locator('.comparison > summary').click();
      await page.locator('.panel').evaluate((panel) => panel.scrollTo(0, panel.scrollHeight));
    },
  },
];

/** `only` picks by the start of `THEME-WIDTH-NAME`. */
export async function takePictures(root: string, folder: string, only: readonly string[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const harness = await startHarness(root);
  const browser = await launch();
  for (const theme of Object.keys(themes) as ThemeName[]) {
    for (const [width, size] of [
      ['wide', { width: 1280, height: 800 }],
      ['narrow', { width: 420, height: 800 }],
    ] as const) {
      for (const picture of pictures) {
        const name = `${theme}-${width}-${picture.name}`;
        if (only.length > 0 && !only.some((start) => name.includes(start))) continue;
        const page = await browser.newPage({ viewport: size });
        page.on('console', (message) => console.log(name, message.text()));
        page.on('pageerror', (error) => console.log(name, error.message));
        await page.goto(harness.url(picture.panel, picture.fixture, theme));
        await page.locator('.panel:not(.waiting)').waitFor();
        await picture.act?.(page);
        await page.waitForTimeout(150);
        await page.screenshot({ path: join(folder, `${name}.png`) });
        const violations = await page.evaluate(() => (globalThis as unknown as { violations: string[] }).violations);
        if (violations.length > 0) console.log(name, violations);
        await page.close();
      }
    }
  }
  await browser.close();
  await harness.close();
}
