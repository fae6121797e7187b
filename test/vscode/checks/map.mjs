// The map.
import { cursorAt, mapService, showMap } from './support.mjs';

export const checks = [
  [
    'the map shows the Services and leads to their YAML',
    async ({ workbench }) => {
      await workbench.openFile('front.yaml');
      await showMap(workbench);
      const node = mapService(workbench, 'web');
      await workbench.screenshot('map');
      await node.click();
      await workbench.panel().getByText('Open YAML').first().waitFor();
      await workbench.screenshot('map-selected');
      await workbench.panel().getByText('Open YAML').first().click();
      await workbench.page.locator('.tab.active[data-resource-name="web.yaml"]').waitFor();
      await cursorAt(workbench, 5);
    },
  ],
];
