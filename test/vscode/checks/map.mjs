// The map: what it leads to, what is traced by clicks on it, and what is saved of it.
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { cursorAt, expect, mapService, showMap, until } from './support.mjs';

/** A button of the map's own, by its name. */
function button(workbench, name) {
  return workbench.panel().getByRole('button', { name, exact: true });
}

/** The box of a workload of the shop in the map. */
function mapWorkload(workbench, name) {
  return workbench.panel().getByRole('option', { name: new RegExp(`^Deployment (shop/)?${name}\\b`) });
}

/** Saves the map in a format, by the answers that a person gives, and gives the bytes of the file. */
async function exported(workbench, profile, format, name) {
  const file = path.join(profile.workspace, name);
  await rm(file, { force: true });
  await showMap(workbench);
  await button(workbench, 'Export the map…').click();
  await workbench.quickRow(format).first().click();
  await workbench.quickTitle().getByText('Export the Map').waitFor();
  // The dialog proposes a name in the folder; another one is typed over it.
  await until('the dialog for a file', async () => (await workbench.input.inputValue()).includes('.'));
  await workbench.input.fill(file);
  await until('the path is taken', async () => (await workbench.input.inputValue()) === file);
  await workbench.page.keyboard.press('Enter');
  const bytes = await until(`the file ${name}`, () => readFile(file).catch(() => undefined));
  await workbench.page.getByText(`The map was saved as ${name}.`).first().waitFor();
  await rm(file, { force: true });
  return bytes;
}

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
      await workbench.panel().getByRole('link', { name: 'Service shop/web selects no pod' }).click();
      await cursorAt(workbench, 9);
    },
  ],
  [
    'the map is searched, filtered, grouped, focused and gone nearer to',
    async ({ workbench }) => {
      await showMap(workbench);
      const panel = workbench.panel();
      const search = panel.getByRole('textbox', { name: 'Search' });
      await search.fill('front');
      await panel.getByText(/^\d+ of \d+$/).waitFor();
      await search.fill('');
      await button(workbench, 'Filter').click();
      await panel.getByRole('checkbox', { name: 'Nodes' }).click();
      await panel.getByRole('option', { name: /^Node node-a/ }).waitFor({ state: 'detached' });
      await panel.getByRole('checkbox', { name: 'Nodes' }).click();
      await panel.getByRole('option', { name: /^Node node-a/ }).waitFor();
      await button(workbench, 'Filter').click();
      await panel.getByRole('combobox', { name: 'Group by' }).click();
      await panel.getByRole('option', { name: 'by node' }).click();
      await panel
        .getByRole('option', { name: /^Deployment catalog, Deployment in shop, 1 of/ })
        .first()
        .waitFor();
      await workbench.screenshot('map-by-node');
      await panel.getByRole('combobox', { name: 'Group by' }).click();
      await panel.getByRole('option', { name: 'by namespace' }).click();
      await mapService(workbench, 'catalog').click();
      await button(workbench, 'Focus').click();
      await mapService(workbench, 'cart').waitFor({ state: 'detached' });
      await workbench.screenshot('map-focus');
      await button(workbench, 'Whole map').click();
      await mapService(workbench, 'cart').waitFor();
    },
  ],
  [
    'two clicks on the map choose who sends a request and to whom',
    async ({ workbench }) => {
      await showMap(workbench);
      await mapWorkload(workbench, 'front').click();
      await button(workbench, 'Trace from here').click();
      await workbench.panel().getByRole('group', { name: 'Request to trace' }).getByText('choose on the map').waitFor();
      await mapService(workbench, 'web').click();
      await workbench.screenshot('map-trace-ends');
      await button(workbench, 'Trace to here').click();
      await workbench.tabTitled('Trace').first().waitFor();
      await workbench.panel().getByText('REFUSED').first().waitFor();
      await workbench.screenshot('map-traced');
    },
  ],
  [
    'the map is saved as a picture that stands alone',
    async ({ workbench, profile }) => {
      const svg = (await exported(workbench, profile, 'SVG', 'map.svg')).toString('utf8');
      for (const part of ['xmlns="http://www.w3.org/2000/svg"', '>catalog<', '<title>Deployment front'])
        expect(svg.includes(part), `${part} in the SVG: ${svg.slice(0, 300)}`);
      expect(!/ class=|var\(--/.test(svg), 'nothing in it needs a style sheet');
      const png = await exported(workbench, profile, 'PNG', 'map.png');
      expect(png.subarray(1, 4).toString('latin1') === 'PNG', `a PNG: ${png.subarray(0, 8).toString('hex')}`);
      expect(png.readUInt32BE(16) > 800, `wide enough to read: ${png.readUInt32BE(16)}`);
      await workbench.screenshot('map-saved');
    },
  ],
  [
    'the map is saved as a text for other tools',
    async ({ workbench, profile }) => {
      const mermaid = (await exported(workbench, profile, 'Mermaid', 'map.mmd')).toString('utf8');
      expect(/^(flowchart|graph) /.test(mermaid) && mermaid.includes('catalog'), `Mermaid: ${mermaid.slice(0, 200)}`);
      const dot = (await exported(workbench, profile, 'DOT', 'map.dot')).toString('utf8');
      expect(/^digraph /.test(dot) && dot.includes('catalog'), `DOT: ${dot.slice(0, 200)}`);
    },
  ],
];
