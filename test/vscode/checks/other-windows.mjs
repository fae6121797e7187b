// Windows of their own: Restricted Mode, and nothing to show.
import { expect, texts, until } from './support.mjs';

/** With a server that asks for trust, as VS Code on a desktop does. */
export const restrictedChecks = [
  [
    'in Restricted Mode the analysis works all the same',
    async ({ workbench }) => {
      await workbench.page.locator('.statusbar-item[id="status.workspaceTrust"]').waitFor();
      await workbench.showServices();
      await workbench.treeRow('Service web').first().waitFor();
      await until('three errors in the status bar', async () =>
        /Services\s+3/.test((await texts(workbench.status))[0] ?? ''),
      );
      await workbench.screenshot('restricted');
    },
  ],
  [
    'in Restricted Mode no cluster is connected to: a kubeconfig may run programs',
    async ({ workbench }) => {
      await workbench.showServices();
      const names = await workbench.paletteNames('Service Topology');
      const connecting = names.filter((name) => /Connect|Namespaces|Dry Run/.test(name));
      expect(connecting.length === 0, `the palette offers ${connecting.join(', ')}`);
    },
  ],
];

/** Windows with nothing to show; each is opened anew. */
export const emptyChecks = [
  [
    'an empty window says what to do',
    async ({ open }) => {
      const workbench = await open(undefined);
      await workbench.showServices();
      await workbench.welcome().getByText('Open a folder that holds Kubernetes manifests').waitFor();
      await workbench.screenshot('welcome-no-folder');
      await workbench.close();
    },
  ],
  [
    'a folder without Services says so',
    async ({ open, emptyFolder }) => {
      const workbench = await open(emptyFolder);
      await workbench.showServices();
      await workbench.welcome().getByText('None of the YAML files').waitFor();
      await workbench.screenshot('welcome-no-services');
      await workbench.close();
    },
  ],
];
