/** The pictures of the what-if panel. */

import type { Page } from 'playwright-core';
import type { Picture } from './picture';

const moment = (index: number) => (page: Page) => page.getByRole('slider', { name: 'Moment' }).fill(String(index));

export const whatIfPictures: readonly Picture[] = [
  { panel: 'what-if', fixture: 'message', name: 'what-if-none', state: 'empty' },
  { panel: 'what-if', fixture: 'empty', name: 'what-if-empty', state: 'empty' },
  { panel: 'what-if', fixture: 'update', name: 'what-if-update', state: 'small', act: moment(4) },
  { panel: 'what-if', fixture: 'recreate', name: 'what-if-recreate', state: 'small', act: moment(2) },
  { panel: 'what-if', fixture: 'node', name: 'what-if-node', state: 'small', act: moment(1) },
  { panel: 'what-if', fixture: 'large', name: 'what-if-large', state: 'large', act: moment(6) },
  { panel: 'what-if', fixture: 'wrong', name: 'what-if-wrong', state: 'broken' },
];
