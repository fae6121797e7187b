// The entries in the cluster tree of the Kubernetes extension.
import path from 'node:path';
import { installExtension, packExtension } from '../vscode.mjs';
import { disconnect, withPlane } from './live-support.mjs';
import { until } from './support.mjs';

const stub = path.resolve(import.meta.dirname, '../stubs/kubernetes');

export const checks = [
  [
    'a Service in the tree of the Kubernetes extension leads to the map',
    async ({ workbench, profile }) =>
      withPlane(profile, async () => {
        await installExtension(profile, await packExtension(stub, path.join(profile.folder, 'kubernetes.vsix')));
        await workbench.reload();
        await workbench.command('Explorer: Focus on Clusters View');
        await workbench.treeRow('serviceaccount default').first().waitFor();
        const entry = (name) => workbench.page.getByRole('menuitem', { name });
        // A menu stays as it was when it opened, and this extension may have been starting then.
        await until('a menu with what can be done', async () => {
          await workbench.page.keyboard.press('Escape');
          await workbench.treeRow('service web').first().click({ button: 'right', timeout: 3000 });
          await entry('Trace Request').waitFor({ timeout: 3000 });
          return entry('Show Topology').isEnabled();
        });
        await workbench.screenshot('kubernetes-extension');
        await entry('Show Topology').click();
        const web = workbench.panel().locator('[role="option"][aria-selected="true"][aria-label*="web"]');
        await web.waitFor({ timeout: 40_000 });
        await workbench.panelFocused();
        await workbench.showServices();
        await workbench.treeRow('Cluster shop-cluster, live').first().waitFor();
        await disconnect(workbench);
      }),
  ],
];
