/** The what-if panel, as each of its pictures shows it, in each theme: axe-core finds nothing. */

import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultsIn } from './harness/axe';
import { hasBrowser, launch } from './harness/browser';
import { whatIfPictures } from './harness/pictures/what-if';
import { startHarness, type Harness } from './harness/server';

const root = fileURLToPath(new URL('../..', import.meta.url));

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

  it.each(whatIfPictures)('$name', async (picture) => {
    expect(await faultsIn(browser, harness, [picture])).toEqual([]);
  });
});
