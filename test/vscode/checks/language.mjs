// What the editor says and offers while somebody writes.
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
];
