/** The pictures of the map. */

import type { Page } from 'playwright-core';
import type { Picture } from './picture';

const map = (page: Page) => page.getByRole('listbox', { name: /^Map/ });
const thing = (page: Page, id: string) => page.locator(`[data-id="${id}"]`).first();
const press = (name: string | RegExp) => (page: Page) => page.getByRole('button', { name }).click();

export const mapPictures: readonly Picture[] = [
  { panel: 'topology', fixture: 'message', name: 'map-empty', state: 'empty' },
  { panel: 'topology', fixture: 'nothing', name: 'map-nothing', state: 'empty' },
  { panel: 'topology', fixture: 'healthy', name: 'map-healthy', state: 'small' },
  { panel: 'topology', fixture: 'entries', name: 'map-entries', state: 'small' },
  {
    panel: 'topology',
    fixture: 'entries',
    name: 'map-gateway',
    state: 'small',
    act: async (page) => {
      // By the search: a narrow map opens without it.
      await page.getByRole('textbox').fill('public');
      await page.keyboard.press('Enter');
      await page.getByRole('textbox').fill('');
      await map(page).focus();
    },
  },
  {
    panel: 'topology',
    fixture: 'entries',
    name: 'map-policy',
    state: 'small',
    act: (page) => thing(page, 'networkpolicy/shop/only-front').click(),
  },
  {
    panel: 'topology',
    fixture: 'entries',
    name: 'map-trace-ends',
    state: 'small',
    act: async (page) => {
      await thing(page, 'deployment/shop/front').click();
      await map(page).focus();
      await page.keyboard.press('s');
    },
  },
  { panel: 'topology', fixture: 'shop', name: 'map', state: 'broken' },
  {
    panel: 'topology',
    fixture: 'shop',
    name: 'map-selected',
    state: 'broken',
    act: async (page) => {
      await thing(page, 'service/shop/catalog').click();
      await map(page).focus();
    },
  },
  { panel: 'topology', fixture: 'shop', name: 'map-problems', state: 'broken', act: press(/problems$/) },
  {
    panel: 'topology',
    fixture: 'shop',
    name: 'map-search',
    state: 'broken',
    act: async (page) => {
      await page.getByRole('textbox').fill('front');
      await press('Legend')(page);
    },
  },
  { panel: 'topology', fixture: 'shop', name: 'map-list', state: 'broken', act: press('Show as list') },
  { panel: 'topology', fixture: 'shop', name: 'map-filter', state: 'broken', act: press('Filter') },
  {
    panel: 'topology',
    fixture: 'shop',
    name: 'map-focus',
    state: 'broken',
    act: async (page) => {
      await thing(page, 'service/shop/front').click();
      await press('Focus')(page);
    },
  },
  { panel: 'topology', fixture: 'shop', name: 'map-by-node', state: 'broken', act: (page) => groupBy(page, 'by node') },
  { panel: 'topology', fixture: 'shop', name: 'map-by-zone', state: 'broken', act: (page) => groupBy(page, 'by zone') },
  { panel: 'topology', fixture: 'updating', name: 'map-what-if', state: 'small', act: press('Legend') },
  { panel: 'topology', fixture: 'node lost', name: 'map-what-if-node', state: 'broken' },
  { panel: 'topology', fixture: 'middle', name: 'map-middle', state: 'large' },
  {
    panel: 'topology',
    fixture: 'middle',
    name: 'map-far',
    state: 'large',
    act: async (page) => {
      await map(page).focus();
      await page.keyboard.press('0');
      for (let i = 0; i < 6; i++) await page.keyboard.press('-');
    },
  },
  { panel: 'topology', fixture: 'large', name: 'map-large', state: 'large' },
  {
    panel: 'topology',
    fixture: 'large',
    name: 'map-large-names',
    state: 'large',
    act: async (page) => {
      await map(page).focus();
      await thing(page, 'namespace/team-040').dblclick();
      await page.keyboard.press('-');
      await page.keyboard.press('-');
    },
  },
  {
    panel: 'topology',
    fixture: 'large',
    name: 'map-large-search',
    state: 'large',
    act: (page) => page.getByRole('textbox').fill('service-1'),
  },
];

async function groupBy(page: Page, label: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Group by' }).click();
  await page.getByRole('option', { name: label }).click();
}
