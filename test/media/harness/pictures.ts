/** Takes pictures of the panels in each theme and at two widths, with a page that shows them all, for people to look at. */

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launch } from './browser';
import { mapPictures } from './pictures/map';
import type { Picture } from './pictures/picture';
import { openReport, reportPictures, writeReport } from './pictures/report';
import { tracePictures } from './pictures/trace';
import { whatIfPictures } from './pictures/what-if';
import { startHarness, type Harness } from './server';
import { themes, type ThemeName } from './themes';

/** Each panel's pictures are a file in `pictures/`. */
const pictures: readonly Picture[] = [...mapPictures, ...tracePictures, ...whatIfPictures];

const sizes = { wide: { width: 1280, height: 800 }, narrow: { width: 420, height: 800 } } as const;
type Width = keyof typeof sizes;

const themeNames = Object.keys(themes) as ThemeName[];
const widths = Object.keys(sizes) as Width[];

function fileOf(theme: ThemeName, width: Width, { name }: Pick<Picture, 'name'>): string {
  return `${theme}-${width}-${name}.png`;
}

/** `only` picks by a part of `THEME-WIDTH-NAME`; gives how many were taken. */
export async function takePictures(root: string, folder: string, only: readonly string[]): Promise<number> {
  mkdirSync(folder, { recursive: true });
  const harness = await startHarness(root);
  const browser = await launch();
  let taken = 0;
  for (const theme of themeNames) {
    for (const width of widths) {
      for (const picture of pictures) {
        const file = fileOf(theme, width, picture);
        if (only.length > 0 && !only.some((part) => file.includes(part))) continue;
        await take(browser, harness, picture, theme, width, join(folder, file));
        taken++;
      }
    }
  }
  taken += await takeReports(
    root,
    browser,
    folder,
    (file) => only.length === 0 || only.some((part) => file.includes(part)),
  );
  await browser.close();
  await harness.close();
  writeFileSync(join(folder, 'index.html'), sheet(new Set(readdirSync(folder))));
  return taken;
}

async function take(
  browser: Browser,
  harness: Harness,
  picture: Picture,
  theme: ThemeName,
  width: Width,
  path: string,
): Promise<void> {
  const name = `${theme}-${width}-${picture.name}`;
  const page = await browser.newPage({ viewport: sizes[width] });
  page.on('console', (message) => console.log(name, message.text()));
  page.on('pageerror', (error) => console.log(name, error.message));
  try {
    await page.goto(harness.url(picture.panel, picture.fixture, theme), { timeout: 90_000 });
    await page.locator('.panel:not(.waiting)').waitFor();
    page.setDefaultTimeout(5000);
    await picture.act?.(page);
  } catch (error) {
    console.log(name, String(error).split('\n')[0]);
  }
  await page.waitForTimeout(150);
  await page.screenshot({ path });
  const violations = await page.evaluate(() => (globalThis as unknown as { violations: string[] }).violations);
  if (violations.length > 0) console.log(name, violations);
  await page.close();
}

async function takeReports(
  root: string,
  browser: Browser,
  folder: string,
  isWanted: (file: string) => boolean,
): Promise<number> {
  const wanted = themeNames.flatMap((theme) =>
    widths.flatMap((width) =>
      reportPictures.flatMap((picture) => {
        const file = fileOf(theme, width, picture);
        return isWanted(file) ? [{ theme, width, picture, file }] : [];
      }),
    ),
  );
  if (wanted.length === 0) return 0;
  const report = writeReport(root);
  for (const { theme, width, picture, file } of wanted) {
    const page = await openReport(browser, report.url, picture, theme, sizes[width]);
    await page.waitForTimeout(600);
    await picture.act?.(page).catch((error: unknown) => console.log(file, String(error).split('\n')[0]));
    await page.waitForTimeout(150);
    await page.screenshot({ path: join(folder, file) });
    await page.context().close();
  }
  report.remove();
  return wanted.length;
}

/** A row for each picture of a panel, a column for each theme. */
function sheet(there: ReadonlySet<string>): string {
  const all = [...pictures, ...reportPictures.map((picture) => ({ ...picture, panel: 'report' }))];
  const rows = all.flatMap((picture) =>
    widths.map((width) => {
      const cells = themeNames.map((theme) => {
        const file = fileOf(theme, width, picture);
        return `<td>${there.has(file) ? `<a href="${file}"><img loading="lazy" src="${file}" alt=""></a>` : ''}</td>`;
      });
      return `<tr><th>${picture.panel}<br>${picture.state}<br>${picture.name}<br>${width}</th>${cells.join('')}</tr>`;
    }),
  );
  const heads = themeNames.map((theme) => `<th>${theme}</th>`).join('');
  return `<!DOCTYPE html>
<meta charset="utf-8"><title>Panels</title>
<style>body{font:13px sans-serif}img{width:360px;border:1px solid #999}th{text-align:left;vertical-align:top}</style>
<table><tr><th></th>${heads}</tr>
${rows.join('\n')}
</table>
`;
}
