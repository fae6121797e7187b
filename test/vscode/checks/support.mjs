// What checks in a real VS Code share: asking until an answer is good, and the steps that several of them take.
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Fails with what was expected and what was seen. */
export function expect(condition, message) {
  if (!condition) throw new Error(message);
}

export async function texts(locator) {
  return (await locator.allInnerTexts()).map((text) => text.replaceAll('\u00a0', ' ').replace(/\s+/g, ' ').trim());
}

/** Asks until the answer is good: for what has no element to wait for. A panel that is loaded meanwhile is asked again. */
export async function until(what, ask, milliseconds = 25_000) {
  const end = Date.now() + milliseconds;
  for (;;) {
    let answer, failure;
    try {
      answer = await ask();
    } catch (error) {
      failure = error;
    }
    if (answer) return answer;
    if (Date.now() > end) throw failure ?? new Error(`timed out: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export async function cursorAt(workbench, line) {
  await until(`cursor in line ${line}`, async () => {
    const [position] = await texts(workbench.cursor());
    return position?.startsWith(`Ln ${line},`);
  });
}

/** Chooses in the menu that is open; a menu that has just come leaves the first click unheard. */
export async function chooseInMenu(workbench, name) {
  const entry = workbench.page.locator('.monaco-menu').getByText(name).first();
  await entry.waitFor({ timeout: 3000 });
  await until(`${name} is chosen`, async () => {
    await entry.click({ timeout: 1000 }).catch(() => {});
    return !(await entry.isVisible());
  });
}

/** Goes to the end of a line, deletes a word of some letters and types another. */
export async function replaceLineEnd(workbench, file, line, letters, replacement) {
  await workbench.openFile(file, line);
  await cursorAt(workbench, line);
  await workbench.page.keyboard.press('End');
  for (let i = 0; i < letters; i++) await workbench.page.keyboard.press('Backspace');
  await workbench.page.keyboard.type(replacement);
}

/** Traces the request of shop/front to the Service that stands in this line of a file, until its verdict is shown. */
export async function traceFrom(workbench, file, line, verdict) {
  await workbench.openFile(file, line);
  await cursorAt(workbench, line);
  await workbench.choose('Service Topology: Trace Request', 'shop/front');
  await workbench.panel().getByText(verdict).first().waitFor();
  await workbench.panelFocused();
}

/** Opens the map and waits for its Services. */
export async function showMap(workbench) {
  await workbench.command('Service Topology: Show Topology');
  await mapService(workbench, 'catalog').waitFor();
  await workbench.panelFocused();
}

/** The box of a Service of the shop in the map. */
export function mapService(workbench, name) {
  return workbench.panel().getByRole('option', { name: new RegExp(`Service (shop/)?${name}\\b`) });
}

/**
 * Folders of files beside the shop, for as long as the check runs, which begins when the tree has these rows. They
 * come and go as a whole, as when a branch is checked out.
 */
export async function withFolders({ workbench, profile }, files, rows, run) {
  const made = await mkdtemp(path.join(profile.folder, 'made-'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.join(made, path.dirname(name)), { recursive: true });
    await writeFile(path.join(made, name), text);
  }
  const folders = [...new Set(Object.keys(files).map((name) => name.split('/')[0]))];
  try {
    await workbench.showServices();
    await workbench.treeRow('Service front').first().waitFor();
    for (const folder of folders) await rename(path.join(made, folder), path.join(profile.workspace, folder));
    for (const row of rows) await workbench.treeRow(row).first().waitFor();
    await run();
  } finally {
    // A document with an edit outlives its file.
    await workbench.clean().catch(() => {});
    for (const folder of folders) await rm(path.join(profile.workspace, folder), { recursive: true, force: true });
    await workbench.showServices();
    for (const row of rows) await workbench.treeRow(row).first().waitFor({ state: 'detached' });
  }
}
