// What the editor says and offers while somebody writes.
import { withSources } from './rendered-panels.mjs';
import { cursorAt, expect, texts, until } from './support.mjs';

export const checks = [
  [
    'a host is completed where it is being written, and only the host is replaced',
    async ({ workbench }) => {
      const { page } = workbench;
      await workbench.openFile('front.yaml', 1);
      await cursorAt(workbench, 1);
      await page.keyboard.press('Control+End');
      await page.keyboard.insertText(
        '---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: urls, namespace: shop}\ndata:\n  app.conf: |\n    upstream http://',
      );
      await page.keyboard.type('ca');
      const rows = page.locator('.suggest-widget.visible .monaco-list-row');
      await rows.filter({ hasText: 'catalog' }).first().waitFor();
      await workbench.screenshot('host-completion');
      const labels = await texts(rows);
      expect(
        labels.some((label) => label.includes('cart')),
        `cart is missing among ${labels.join(' | ')}`,
      );
      await rows.filter({ hasText: 'catalog' }).first().click();
      await until('the completed URL', async () =>
        (await texts(page.locator('.monaco-editor .view-line'))).some((line) =>
          line.replaceAll(' ', ' ').trimEnd().endsWith('upstream http://catalog'),
        ),
      );
      await page.keyboard.press('Escape');
      await workbench.command('File: Revert File');
    },
  ],
  [
    'a base tells what each overlay makes of it, and a rename reaches the patch',
    async ({ workbench, profile }) =>
      withSources(
        { workbench, profile },
        async () => {
          const { page } = workbench;
          await workbench.openFile('orders.yaml', 4);
          await cursorAt(workbench, 4);
          const lens = page.locator('.codelens-decoration', {
            hasText: 'delivery/prod: no endpoints: app: order ≠ orders',
          });
          await lens.filter({ hasText: 'delivery/dev: 2 endpoints' }).first().waitFor();
          await page.keyboard.press('End');
          await workbench.command('Show or Focus Hover');
          const hover = page.locator('.monaco-resizable-hover .monaco-hover-content').first();
          await hover.getByText('elsewhere:').waitFor();
          await workbench.screenshot('rendered-base');
          await page.keyboard.press('Escape');

          await workbench.command('Rename Symbol');
          const input = page.locator('.rename-box .rename-input');
          await input.waitFor();
          expect((await input.inputValue()) === 'orders', 'the name is offered as it stands in the base');
          await input.fill('sales');
          await page.keyboard.press('Enter');
          await workbench.line('name: sales').first().waitFor();
          await workbench.openFile('selector-patch.yaml', 4);
          await workbench.line('name: sales').first().waitFor();
          await workbench.screenshot('rendered-rename');
          await workbench.command('File: Revert File');
          await workbench.openFile('orders.yaml', 4);
          await workbench.command('File: Revert File');
        },
        { 'delivery/dev/kustomization.yaml': 'namespace: dev\nresources:\n  - ../base\n' },
      ),
  ],
];
