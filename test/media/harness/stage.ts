/** What suites in a real browser share: the server of the panels, a browser, and a page that records what a panel does. */

import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { launch } from './browser';
import type { PanelName } from './panels';
import { startHarness, type Harness } from './server';
import type { ThemeName } from './themes';

export interface Stage {
  readonly browser: Browser;
  readonly harness: Harness;
}

/** Started before the tests of the suite that calls this, and closed behind them. */
export function stageOfSuite(): Stage {
  let started: Stage | undefined;
  const get = (): Stage => {
    if (started === undefined) throw new Error('the suite has not begun');
    return started;
  };
  beforeAll(async () => {
    const root = fileURLToPath(new URL('../../..', import.meta.url));
    const [harness, browser] = await Promise.all([startHarness(root), launch()]);
    started = { harness, browser };
  }, 60_000);
  afterAll(async () => {
    await started?.browser.close();
    await started?.harness.close();
  });
  return {
    get browser() {
      return get().browser;
    },
    get harness() {
      return get().harness;
    },
  };
}

interface Recorded {
  readonly posted: readonly unknown[];
  readonly violations: readonly string[];
}

export interface OpenPanels {
  open(panel: PanelName, fixture: string, theme?: ThemeName, width?: number): Promise<Page>;
  recorded(): Promise<Recorded>;
  lastPosted(): Promise<unknown>;
  /** A message of the extension. */
  send(message: unknown): Promise<void>;
}

/** A page for each test; whatever that does, the policy holds and nothing is thrown. */
export function panelsOfSuite(): OpenPanels {
  const stage = stageOfSuite();
  const complaints: string[] = [];
  let page: Page | undefined;
  const get = (): Page => {
    if (page === undefined) throw new Error('no panel is open');
    return page;
  };
  const recorded = (): Promise<Recorded> =>
    get().evaluate(() => {
      const { posted, violations } = window as unknown as Recorded;
      return { posted, violations };
    });
  const close = async (): Promise<void> => {
    complaints.push(...(await recorded()).violations);
    await get().context().close();
    page = undefined;
  };
  afterEach(async () => {
    await close();
    expect(complaints.splice(0)).toEqual([]);
  });
  return {
    async open(panel, fixture, theme = 'dark', width = 1280) {
      if (page !== undefined) await close();
      const context = await stage.browser.newContext({ viewport: { width, height: 800 }, reducedMotion: 'reduce' });
      page = await context.newPage();
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      await page.goto(stage.harness.url(panel, fixture, theme));
      await page.locator('.panel:not(.waiting)').waitFor();
      return page;
    },
    recorded,
    lastPosted: async () => (await recorded()).posted.at(-1),
    send: (message) => get().evaluate((value) => window.postMessage(value, '*'), message),
  };
}
