/** The pictures of a report: the page that the built program writes, in each theme that a system may ask for. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import type { ThemeName } from '../themes';

export interface ReportPicture {
  readonly name: string;
  readonly state: string;
  readonly fragment: string;
  readonly act?: (page: Page) => Promise<void>;
}

const request = '&from=deployment%20shop/front&to=http://web/';

export const reportPictures: readonly ReportPicture[] = [
  { name: 'report-map', state: 'broken', fragment: '#tab=map' },
  { name: 'report-trace', state: 'broken', fragment: `#tab=trace${request}` },
  { name: 'report-findings', state: 'broken', fragment: '#tab=findings' },
  { name: 'report-rules', state: 'small', fragment: '#tab=rules' },
  {
    name: 'report-export',
    state: 'small',
    fragment: '#tab=map',
    act: (page) => page.frameLocator('iframe[title=Map]').getByRole('button', { name: 'Export the map…' }).click(),
  },
];

/** The report on the example, as a file that is there until `remove`. */
export function writeReport(root: string): { readonly url: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'service-topology-pictures-'));
  const file = join(folder, 'report.html');
  execFileSync(process.execPath, ['dist/cli.js', 'report', 'examples/shop', '-o', file], { cwd: root });
  return { url: pathToFileURL(file).href, remove: () => rmSync(folder, { recursive: true }) };
}

/** Opens the page as on a system with the theme. */
export async function openReport(
  browser: Browser,
  url: string,
  { fragment }: ReportPicture,
  theme: ThemeName,
  viewport: { readonly width: number; readonly height: number },
): Promise<Page> {
  const context = await browser.newContext({
    viewport,
    colorScheme: theme.endsWith('dark') ? 'dark' : 'light',
    contrast: theme.startsWith('hc-') ? 'more' : 'no-preference',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.goto(url + fragment);
  await page.getByRole('tablist').waitFor();
  return page;
}
