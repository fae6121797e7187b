/** Measures the map in a browser that draws in software: the first picture, frames while panning, an edit. */

import type { Page } from 'playwright-core';
import type { WireTopology, WireTopologyChange } from '#protocol/values';
import { launch } from './browser';
import { startHarness } from './server';

export interface Measured {
  /** Milliseconds from opening the page to the first picture; of these, those from the graph's arrival. */
  readonly firstPicture: number;
  readonly fromMessage: number;
  /** Frames a second while panning, and the longest frame in milliseconds: from afar, with names, with everything. */
  readonly panning: readonly { readonly level: string; readonly frames: number; readonly longest: number }[];
  /** Milliseconds from the arrival of what a sketch lacks to its picture. */
  readonly completion: number;
  /** Milliseconds from the arrival of a change to its picture: the median of several. */
  readonly change: number;
}

/** What the page measures itself. */
interface Timed {
  timed: { message?: number; drawn?: number };
}

/** What the server answers: a graph or its sketch, what that lacks, and what an edit changes. */
interface Answers {
  readonly topology: WireTopology;
  readonly completion: WireTopologyChange;
  /** The same edit and its way back, several times. */
  readonly changes: readonly WireTopologyChange[];
}

export async function measureMap(root: string, { topology, completion, changes }: Answers): Promise<Measured> {
  const snapshot = {
    kind: 'topology',
    version: 1,
    topology,
    scopes: [{ value: topology.scope, label: topology.scope }],
  };
  const harness = await startHarness(root, 0, { measured: () => snapshot });
  const browser = await launch();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.addInitScript(watchFirstPicture);
    await page.goto(harness.url('topology', 'measured'));
    await page.waitForFunction(() => (window as unknown as Timed).timed.drawn !== undefined);
    const { message = 0, drawn = 0 } = await page.evaluate(() => (window as unknown as Timed).timed);
    const timeOfCompletion = await timeChange(page, 2, completion);
    const panning = [];
    for (const level of ['far', 'middle', 'near']) panning.push({ level, ...(await pan(page, level)) });
    return {
      firstPicture: drawn,
      fromMessage: drawn - message,
      panning,
      completion: timeOfCompletion,
      change: await timeChanges(page, 3, changes),
    };
  } finally {
    await browser.close();
    await harness.close();
  }
}

/** Runs in the page: a picture is there when a node is drawn and two frames have passed. */
function watchFirstPicture(): void {
  const timed: Timed['timed'] = {};
  Object.assign(window, { timed });
  window.addEventListener('message', () => (timed.message ??= performance.now()));
  const look = (): void => {
    if (document.querySelector('.canvas .node') === null) requestAnimationFrame(look);
    else requestAnimationFrame(() => requestAnimationFrame(() => (timed.drawn = performance.now())));
  };
  requestAnimationFrame(look);
}

/** Pans there and back at a level, as a wheel does it. */
async function pan(page: Page, level: string): Promise<{ frames: number; longest: number }> {
  const isThere = () => page.locator(`.canvas.level-${level}`).count();
  for (let i = 0; i < 40 && (await isThere()) === 0; i++) {
    await page.mouse.move(640, 400);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -90);
    await page.keyboard.up('Control');
    await page.waitForTimeout(60);
  }
  await page.waitForTimeout(300);
  return page.evaluate(async () => {
    const map = document.querySelector('.map');
    const times: number[] = [];
    await new Promise<void>((resolve) => {
      const frame = (now: number): void => {
        times.push(now);
        if (times.length === 151) return resolve();
        const sign = times.length < 75 ? 1 : -1;
        map?.dispatchEvent(
          new WheelEvent('wheel', { deltaX: 14 * sign, deltaY: 9 * sign, bubbles: true, cancelable: true }),
        );
        requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
    });
    const gaps = times.slice(1).map((time, i) => time - (times[i] ?? time));
    const all = gaps.reduce((sum, gap) => sum + gap, 0);
    return { frames: (1000 * gaps.length) / all, longest: Math.max(...gaps) };
  });
}

async function timeChanges(page: Page, version: number, changes: readonly WireTopologyChange[]): Promise<number> {
  const times: number[] = [];
  for (const [index, change] of changes.entries()) {
    times.push(await timeChange(page, version + index, change));
    await page.waitForTimeout(200);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}

function timeChange(page: Page, version: number, change: WireTopologyChange): Promise<number> {
  const message = { kind: 'change', version, base: version - 1, change, scopes: [] };
  return page.evaluate(async (value) => {
    const from = performance.now();
    window.postMessage(value, '*');
    // The message is taken in a task of its own; two frames later its picture is on the screen.
    await new Promise((resolve) => setTimeout(resolve, 0));
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    return performance.now() - from;
  }, message);
}
