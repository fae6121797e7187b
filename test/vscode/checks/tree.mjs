// The Services view and the palette.
import { cursorAt, expect, texts, until } from './support.mjs';

export const checks = [
  [
    'the palette offers what can be run without a row',
    async ({ workbench }) => {
      await workbench.openFile('web.yaml');
      // Each by itself: the list has only as many rows as there is room for.
      const offered = async (name) =>
        (await workbench.paletteNames(`Service Topology: ${name}`)).filter((found) => found.includes(name));
      for (const name of [
        'Trace Request…',
        'Show Topology',
        'Show Rules of Node…',
        'Compare Rules…',
        'Reveal in Services View',
      ])
        expect((await offered(name)).length > 0, `${name} is missing`);
      const shown = await workbench.paletteNames('Service Topology: Show');
      expect(!shown.some((found) => found.includes('Show on the Map')), 'a command of rows is in the palette');
    },
  ],
  [
    'the tree shows Services with their endpoints, and the one without',
    async ({ workbench }) => {
      await workbench.showServices();
      await workbench.treeRow('Scope shop').first().waitFor();
      await workbench.treeRow('Service web').first().waitFor();
      await workbench.screenshot('tree');
      const labels = await workbench.treeLabels();
      const web = labels.find((label) => label.includes('Service web'));
      const catalog = labels.find((label) => label.includes('Service catalog'));
      expect(web.includes('no endpoints'), `no endpoints is missing in: ${web}`);
      expect(catalog.includes('3 endpoints'), `3 endpoints is missing in: ${catalog}`);
    },
  ],
  [
    'the row of a problem leads to its line',
    async ({ workbench }) => {
      await workbench.showServices();
      await workbench.openRow('Service web');
      const row = workbench.treeRow('Error: Service shop/web').first();
      await row.waitFor();
      await workbench.screenshot('tree-problem');
      await row.click();
      await workbench.tab('web.yaml').waitFor();
      await workbench.page.keyboard.press('Control+1');
      await cursorAt(workbench, 9);
    },
  ],
  [
    'the row of the Service at the cursor is found',
    async ({ workbench }) => {
      await workbench.openFile('cart.yaml', 5);
      await cursorAt(workbench, 5);
      await workbench.command('Service Topology: Reveal in Services View');
      await workbench.page
        .locator('.tree-explorer-viewlet-tree-view .monaco-list-row.selected[aria-label*="Service cart"]')
        .waitFor();
    },
  ],
  [
    'the actions of a row trace to its Service and show it on the map',
    async ({ workbench }) => {
      await workbench.showServices();
      const row = workbench.treeRow('Service catalog').first();
      // Rows are drawn anew as the tree follows the editor: a click may still meet the one that stood there before.
      await until('a trace to the row that was clicked', async () => {
        await row.hover();
        await row.locator('.action-label[aria-label^="Trace Request"]').click();
        await workbench.quickRow('shop/front').first().waitFor();
        const [title] = await texts(workbench.quickTitle());
        await workbench.page.keyboard.press('Escape');
        return title.startsWith('Trace Request to shop/catalog');
      });
      await row.hover();
      await row.locator('.action-label[aria-label^="Show on the Map"]').click();
      await workbench.panel().locator('[role="option"][aria-selected="true"][aria-label*="catalog"]').waitFor();
      await workbench.panelFocused();
    },
  ],
];
