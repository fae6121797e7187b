// What if: a step is added in the panel, the time line leads over its moments, rules compare, and a change is kept.
import { savedAs } from './share.mjs';
import { chooseInMenu, cursorAt, expect, mapService, showMap, texts, until } from './support.mjs';

/** Opens the panel for the Service catalog and waits for its form. */
export async function openWhatIf(workbench) {
  await workbench.openFile('catalog.yaml', 5);
  await cursorAt(workbench, 5);
  await workbench.command('Service Topology: What If');
  await workbench.panel().getByRole('button', { name: 'Add Step' }).waitFor();
  await workbench.panelFocused();
}

/** Writes a step into the form. */
export async function addStep(workbench, step) {
  const panel = workbench.panel();
  const about = panel.getByRole('combobox', { name: 'About' });
  if (!(await about.isVisible())) await panel.getByText('Add a step', { exact: true }).click();
  await about.click();
  await panel.getByRole('option', { name: 'Write it' }).click();
  const field = panel.getByRole('textbox', { name: 'Step' });
  await field.fill(step);
  await field.press('Enter');
  await panel.locator('.step-text', { hasText: step }).waitFor();
}

/** What the form for a step is about; the text of the control is in its own tree. */
async function about(workbench) {
  const field = workbench.panel().getByRole('combobox', { name: 'Which' });
  return (await field.isVisible()) ? field.evaluate(({ value }) => value) : undefined;
}

const title = async (workbench) => (await texts(workbench.panel().locator('.moment-head h2')))[0];

export const checks = [
  [
    'what if: a restart is played out on a time line, and a request to the Service at the cursor goes through',
    async ({ workbench }) => {
      await openWhatIf(workbench);
      await until('the workload of the Service', async () =>
        (await about(workbench))?.startsWith('deployment shop/catalog'),
      );
      await workbench.screenshot('what-if-empty');
      await addStep(workbench, 'deployment shop/catalog restarts');
      const panel = workbench.panel();
      await panel.getByRole('listbox', { name: 'Moments' }).waitFor();
      await until('the first moment', async () => (await title(workbench)) === 'deployment shop/catalog restarts');
      const slider = panel.getByRole('slider', { name: 'Moment' });
      await slider.press('ArrowRight');
      await slider.press('ArrowRight');
      const service = panel.getByRole('region', { name: 'Service shop/catalog' });
      await service.getByRole('row', { name: /^changed .*false true true$/ }).waitFor();
      await panel.getByRole('region', { name: 'Requests' }).getByText('DELIVERED').first().waitFor();
      await workbench.screenshot('what-if-restart');
    },
  ],
  [
    'what if: the rules of a moment are compared with those before it',
    async ({ workbench }) => {
      await openWhatIf(workbench);
      await addStep(workbench, 'a pod of deployment shop/catalog is not ready');
      const rules = workbench.panel().getByRole('region', { name: 'Rules' });
      await rules.getByRole('link').first().click();
      await workbench.page.locator('.diff-editor, .monaco-diff-editor').first().waitFor();
      await workbench.tabTitled('Rules of node-').waitFor();
      await workbench.page
        .locator('.monaco-diff-editor .line-delete, .monaco-diff-editor .char-delete')
        .first()
        .waitFor();
      await workbench.screenshot('what-if-rules');
    },
  ],
  [
    'what if: a step that cannot be taken says why, and a change of a manifest is written into the YAML',
    async ({ workbench }) => {
      await openWhatIf(workbench);
      await addStep(workbench, 'node nobody fails');
      const panel = workbench.panel();
      await panel.getByRole('alert').getByText('there is no node nobody').waitFor();
      await panel.getByRole('button', { name: /^Remove step 1/ }).click();
      await panel.getByRole('alert').waitFor({ state: 'detached' });
      await addStep(workbench, 'deployment shop/catalog scales to 5');
      await panel.getByRole('button', { name: 'Apply to YAML' }).click();
      await workbench.openFile('catalog.yaml');
      await workbench.page.locator('.view-line', { hasText: 'replicas: 5' }).first().waitFor();
      await workbench.command('File: Revert File');
      await workbench.page.locator('.view-line', { hasText: 'replicas: 5' }).first().waitFor({ state: 'detached' });
    },
  ],
  [
    'what if: it is kept as a patch, as commands and as a file that opens again',
    async ({ workbench, profile }) => {
      const { page } = workbench;
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await openWhatIf(workbench);
      await addStep(workbench, 'deployment shop/catalog scales to 5');
      const panel = workbench.panel();
      for (const [button, part] of [
        ['Copy as Kustomize Patch', /^patches:[^]*kind: Deployment[^]*path: "\/spec\/replicas"\n +value: 5/],
        ['Copy as kubectl', /^kubectl patch deployment\.apps catalog -n shop --type=json/],
      ]) {
        await page.evaluate(() => globalThis.navigator.clipboard.writeText(''));
        await panel.getByRole('button', { name: button }).click();
        await until(`${button} in the clipboard`, async () =>
          part.test(await page.evaluate(() => globalThis.navigator.clipboard.readText())),
        );
      }
      await panel.getByRole('button', { name: 'Save As…' }).click();
      const saved = (await savedAs(workbench, profile, 'what-if.yaml')).toString('utf8');
      expect(saved.includes('- "deployment shop/catalog scales to 5"'), `the file: ${saved}`);
    },
  ],
  [
    'what if: the lens of a workload leads to it, with a request to the Service that selects it',
    async ({ workbench }) => {
      await workbench.openFile('cart.yaml');
      // Lenses move the lines as they come: a click may still meet what stood there before.
      const lens = workbench.page.locator('.codelens-decoration a', { hasText: 'What If…' });
      await until('the form is about deployment shop/cart', async () => {
        await lens
          .last()
          .click({ timeout: 3000 })
          .catch(() => {});
        return (await about(workbench))?.includes('deployment shop/cart');
      });
      await workbench
        .panel()
        .getByRole('region', { name: 'Requests' })
        .getByRole('link', { name: '→ service shop/cart' })
        .waitFor();
      await workbench.screenshot('what-if-lens');
    },
  ],
  [
    'what if: the row of an endpoint leads to it, about its pod',
    async ({ workbench }) => {
      await workbench.showServices();
      await workbench.openRow('Service catalog');
      // Rows are drawn anew as they come: a click may still meet the one that stood there before, and a menu that was
      // left open keeps the next click from its row.
      await until('the form is about a pod', async () => {
        await workbench.page.keyboard.press('Escape');
        const row = workbench.treeRow('Endpoint catalog-').first();
        const opened = await row.click({ button: 'right', timeout: 3000 }).then(
          () => true,
          () => false,
        );
        if (!opened) return false;
        await chooseInMenu(workbench, 'What If…');
        await workbench
          .panel()
          .getByRole('button', { name: 'Add Step' })
          .waitFor({ timeout: 5000 })
          .catch(() => {});
        return /^pod shop\/catalog-/.test((await about(workbench)) ?? '');
      });
      await workbench.screenshot('what-if-from-tree');
    },
  ],
  [
    'what if: a Service of the map leads to it',
    async ({ workbench }) => {
      await showMap(workbench);
      await mapService(workbench, 'cart').click();
      await workbench.panel().getByRole('button', { name: 'What if…' }).click();
      await until('the form is about service shop/cart', async () => (await about(workbench)) === 'service shop/cart');
      await workbench
        .panel()
        .getByRole('region', { name: 'Requests' })
        .getByRole('link', { name: '→ service shop/cart' })
        .waitFor();
      await workbench.screenshot('what-if-from-map');
    },
  ],
  [
    'what if: the map shows the moment that is chosen, on either time line, until it is left',
    async ({ workbench }) => {
      await openWhatIf(workbench);
      await addStep(workbench, 'deployment shop/catalog restarts');
      await workbench.panel().getByRole('slider', { name: 'Moment' }).press('ArrowRight');
      await until('the second moment', async () => (await title(workbench)) !== 'deployment shop/catalog restarts');
      const chosen = await title(workbench);
      await workbench.panel().getByRole('button', { name: 'Show on Map' }).click();
      const bar = workbench.panel().getByRole('region', { name: 'What if' });
      await bar.getByText(chosen).first().waitFor();
      const slider = bar.getByRole('slider', { name: 'Moment' });
      const shown = () => bar.locator('strong').innerText();
      for (let step = 0; step < 2; step++) {
        const before = await shown();
        await slider.press('ArrowRight');
        await until('the next moment on the map', async () => (await shown()) !== before);
      }
      const endpoints = /^Service catalog, .*\d ready endpoints \(\d before\)/;
      await workbench.panel().getByRole('option', { name: endpoints }).waitFor();
      await workbench.screenshot('map-what-if');
      const onMap = await shown();
      await bar.getByRole('button', { name: 'Open What-If' }).click();
      await until('its panel at the moment of the map', async () => (await title(workbench)) === onMap);
      await workbench.panel().getByRole('button', { name: 'Show on Map' }).click();
      await bar.getByRole('button', { name: 'Show the map as it is' }).click();
      await bar.waitFor({ state: 'detached' });
    },
  ],
];
