/** The map, as each of its pictures shows it, in each theme: axe-core finds nothing, and nothing drawn is too faint. */

import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultsIn } from './harness/axe';
import { hasBrowser, launch } from './harness/browser';
import { mapPictures } from './harness/pictures/map';
import { startHarness, type Harness } from './harness/server';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe.skipIf(!hasBrowser)('the map is accessible', { timeout: 300_000 }, () => {
  let harness: Harness;
  let browser: Browser;

  beforeAll(async () => {
    [harness, browser] = await Promise.all([startHarness(root), launch()]);
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await harness?.close();
  });

  // The same page in another state shows the same parts: what is large is looked at once.
  const looked = mapPictures.filter(({ name }) => !name.startsWith('map-large'));
  it.each(looked)('$name', async (picture) => {
    expect(await faultsIn(browser, harness, [picture])).toEqual([]);
  });
});
