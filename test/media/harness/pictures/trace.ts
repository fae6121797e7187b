/** The pictures of the trace. */

import type { Page } from 'playwright-core';
import type { Picture } from './picture';

export const tracePictures: readonly Picture[] = [
  { panel: 'trace', fixture: 'refused', name: 'trace-refused', state: 'broken' },
  { panel: 'trace', fixture: 'delivered', name: 'trace-delivered', state: 'small' },
  {
    panel: 'trace',
    fixture: 'mixed',
    name: 'trace-mixed',
    state: 'broken',
    act: (page) => page.getByRole('listbox', { name: 'Where requests end' }).getByRole('option').last().click(),
  },
  { panel: 'trace', fixture: 'unresolved', name: 'trace-unresolved', state: 'broken' },
  { panel: 'trace', fixture: 'message', name: 'trace-message', state: 'empty' },
  { panel: 'trace', fixture: 'untraceable', name: 'trace-untraceable', state: 'broken' },
  { panel: 'trace', fixture: 'unknown', name: 'trace-unknown', state: 'small' },
  { panel: 'trace', fixture: 'hedged', name: 'trace-hedged', state: 'small' },
  { panel: 'trace', fixture: 'hedged-refused', name: 'trace-hedged-refused', state: 'broken' },
  { panel: 'trace', fixture: 'wrong-name', name: 'trace-remedies', state: 'broken' },
  { panel: 'trace', fixture: 'outside', name: 'trace-timed-out', state: 'broken' },
  {
    panel: 'trace',
    fixture: 'iptables',
    name: 'trace-topics',
    state: 'large',
    act: async (page) => {
      for (const sign of await page.locator('.explain').all()) await sign.click();
    },
  },
  {
    panel: 'trace',
    fixture: 'iptables',
    name: 'trace-suggesting',
    state: 'small',
    act: async (page) => {
      await page.getByRole('combobox', { name: 'From' }).click();
      await page.keyboard.press('ArrowDown');
    },
  },
  {
    panel: 'trace',
    fixture: 'iptables',
    name: 'trace-share',
    state: 'small',
    act: (page) => page.getByRole('button', { name: 'Share' }).click(),
  },
  { panel: 'trace', fixture: 'iptables', name: 'trace-explained', state: 'small', act: openFolds },
  { panel: 'trace', fixture: 'nftables', name: 'trace-nftables', state: 'small', act: openFolds },
  { panel: 'trace', fixture: 'ipvs', name: 'trace-ipvs', state: 'small', act: openFolds },
  { panel: 'trace', fixture: 'refused-nftables', name: 'trace-refused-nft', state: 'broken', act: openFolds },
  { panel: 'trace', fixture: 'host-port', name: 'trace-host-port', state: 'small' },
  { panel: 'trace', fixture: 'ingress', name: 'trace-ingress', state: 'small' },
  {
    panel: 'trace',
    fixture: 'compared',
    name: 'trace-compared',
    state: 'large',
    act: async (page) => {
      await page.locator('.comparison > summary').click();
      await page.locator('.panel').evaluate((panel) => panel.scrollTo(0, panel.scrollHeight));
    },
  },
];

/** All rules that were passed over, with their reasons. */
async function openFolds(page: Page): Promise<void> {
  for (const fold of await page.locator('.lines summary').all()) await fold.click();
}
