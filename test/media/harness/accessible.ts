/** A suite that looks at pictures of a panel in each theme: axe-core finds nothing, and nothing drawn is too faint. */

import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultsIn } from './axe';
import { hasBrowser, launch } from './browser';
import type { Picture } from './pictures/picture';
import { startHarness, type Harness } from './server';

const root = fileURLToPath(new URL('../../..', import.meta.url));

export function describeAccessible(title: string, pictures: readonly Picture[]): void {
  describe.skipIf(!hasBrowser)(title, { timeout: 300_000 }, () => {
    let harness: Harness;
    let browser: Browser;

    beforeAll(async () => {
      [harness, browser] = await Promise.all([startHarness(root), launch()]);
    }, 60_000);

    afterAll(async () => {
      await browser?.close();
      await harness?.close();
    });

    it.each(pictures)('$name', async (picture) => {
      expect(await faultsIn(browser, harness, [picture])).toEqual([]);
    });
  });
}
