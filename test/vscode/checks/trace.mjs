// The trace: how a request is chosen, and what its panel leads to.
import { cursorAt, expect, texts, traceFrom, until } from './support.mjs';

export const checks = [
  [
    'a request traced from the cursor asks only who sends it',
    async ({ workbench }) => {
      await workbench.openFile('web.yaml', 5);
      await cursorAt(workbench, 5);
      await workbench.command('Service Topology: Trace Request');
      await workbench.quickRow('shop/front').first().waitFor();
      expect(
        (await texts(workbench.quickTitle()))[0].startsWith('Trace Request to shop/web'),
        `title: ${await texts(workbench.quickTitle())}`,
      );
      await workbench.screenshot('trace-source');
      await workbench.quickRow('shop/front').first().click();
      await workbench.panel().getByText('REFUSED').first().waitFor();
      await workbench.panelFocused();
      await workbench.screenshot('trace-refused');
    },
  ],
  [
    'the cause in the trace leads to the YAML',
    async ({ workbench }) => {
      await traceFrom(workbench, 'web.yaml', 5, 'REFUSED');
      await workbench.openFile('front.yaml');
      await workbench.tabTitled('Trace').click();
      await workbench.panel().locator('.causes').getByRole('link').last().click();
      await workbench.page.locator('.tab.active[data-resource-name="web.yaml"]').waitFor();
      await cursorAt(workbench, 9);
    },
  ],
  [
    'a request traced in full takes three steps, a way back and free text',
    async ({ workbench }) => {
      await workbench.showServices();
      // Requests that were traced before stand above the sources, begin with their names, and are answers to everything.
      const source = () =>
        workbench.page
          .locator('.quick-input-list .monaco-list-row[aria-label^="shop/front"]:not([aria-label*="→"])')
          .first();
      // The row of a scope answers nothing but the scope.
      await workbench.openRow('folder');
      await workbench.command('Service Topology: Trace Request');
      await source().click();
      await until('the second step', async () => /\(2\/3\)/.test((await texts(workbench.quickTitle()))[0] ?? ''));
      await workbench.screenshot('trace-destination');
      await workbench.page.locator('.quick-input-titlebar .codicon-quick-input-back').click();
      await until('the first step', async () => /\(1\/3\)/.test((await texts(workbench.quickTitle()))[0] ?? ''));
      await source().click();
      await until('the second step', async () => /\(2\/3\)/.test((await texts(workbench.quickTitle()))[0] ?? ''));
      await workbench.quickRow('shop/web').first().waitFor();
      await workbench.input.fill('http://catalog/');
      await workbench.quickRow('http://catalog/').first().waitFor();
      await workbench.screenshot('trace-free-text');
      await workbench.page.keyboard.press('Enter');
      await workbench.panel().getByText('DELIVERED').first().waitFor();
      await workbench.panelFocused();
      await workbench.screenshot('trace-delivered');
    },
  ],
  [
    'the same request in other modes and from other nodes is a table, whose cells are traces',
    async ({ workbench }) => {
      await traceFrom(workbench, 'catalog.yaml', 5, 'DELIVERED');
      const panel = workbench.panel();
      await panel.locator('.comparison > summary').click();
      const row = panel.getByRole('row', { name: /^node node-b/ });
      await row.waitFor();
      await panel.locator('.comparison table').scrollIntoViewIfNeeded();
      await workbench.screenshot('trace-compared');
      expect((await row.getByRole('link').count()) === 3, 'a cell for each mode');
      await row.getByRole('link').nth(1).click();
      await panel
        .getByText(/^node-b nftables \(nat OUTPUT\)/)
        .first()
        .waitFor();
      await workbench.screenshot('trace-nftables');
    },
  ],
  [
    'what explains itself in a trace can be switched off, and on again in the settings',
    async ({ workbench }) => {
      await traceFrom(workbench, 'catalog.yaml', 5, 'DELIVERED');
      const questions = workbench.panel().getByRole('button', { name: /^What is this\?/ });
      await questions.first().click();
      await workbench.screenshot('trace-what-is-this');
      await workbench.panel().getByRole('button', { name: 'Show no explanations' }).click();
      await until('no more explanations', async () => (await questions.count()) === 0);
      await workbench.command('Preferences: Open Settings (UI)');
      await workbench.page.locator('.settings-editor .suggest-input-container').waitFor();
      await workbench.page.keyboard.type('serviceTopology.explanations');
      const setting = workbench.page.locator('.setting-item-contents', { hasText: 'Explanations' });
      await setting.locator('.setting-value-checkbox[aria-checked="false"]').click();
      // Behind the settings, which are written a moment after the click.
      await questions.first().waitFor({ state: 'attached' });
      await workbench.page.keyboard.press('Escape');
      await workbench.page.locator('.settings-editor').waitFor({ state: 'detached' });
    },
  ],
];
