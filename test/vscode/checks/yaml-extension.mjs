// Beside the extension for YAML: nothing is told or offered twice.
import { cursorAt, expect, texts, until } from './support.mjs';

/** A Service with an open type, an open selector and a port that is there twice. */
export const yamlManifest = `apiVersion: v1
kind: Service
metadata:
  name: manners
  namespace: shop
spec:
  type:${' '}
  selector:
    app: catalog
    tier:${' '}
  ports:
    - port: 80
      port: 81
`;

async function labelsAt(workbench, line) {
  await workbench.openFile('manners.yaml', line);
  await cursorAt(workbench, line);
  await workbench.page.keyboard.press('End');
  const rows = workbench.page.locator('.suggest-widget.visible .monaco-list-row .label-name');
  await until(`completions in line ${line}`, async () => {
    if ((await rows.count()) > 0) return true;
    await workbench.page.keyboard.press('Escape');
    await workbench.page.keyboard.press('Control+Space');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return (await rows.count()) > 0;
  });
  const labels = await texts(rows);
  await workbench.screenshot(`yaml-completion-${line}`);
  await workbench.page.keyboard.press('Escape');
  return labels;
}

function twice(items) {
  return items.filter((item, i) => items.indexOf(item) !== i);
}

export const yamlChecks = [
  [
    'beside the YAML extension a key that is there twice is told once',
    async ({ workbench }) => {
      await workbench.openFile('manners.yaml');
      await workbench.showProblems();
      await workbench.findProblem('Map keys must be unique');
      await workbench.page.locator('.part.panel').getByPlaceholder('Filter (e.g.').first().fill('manners.yaml');
      // With this one of the same file all of them are listed.
      await workbench.problem('Incorrect type').first().waitFor();
      expect((await workbench.problem('is there twice').count()) === 0, 'the key that is there twice is told twice');
      await workbench.screenshot('yaml-problems');
    },
  ],
  [
    'beside the YAML extension each completion is offered once',
    async ({ workbench }) => {
      const types = await labelsAt(workbench, 7);
      expect(types.includes('NodePort'), `offered as type: ${types.join(', ')}`);
      expect(twice(types).length === 0, `twice as type: ${twice(types).join(', ')}`);
    },
  ],
  [
    'beside the YAML extension a hover has what the schema says and what the cluster does, each once',
    async ({ workbench }) => {
      await workbench.openFile('manners.yaml', 8);
      await cursorAt(workbench, 8);
      await workbench.page.keyboard.press('Home');
      await workbench.page.keyboard.press('ArrowRight');
      const parts = workbench.page.locator('.monaco-hover-content .hover-row');
      await until('both parts of the hover', async () => {
        await workbench.command('Show or Focus Hover');
        await new Promise((resolve) => setTimeout(resolve, 1500));
        const told = (await texts(parts)).join('\n');
        return (
          /labels of the pods/.test(told) && /match|select|pod/i.test(told.replace(/The labels of the pods.*/, ''))
        );
      });
      await workbench.screenshot('yaml-hover');
      const told = await texts(parts);
      expect(twice(told).length === 0, `twice: ${twice(told).join(' | ')}`);
    },
  ],
];
