/** A suite that looks at pictures of a panel in each theme: axe-core finds nothing, and nothing drawn is too faint. */

import { describe, expect, it } from 'vitest';
import { faultsIn } from './axe';
import { hasBrowser } from './browser';
import type { Picture } from './pictures/picture';
import { stageOfSuite } from './stage';

export function describeAccessible(title: string, pictures: readonly Picture[]): void {
  describe.skipIf(!hasBrowser)(title, { timeout: 300_000 }, () => {
    const stage = stageOfSuite();

    it.each(pictures)('$name', async (picture) => {
      expect(await faultsIn(stage.browser, stage.harness, [picture])).toEqual([]);
    });
  });
}
