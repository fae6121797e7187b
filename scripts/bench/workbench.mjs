/**
 * The map in a real VS Code whose browser draws in software, for a workspace of N Services: from the command to the first
 * picture, frames a second while panning, from a key in the editor to what it changes on the map.
 * `npm run bench:ui -- --vscode [N …]`
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { installVsCode } from '../../test/vscode/install.mjs';
import { createProfile, launchBrowser, pack, removeProfile, startServer } from '../../test/vscode/vscode.mjs';
import { openWorkbench } from '../../test/vscode/workbench.mjs';
import { fileName, generate } from './generate.mjs';

const levels = ['far', 'middle', 'near'];

/** A row of figures for each number of Services. */
export async function measureWorkbench(sizes) {
  installVsCode();
  const folder = await mkdtemp(path.join(tmpdir(), 'service-topology-bench-vscode-'));
  const browser = await launchBrowser();
  try {
    const vsix = await pack(folder);
    const rows = [];
    for (const services of sizes) rows.push(await measure(services, { folder, vsix, browser }));
    return rows;
  } finally {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(services, { folder, vsix, browser }) {
  const manifests = path.join(folder, String(services));
  generate(services, manifests);
  const profile = await createProfile({ vsix, manifests });
  const server = await startServer(profile);
  try {
    const workbench = await openWorkbench(browser, server.url, profile.workspace);
    const file = fileName(Math.floor(services / 2));
    const lines = (await readFile(path.join(manifests, file), 'utf8')).split('\n');
    const selector = lines.findIndex(
      (line) => /^ {4}app\.kubernetes\.io\/name: app-/.test(line) && !/labels/.test(line),
    );
    const inSpec = lines.findIndex((line, index) => index > selector && line === '  selector:') + 2;
    await workbench.openFile(file, inSpec);
    await workbench.status.getByText('Services').waitFor({ timeout: 120_000 });
    await settled(workbench);
    const opened = await timeMap(workbench);
    const frame = await mapFrame(workbench);
    await frame.waitForFunction(() => /no\s*problems/.test(document.querySelector('.toolbar')?.textContent ?? ''));
    const panning = [];
    for (const level of levels) panning.push([`panning, ${level}`, await pan(frame, level)]);
    const edits = await timeEdits(workbench, frame, { file, line: inSpec });
    await workbench.close();
    return {
      Services: services,
      pods: services * 10,
      'command to picture': milliseconds(opened.first),
      'the same, again': milliseconds(opened.again),
      ...Object.fromEntries(panning),
      'key to picture': `${milliseconds(edits[Math.floor(edits.length / 2)])}, best ${milliseconds(edits[0])}`,
    };
  } finally {
    await server.stop();
    await removeProfile(profile);
  }
}

/** The status item says nothing of work under way. */
async function settled(workbench) {
  await workbench.page.locator('.statusbar-item[id$="serviceTopology.status"] .codicon-modifier-spin').waitFor({
    state: 'detached',
    timeout: 120_000,
  });
}

/** From the choice of the command until a thing of the map is drawn: with a panel of its own, twice. */
async function timeMap(workbench) {
  const times = [];
  for (let i = 0; i < 2; i++) {
    if (i > 0) await workbench.command('View: Close Editor');
    const from = await choose(workbench, 'Service Topology: Show Topology');
    await workbench.panel().locator('.canvas .node').first().waitFor({ state: 'attached', timeout: 60_000 });
    times.push(Date.now() - from);
    await workbench.panelFocused();
  }
  return { first: times[0], again: times[1] };
}

/** Runs a command from the palette and tells when it was chosen. */
async function choose(workbench, name) {
  const row = workbench.page.locator(`.quick-input-list .monaco-list-row[aria-label^="${name}"]`).first();
  await workbench.page.keyboard.press('F1');
  await workbench.input.fill(`>${name}`);
  await row.waitFor();
  const from = Date.now();
  await row.click();
  return from;
}

async function mapFrame(workbench) {
  const handle = await workbench.panel().locator('.map-frame > .map').elementHandle();
  const frame = await handle?.ownerFrame();
  if (!frame) throw new Error('the map has no frame');
  return frame;
}

/** Pans there and back at a level, as a wheel does it. */
async function pan(frame, level) {
  const { frames, longest } = await frame.evaluate(async (wanted) => {
    const next = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const map = document.querySelector('.map-frame > .map');
    const { x, y, width, height } = map.getBoundingClientRect();
    const at = { clientX: x + width / 2, clientY: y + height / 2, bubbles: true, cancelable: true };
    for (let i = 0; i < 60 && !document.querySelector(`.canvas.level-${wanted}`); i++) {
      map.dispatchEvent(new WheelEvent('wheel', { ...at, deltaY: wanted === 'far' ? 90 : -90, ctrlKey: true }));
      await next();
      await next();
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    const times = [];
    while (times.length < 151) {
      times.push(await next());
      const sign = times.length < 75 ? 1 : -1;
      map.dispatchEvent(new WheelEvent('wheel', { ...at, deltaX: 14 * sign, deltaY: 9 * sign }));
    }
    const gaps = times.slice(1).map((time, i) => time - times[i]);
    return { frames: (1000 * gaps.length) / (times.at(-1) - times[0]), longest: Math.max(...gaps) };
  }, level);
  return `${frames.toFixed(0)}/s, longest ${milliseconds(longest)}`;
}

/** A letter behind the selector and away again: from the key until the map tells of the problem, or of none; sorted. */
async function timeEdits(workbench, frame, { file, line }) {
  await workbench.openFile(file, line);
  await workbench.page.keyboard.press('End');
  const times = [];
  for (let i = 0; i < 6; i++) {
    const from = Date.now();
    await workbench.page.keyboard.press(i % 2 === 0 ? 'x' : 'Backspace');
    const isBroken = i % 2 === 0;
    await frame.waitForFunction(
      (wanted) => /no\s*problems/.test(document.querySelector('.toolbar').textContent) !== wanted,
      isBroken,
      { polling: 'raf' },
    );
    times.push(Date.now() - from);
    await workbench.page.waitForTimeout(400);
  }
  return times.sort((a, b) => a - b);
}

function milliseconds(value) {
  return `${value.toFixed(0)} ms`;
}
