// The workbench of VS Code as a person uses it: palette, views, editors, panels. Waits for what is seen, never for time.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';

const output = path.resolve(import.meta.dirname, '../output');

/** Opens a folder (none: an empty window) in a new tab of the browser and waits for the workbench. */
export async function openWorkbench(browser, url, folder) {
  const context = await browser.newContext({ viewport: { width: 1600, height: 960 }, reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.setDefaultTimeout(25_000);
  await page.goto(folder ? `${url}/?folder=${encodeURIComponent(folder)}` : `${url}/?ew=true`);
  const workbench = new Workbench(page);
  await workbench.ready();
  return workbench;
}

/** The selector of a prompt's rows by their labels, of which a comma ends the name. */
function rowLabelled(operator, label) {
  return `.quick-input-list .monaco-list-row[aria-label${operator}"${label}"]`;
}

export class Workbench {
  constructor(page) {
    this.page = page;
    this.input = page.locator('.quick-input-widget .quick-input-box input');
    this.status = page.locator('.statusbar-item[id$="serviceTopology.status"]');
  }

  async ready() {
    await this.page.locator('.monaco-workbench .statusbar').waitFor({ timeout: 60_000 });
    await this.page.locator('.activitybar .action-item').first().waitFor();
  }

  /** Reloads the window by VS Code's own command, which keeps what is open. */
  async reload() {
    const loaded = this.page.waitForEvent('load', { timeout: 60_000 });
    await this.command('Developer: Reload Window');
    await loaded;
    await this.ready();
  }

  /** What each check begins with: no prompt, no editor, no unsaved edit, no panel below. */
  async clean() {
    await this.page.keyboard.press('Escape');
    const dirty = this.page.locator('.tab.dirty');
    while ((await dirty.count()) > 0) {
      await dirty.first().click();
      await this.command('File: Revert File');
      await this.page.locator('.tab.active.dirty').waitFor({ state: 'detached' });
    }
    if ((await this.page.locator('.tab').count()) > 0) {
      await this.command('View: Close All Editors');
      await this.page.locator('.tab').first().waitFor({ state: 'detached' });
    }
    if (await this.page.locator('.part.panel').isVisible()) await this.command('View: Hide Panel');
  }

  /** Loads the window anew, as after a crash of the page. */
  async renew() {
    await this.page.goto(this.page.url());
    await this.ready();
    await this.status.waitFor();
  }

  /** Answers the question for trust, where it is asked, with no. */
  async distrust() {
    const dialog = this.page.locator('.monaco-dialog-box');
    const banner = this.page.locator('.statusbar-item[id="status.workspaceTrust"]');
    await dialog.or(banner).first().waitFor();
    if (await dialog.isVisible()) await dialog.getByRole('button', { name: /^No/ }).click();
  }

  async close() {
    await this.page.context().close();
  }

  async screenshot(name) {
    await mkdir(output, { recursive: true });
    await this.page.screenshot({ path: path.join(output, `${name}.png`) });
  }

  /**
   * Runs a command by its whole name in the palette, such as `View: Close All Editors`; the dots of one that asks may be
   * left out. One that begins alike (`Fold All`) stands first where it was used lately.
   */
  async command(name) {
    const names = [name, `${name}…`, `${name}...`];
    const rows = names.flatMap((each) => [rowLabelled('=', each), rowLabelled('^=', `${each},`)]);
    await this.#pick(['F1'], `>${name}`, rows.join(', '));
  }

  /** Runs a command that asks, and answers with the rows of these labels; again where the focus closed the question. */
  async choose(name, ...labels) {
    for (let tries = 0; ; tries++) {
      try {
        await this.command(name);
        for (const label of labels) await this.quickRow(label).first().click({ timeout: 8000 });
        return;
      } catch (error) {
        if (tries === 2) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
  }

  /**
   * Opens a prompt by its keys, types a text and clicks the first of these rows. All of it again where it did not work: a
   * panel that has just got the focus swallows keys, and the commands of extensions come late.
   */
  async #pick(keys, text, rows) {
    const row = this.page.locator(rows).first();
    for (let tries = 0; ; tries++) {
      try {
        for (const key of keys) await this.page.keyboard.press(key);
        await this.input.fill(text, { timeout: 2000 });
        await row.click({ timeout: 2000 });
        return;
      } catch (error) {
        if (tries === 5) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
  }

  /** The names of the commands that the palette offers for a text. */
  async paletteNames(text) {
    await this.page.keyboard.press('F1');
    await this.input.fill(`>${text}`);
    await this.quickRow(text).first().waitFor();
    const names = await this.page
      .locator('.quick-input-list .monaco-list-row')
      .evaluateAll((rows) => rows.map((row) => row.getAttribute('aria-label')));
    await this.page.keyboard.press('Escape');
    return names;
  }

  quickTitle() {
    return this.page.locator('.quick-input-widget .quick-input-title');
  }

  quickRow(label) {
    return this.page.locator(`.quick-input-list .monaco-list-row[aria-label*="${label}"]`);
  }

  /** Opens a file in the first group: panels keep theirs. */
  async openFile(name, line) {
    await this.#pick(['Control+1', 'Control+p'], line ? `${name}:${line}` : name, rowLabelled('^=', name));
    await this.page.locator(`.tab.active[data-resource-name="${name}"]`).first().waitFor();
  }

  tab(name) {
    return this.page.locator(`.tab[data-resource-name="${name}"]`);
  }

  tabTitled(title) {
    return this.page.locator(`.tab[aria-label^="${title}"]`);
  }

  /** The position in the status bar: where the cursor of the active editor is. */
  cursor() {
    return this.page.locator('.statusbar-item[id="status.editor.selection"] .statusbar-item-label');
  }

  async showServices() {
    await this.command('Kubernetes Services: Focus on Kubernetes Services View');
  }

  treeRow(label) {
    return this.page.locator(`.tree-explorer-viewlet-tree-view .monaco-list-row[aria-label*="${label}"]`);
  }

  /**
   * Chooses a row of the tree and opens it. Rows move while the tree is drawn anew, so that a click may meet another one,
   * and a click on a row without a command folds it.
   */
  async openRow(label) {
    const row = this.treeRow(label).first();
    const chosen = this.page.locator(
      `.tree-explorer-viewlet-tree-view .monaco-list-row.selected[aria-label*="${label}"]`,
    );
    await row.waitFor();
    for (let tries = 0; ; tries++) {
      try {
        await row.click({ timeout: 3000 });
        await chosen.first().waitFor({ timeout: 2000 });
        if ((await row.getAttribute('aria-expanded')) === 'false') await this.page.keyboard.press('ArrowRight');
        await chosen.and(this.page.locator('[aria-expanded="true"]')).first().waitFor({ timeout: 3000 });
        return;
      } catch (error) {
        if (tries === 5) throw error;
      }
    }
  }

  treeLabels() {
    return this.page
      .locator('.tree-explorer-viewlet-tree-view .monaco-list-row')
      .evaluateAll((rows) => rows.map((row) => row.getAttribute('aria-label')));
  }

  welcome() {
    return this.page.locator('.welcome-view-content:visible');
  }

  async showProblems() {
    await this.command('Problems: Focus on Problems View');
    await this.page.locator('.markers-panel').first().waitFor();
  }

  /** Waits for a problem that the filter finds: the list holds no row that is out of sight. */
  async findProblem(label) {
    const filter = this.page.locator('.part.panel').getByPlaceholder('Filter (e.g.').first();
    await filter.fill(label);
    await this.problem(label).first().waitFor();
    await filter.fill('');
  }

  problem(label) {
    return this.page.locator(`.markers-panel .monaco-list-row[aria-label*="${label}"]`);
  }

  /** The page inside the panel that is in front. */
  panel() {
    return this.page.frameLocator('iframe.webview.ready:visible').frameLocator('#active-frame');
  }

  /** A panel takes the focus after it is shown; a prompt opened before that would close again. */
  async panelFocused() {
    await this.page.waitForFunction(() => document.activeElement?.tagName === 'IFRAME');
  }

  /** Whether a text is shown in the active editor; the editor draws blanks as no-break spaces. */
  line(text) {
    return this.page.locator('.editor-instance .view-line', {
      hasText: new RegExp(escape(text).replace(/ /g, '[ \\u00a0]')),
    });
  }

  async theme(name) {
    await this.command('Preferences: Color Theme');
    await this.input.fill(name);
    await this.page.locator(`.quick-input-list .monaco-list-row[aria-label^="${name}"]`).first().click();
    await this.input.waitFor({ state: 'hidden' });
  }
}

function escape(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
