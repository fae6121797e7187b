// What a person finds in the editor itself: problems, lenses, quick fixes.
import { cursorAt } from './support.mjs';

export const checks = [
  [
    'the findings stand in the Problems view',
    async ({ workbench }) => {
      await workbench.openFile('web.yaml');
      await workbench.showProblems();
      for (const problem of [
        'Service shop/web selects no pod',
        'targetPort http is a port of no container of Deployment shop/cart',
        'Service shop/payment selects no pod',
      ])
        await workbench.findProblem(problem);
      await workbench.screenshot('problems');
      await workbench.command('View: Hide Panel');
    },
  ],
  [
    'lenses stand above Services and templates, and lead to the trace',
    async ({ workbench }) => {
      await workbench.openFile('web.yaml');
      const lens = (text) => workbench.page.locator('.codelens-decoration', { hasText: text });
      await lens('no endpoints').first().waitFor();
      await lens('Map').first().waitFor();
      await workbench.screenshot('lens');
      await workbench.openFile('catalog.yaml');
      await lens('3 endpoints').first().waitFor();
      await lens('selected by').first().waitFor();
      await workbench.screenshot('lens-healthy');
    },
  ],
  [
    'the quick fix of a finding changes the YAML',
    async ({ workbench }) => {
      await workbench.showServices();
      await workbench.openFile('web.yaml', 9);
      await cursorAt(workbench, 9);
      await workbench.page.keyboard.press('End');
      await workbench.page.keyboard.press('Control+.');
      const fix = workbench.page.locator('.action-widget .monaco-list-row', { hasText: 'app: wbe' }).first();
      await fix.waitFor();
      await workbench.screenshot('quick-fix');
      await fix.click();
      await workbench.treeRow('Service web').and(workbench.treeRow('2 endpoints')).waitFor();
      await workbench.command('File: Revert File');
      await workbench.treeRow('Service web').and(workbench.treeRow('no endpoints')).waitFor();
    },
  ],
];
