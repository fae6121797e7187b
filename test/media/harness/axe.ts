/** What axe-core finds in a panel: all of its rules in one theme, then what depends on colours in the others. */

import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { faintDrawings } from './contrast';
import type { Picture } from './pictures/picture';
import type { Harness } from './server';
import { themes, type Theme, type ThemeName } from './themes';

interface Results {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

/** A line for each rule that a picture of a panel breaks in a theme: `dark NAME: color-contrast: …`. */
export async function faultsIn(browser: Browser, harness: Harness, pictures: readonly Picture[]): Promise<string[]> {
  const found: string[] = [];
  for (const { panel, fixture, name, act } of pictures) {
    // A page of its own: what a panel keeps would be the beginning of the next picture.
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
    const [first = 'dark', ...others] = Object.keys(themes) as ThemeName[];
    await page.goto(harness.url(panel, fixture, first));
    await page.locator('.panel:not(.waiting)').waitFor();
    await act?.(page);
    // By evaluation: the page's policy lets no script in.
    await page.evaluate(axe.source);
    found.push(...(await run(page, `${first} ${name}`, undefined)));
    for (const theme of others) {
      await putOn(page, themes[theme]);
      found.push(...(await run(page, `${theme} ${name}`, ['color-contrast', 'link-in-text-block'])));
    }
    await page.close();
  }
  return found;
}

async function run(page: Page, where: string, rules: readonly string[] | undefined): Promise<string[]> {
  const options = { resultTypes: ['violations'], ...(rules === undefined ? {} : { runOnly: rules }) };
  const { violations } = await page.evaluate(
    (asked) => (window as unknown as { axe: { run: (options: object) => Promise<Results> } }).axe.run(asked),
    options,
  );
  const faint = (await page.evaluate(faintDrawings)).map((line) => `${where}: ${line}`);
  const broken = violations.map(
    ({ id, help, nodes }) =>
      `${where}: ${id}: ${help}: ${nodes.length} × ${nodes[0]?.html.slice(0, 200)} ${nodes[0]?.failureSummary}`,
  );
  return [...broken, ...faint];
}

/** As VS Code does it when the user picks another theme: the page stays. */
async function putOn(page: Page, theme: Theme): Promise<void> {
  await page.evaluate(({ bodyClass, variables }) => {
    const { style } = document.documentElement;
    for (const name of [...style]) style.removeProperty(name);
    for (const [name, value] of Object.entries(variables)) style.setProperty(name, value);
    document.body.className = bodyClass;
  }, theme);
  // Controls take over a theme in the frame after it is there.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}
