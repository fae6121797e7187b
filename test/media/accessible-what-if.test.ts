/** The what-if panel, as each of its pictures shows it, in each theme: axe-core finds nothing. */

import axe from 'axe-core';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, launch } from './harness/browser';
import { whatIfPictures } from './harness/pictures/what-if';
import { startHarness, type Harness } from './harness/server';
import { themes, type ThemeName } from './harness/themes';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What is found where, in a line each. */
interface Violations {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

describe.skipIf(!hasBrowser)('the what-if panel is accessible', { timeout: 300_000 }, () => {
  let harness: Harness;
  let browser: Browser;

  beforeAll(async () => {
    [harness, browser] = await Promise.all([startHarness(root), launch()]);
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await harness?.close();
  });

  it.each(Object.keys(themes) as ThemeName[])('in theme %s', async (theme) => {
    const found: string[] = [];
    for (const { panel, fixture, name, act } of whatIfPictures) {
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
      await page.goto(harness.url(panel, fixture, theme));
      await page.locator('.panel:not(.waiting)').waitFor();
      await act?.(page);
      // By evaluation: the page's policy lets no script in.
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate(
        () => (window as unknown as { axe: { run: (options: object) => Promise<Violations> } }).axe.run({ resultTypes: ['violations'] }), // prettier-ignore
      );
      for (const { id, help, nodes } of violations)
        found.push(`${name}: ${id}: ${help}: ${nodes[0]?.html.slice(0, 200)} ${nodes[0]?.failureSummary}`);
      await page.close();
    }
    expect(found).toEqual([]);
  });
});
