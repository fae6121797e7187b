// What kustomize and Helm render, in the editor: the document that follows edits, and the choice of value files.
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { inThemes } from './live-support.mjs';
import { expect, replaceLineEnd, texts, until, withFolders } from './support.mjs';

const service = (name, selector) =>
  `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\nspec:\n  selector:\n    app: ${selector}\n  ports:\n    - port: 80\n      targetPort: 8080\n`;
const deployment = (name) =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${name}\nspec:\n  selector:\n    matchLabels:\n      app: ${name}\n  template:\n    metadata:\n      labels:\n        app: ${name}\n    spec:\n      containers:\n        - name: main\n          image: registry.example/${name}:1\n          ports:\n            - containerPort: 8080\n`;

const files = {
  'app/base/kustomization.yaml': 'resources:\n  - ledger.yaml\n',
  'app/base/ledger.yaml': `${service('ledger', 'ledger')}---\n${deployment('ledger')}`,
  'app/overlays/dev/kustomization.yaml': 'namespace: dev\nnamePrefix: dev-\nresources:\n  - ../../base\n',
  'app/overlays/prod/kustomization.yaml':
    'namespace: prod\nnamePrefix: prod-\nresources:\n  - ../../base\npatches:\n  - path: ledger-patch.yaml\n',
  'app/overlays/prod/ledger-patch.yaml':
    'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ledger\nspec:\n  replicas: 3\n',
  'payments/Chart.yaml': 'apiVersion: v2\nname: payments\nversion: 0.1.0\n',
  'payments/values.yaml': 'selector: payments\n',
  'payments/values-prod.yaml': 'selector: payment\n',
  'payments/values-test.yaml': 'selector: payments\n',
  'payments/templates/all.yaml': `${service('payments', '{{ .Values.selector }}')}---\n${deployment('payments')}`,
};

/** Overlays and a chart beside the shop, for as long as the check runs, which is given the file of settings. */
export async function withSources(context, run) {
  const settings = path.join(context.profile.workspace, '.service-topology.yaml');
  const before = await readFile(settings, 'utf8').catch(() => undefined);
  try {
    await withFolders(context, files, ['Service prod-ledger', 'Service payments'], () => run(settings));
  } finally {
    if (before === undefined) await rm(settings, { force: true });
    else await writeFile(settings, before);
  }
}

export const checks = [
  [
    'what is rendered is shown, follows edits and the value files that are chosen',
    async ({ workbench, profile }) =>
      withSources({ workbench, profile }, async (settings) => {
        // The document of an overlay, from the lens above its kustomization.
        await workbench.openFile('ledger-patch.yaml', 6);
        await workbench.command('Service Topology: Show Rendered Manifests');
        await workbench.line('name: prod-ledger').first().waitFor();
        await workbench.line('replicas: 3').first().waitFor();
        await inThemes(workbench, 'rendered-document');
        await replaceLineEnd(workbench, 'ledger-patch.yaml', 6, 1, '5');
        await workbench.page.locator('.tab', { hasText: 'prod (rendered).yaml' }).first().click();
        await workbench.line('replicas: 5').first().waitFor();
        await workbench.command('View: Close Editor');
        await workbench.command('File: Revert File');

        // The files of a chart, from the lens above it.
        await workbench.openFile('values-prod.yaml', 1);
        const lens = workbench.page
          .locator('.codelens-decoration a', { hasText: 'Rendered with values.yaml · Choose…' })
          .first();
        await lens.waitFor();
        await workbench.screenshot('value-files-lens');
        await lens.click();
        const row = workbench.quickRow('values-prod.yaml').first();
        await row.waitFor();
        const offered = await texts(workbench.page.locator('.quick-input-list .monaco-list-row .label-name'));
        expect(offered.join() === 'values-prod.yaml,values-test.yaml', `value files ${offered.join()}`);
        await row.click();
        await workbench.screenshot('value-files');
        await workbench.page.keyboard.press('Enter');
        await until('the choice among the settings', async () =>
          (await readFile(settings, 'utf8').catch(() => '')).includes('valueFiles: [values-prod.yaml]'),
        );
        // The fault is that of the value file, and told there.
        await workbench.openFile('values-prod.yaml', 1);
        await workbench.page
          .locator('.codelens-decoration a', { hasText: 'Rendered with values.yaml, values-prod.yaml · Choose…' })
          .first()
          .waitFor();
        await workbench.showProblems();
        await workbench.findProblem('Service default/payments');
        await inThemes(workbench, 'value-files-problem');
      }),
  ],
];
