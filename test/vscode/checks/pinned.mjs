// Mending a request from its trace, and keeping watch on pinned ones.
import { expect, replaceLineEnd, texts, traceFrom, until } from './support.mjs';

const pinnedRow = (workbench) =>
  workbench.page.locator('.pane:has(.pane-header[aria-label^="Pinned Requests"]) .monaco-list-row');

async function showPinned(workbench) {
  await workbench.showServices();
  const header = workbench.page.locator('.pane-header[aria-label^="Pinned Requests"]');
  await header.waitFor();
  if ((await header.getAttribute('aria-expanded')) === 'false') await header.click();
}

export const checks = [
  [
    'a change that would make a request arrive can be looked at and made',
    async ({ workbench }) => {
      await traceFrom(workbench, 'web.yaml', 5, 'REFUSED');
      const panel = workbench.panel();
      const best = panel.locator('.remedy').first();
      await best.getByText('DELIVERED').waitFor();
      await best.scrollIntoViewIfNeeded();
      await workbench.screenshot('trace-remedies');
      await best.getByRole('button', { name: /^Preview/ }).click();
      await workbench.page.locator('.monaco-diff-editor').first().waitFor();
      await workbench.screenshot('trace-remedy-preview');
      await workbench.tabTitled('Trace').click();
      await best.getByRole('button', { name: /^Apply/ }).click();
      await panel.locator('.verdict-words').getByText('DELIVERED').waitFor();
      await workbench.screenshot('trace-mended');
      await workbench.openFile('web.yaml');
      await workbench.page.keyboard.press('Control+z');
      await workbench.tabTitled('Trace').click();
      await panel.locator('.verdict-words').getByText('REFUSED').waitFor();
    },
  ],
  [
    'a rule of the trace leads to its line among the rules of its node, and explains itself',
    async ({ workbench }) => {
      await traceFrom(workbench, 'catalog.yaml', 5, 'DELIVERED');
      const panel = workbench.panel();
      await panel
        .getByRole('button', { name: /^Show this rule.*KUBE-SVC/ })
        .first()
        .click();
      await until('the line of the rule', async () => {
        const [position] = await texts(workbench.cursor());
        return position !== undefined && !/^Ln 1,/.test(position);
      });
      expect(
        (await workbench.page.locator('.tab.active').first().innerText()).includes('node-'),
        'the rules of a node',
      );
      await workbench.screenshot('trace-rule-line');
      await workbench.tabTitled('Trace').click();
      await panel
        .getByRole('button', { name: /^What is this\?.*KUBE-SERVICES/ })
        .first()
        .click();
      await panel.getByText('kube-proxy’s entry chain').waitFor();
      await workbench.screenshot('trace-explained');
    },
  ],
  [
    'a pinned request is traced again on each edit, and marked when it comes out differently',
    async ({ workbench }) => {
      await traceFrom(workbench, 'web.yaml', 5, 'REFUSED');
      await workbench.panel().getByRole('button', { name: 'Pin', exact: true }).click();
      await workbench.panel().getByRole('button', { name: 'Pinned', exact: true }).waitFor();
      await showPinned(workbench);
      await pinnedRow(workbench).getByText('REFUSED').waitFor();
      await workbench.screenshot('pinned');
      await replaceLineEnd(workbench, 'web.yaml', 9, 3, 'wbe');
      await pinnedRow(workbench).getByText('was REFUSED, now DELIVERED').waitFor();
      await workbench.screenshot('pinned-changed');
      await workbench.page.locator('.statusbar-item[aria-label*="1 pinned request"]').waitFor();
      // Who looks at the outcome has seen it.
      await pinnedRow(workbench).click();
      await workbench.panel().locator('.verdict-words').getByText('DELIVERED').waitFor();
      await until('the mark to go', async () => {
        const [text] = await texts(pinnedRow(workbench));
        return text?.includes('DELIVERED') && !text.includes('was');
      });
      await workbench.screenshot('pinned-seen');
      await workbench.openFile('web.yaml');
      await workbench.page.keyboard.press('Control+z');
      await workbench.page.keyboard.press('Control+z');
      await workbench.page.keyboard.press('Control+z');
      await replaceLineEnd(workbench, 'web.yaml', 9, 3, 'web');
      await pinnedRow(workbench).getByText('was DELIVERED, now REFUSED').waitFor();
      await pinnedRow(workbench).hover();
      await pinnedRow(workbench).locator('.action-label[aria-label="Unpin"]').click();
      await pinnedRow(workbench).waitFor({ state: 'detached' });
    },
  ],
];
