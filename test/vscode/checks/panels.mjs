// What panels, views and problems do together: on edits, on a reload, in the themes.
import { mapService, replaceLineEnd, showMap, texts, traceFrom, until } from './support.mjs';

export const checks = [
  [
    'an edit mends diagnostics, tree, map and trace at once, and taking it back brings the fault back',
    async ({ workbench }) => {
      await workbench.showServices();
      await workbench.openFile('web.yaml');
      await showMap(workbench);
      await replaceLineEnd(workbench, 'web.yaml', 9, 3, 'wbe');
      await workbench.treeRow('Service web').and(workbench.treeRow('2 endpoints')).waitFor();
      await workbench
        .panel()
        .getByRole('option', { name: /Service (shop\/)?web\b(?!.*(problem|no pod))/ })
        .waitFor();
      await until('two errors in the status bar', async () => /Services\s+2/.test((await texts(workbench.status))[0]));
      await workbench.page.keyboard.press('Escape');
      await workbench.screenshot('map-mended');
      await workbench.showProblems();
      await workbench.problem('Deployment shop/cart').first().waitFor();
      await workbench.problem('Service shop/web').first().waitFor({ state: 'detached' });
      await workbench.command('View: Hide Panel');
      await traceFrom(workbench, 'web.yaml', 5, 'DELIVERED');
      await workbench.openFile('web.yaml', 9);
      await workbench.command('File: Revert File');
      await workbench.panel().getByText('REFUSED').first().waitFor();
      await workbench.treeRow('Service web').and(workbench.treeRow('no endpoints')).waitFor();
    },
  ],
  [
    'the panels are there again after a reload of the window',
    async ({ workbench }) => {
      await workbench.openFile('web.yaml');
      await showMap(workbench);
      await traceFrom(workbench, 'web.yaml', 5, 'REFUSED');
      await workbench.reload();
      await workbench.panel().getByText('REFUSED').first().waitFor();
      await workbench.tabTitled('Topology').click();
      await mapService(workbench, 'catalog').waitFor();
    },
  ],
  [
    'a theme of each kind is readable',
    async ({ workbench }) => {
      await workbench.showServices();
      await workbench.openFile('web.yaml');
      await showMap(workbench);
      await traceFrom(workbench, 'web.yaml', 5, 'REFUSED');
      for (const [theme, name] of [
        ['Light Modern', 'light'],
        ['Dark High Contrast', 'high-contrast'],
        ['Light High Contrast', 'high-contrast-light'],
      ]) {
        await workbench.theme(theme);
        for (const [panel, content] of [
          ['Topology', workbench.panel().getByRole('option').first()],
          ['Trace', workbench.panel().getByText('REFUSED').first()],
        ]) {
          await workbench.tabTitled(panel).click();
          await content.waitFor();
          await workbench.screenshot(`${panel.toLowerCase()}-${name}`);
        }
      }
      await workbench.theme('Dark Modern');
    },
  ],
];
