// Clusters beside the files: one that does not answer, and where its programs are built, a real one.
import { until as untilSeconds } from '../../live/control-plane.ts';
import { started, stepUntil, stop } from './debug.mjs';
import {
  connect, disconnect, filesWith, inThemes, nowhere, stateWith, useKubeconfig, withPlane, writeKubeconfig,
} from './live-support.mjs'; // prettier-ignore
import { expect, texts } from './support.mjs';
import { addStep } from './what-if.mjs';

export const checks = [
  [
    'a cluster that does not answer is told so, and the files go on working',
    async ({ workbench, profile }) => {
      await useKubeconfig(profile, await writeKubeconfig(profile, [nowhere]));
      await workbench.showServices();
      await connect(workbench, nowhere.name);
      const toast = workbench.page.locator('.notifications-toasts .notification-list-item-message', { hasText: 'Cannot connect to far-away' }); // prettier-ignore
      await toast.first().waitFor();
      const [said] = await texts(toast);
      expect(said.includes('Cannot reach 127.0.0.1:9'), `the reason is missing in: ${said}`);
      await workbench.treeRow('Cluster far-away, cannot connect, next try at ').first().waitFor();
      await workbench.treeRow('Service web').first().waitFor();
      await workbench.screenshot('live-failed');
      await workbench.command('Notifications: Clear All Notifications');
      await workbench.treeRow('Cluster far-away').first().hover();
      await workbench.treeRow('Cluster far-away').first().locator('.action-label[aria-label^="Try Now"]').click();
      await workbench.treeRow('Cluster far-away, cannot connect, next try at ').first().waitFor();
      await inThemes(workbench, 'live-failed');
      await disconnect(workbench);
    },
  ],
  [
    'a live cluster is a scope beside the files, and tells when it is not live',
    async ({ workbench, profile }) =>
      withPlane(profile, async (plane) => {
        await workbench.showServices();
        await connect(workbench, 'shop-cluster');
        await workbench.treeRow('Cluster shop-cluster, live').first().waitFor();
        await workbench.treeRow('Service api, ClusterIP').first().waitFor();
        await inThemes(workbench, 'live');
        await workbench.treeRow('Service api, ClusterIP').first().click();
        await workbench.tab('service-api.yaml').waitFor();
        await workbench.line('app: apj').first().waitFor();
        await workbench.screenshot('live-document');
        await workbench.treeRow('Cluster shop-cluster').first().hover();
        await workbench.treeRow('Cluster shop-cluster').first().locator('.action-label[aria-label^="Show on the Map"]').click(); // prettier-ignore
        await workbench.panel().getByRole('option', { name: /Service (shop\/)?web\b/ }).waitFor(); // prettier-ignore
        await workbench.screenshot('live-map');
        await plane.stopApiServer();
        await workbench.tabTitled('Topology: cluster shop-cluster (').waitFor();
        await workbench.page.locator('.statusbar-item', { hasText: 'shop-cluster: ' }).first().waitFor();
        await workbench.treeRow('Cluster shop-cluster, reconnecting since').or(workbench.treeRow('Cluster shop-cluster, stale since')).first().waitFor(); // prettier-ignore
        await inThemes(workbench, 'live-lost');
        await workbench.tab('service-api.yaml').click();
        await workbench.page.locator('.codelens-decoration', { hasText: /shop-cluster: (reconnecting|stale) since / }).first().waitFor(); // prettier-ignore
        await inThemes(workbench, 'live-lost-document');
        await plane.startApiServer();
        await workbench.treeRow('Cluster shop-cluster, live').first().waitFor({ timeout: 60_000 });
        // A new window finds it again.
        await workbench.reload();
        await workbench.showServices();
        await workbench.treeRow('Cluster shop-cluster, live').first().waitFor({ timeout: 60_000 });
        await disconnect(workbench);
      }),
  ],
  [
    'on a live cluster a request is followed step by step, and what may happen is played out',
    async ({ workbench, profile }) =>
      withPlane(profile, async (plane) => {
        await workbench.showServices();
        await connect(workbench, 'shop-cluster');
        // The cluster's rows come before those of the files, which have a web as well.
        await workbench.treeRow('Service api, ClusterIP').first().waitFor();
        const service = workbench.treeRow('Service web, ClusterIP').first();
        await service.click();
        await workbench.tab('service-web.yaml').waitFor();
        await workbench.choose('Service Topology: Debug Request', 'shop/front');
        await started(workbench);
        await stepUntil(workbench, 'Debug: Step Into', /^KUBE-SEP-/);
        await workbench.page.locator('.tab.active[data-resource-name="node-1.iptables"]').waitFor();
        await workbench.line('--to-destination 10.244.1.').first().waitFor();
        await workbench.screenshot('live-debug');
        // What the next document would take the place of.
        await workbench.command('View: Keep Editor');
        await stop(workbench);

        await workbench.showServices();
        await service.click();
        await workbench.tab('service-web.yaml').waitFor();
        await workbench.command('Service Topology: What If');
        await workbench.tabTitled('What If: cluster shop-cluster').waitFor();
        await workbench.panel().getByRole('button', { name: 'Add Step' }).waitFor();
        await workbench.panelFocused();
        await addStep(workbench, 'pod shop/web-1 crashes');
        await workbench.panel().getByRole('listbox', { name: 'Moments' }).waitFor();
        await workbench.screenshot('live-what-if');

        await plane.stopApiServer();
        await workbench.tabTitled('What If: cluster shop-cluster (').waitFor();
        await inThemes(workbench, 'live-lost-what-if');
        await workbench.tab('node-1.iptables').click();
        await workbench.page.keyboard.press('Control+Home');
        await workbench.page.locator('.codelens-decoration', { hasText: /shop-cluster: (reconnecting|stale) since / }).first().waitFor(); // prettier-ignore
        await inThemes(workbench, 'live-lost-rules');
        await plane.startApiServer();
        await workbench.treeRow('Cluster shop-cluster, live').first().waitFor({ timeout: 60_000 });
        await disconnect(workbench);
      }),
  ],
  [
    'narrow rights are told, and what cannot be known for them',
    async ({ workbench, profile }) =>
      withPlane(profile, async (plane) => {
        await plane.create({
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'Role',
          metadata: { name: 'narrow', namespace: 'shop' },
          rules: [{ apiGroups: ['', 'discovery.k8s.io'], resources: ['services', 'pods', 'endpointslices'], verbs: ['list', 'watch'] }],
        }); // prettier-ignore
        await plane.create({
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'RoleBinding',
          metadata: { name: 'narrow', namespace: 'shop' },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'narrow' },
          subjects: [{ kind: 'User', name: 'narrow' }],
        });
        await untilSeconds('the role', async () => (await plane.call('GET', '/api/v1/namespaces/shop/services', undefined, plane.token('narrow'))).status === 200); // prettier-ignore
        await workbench.showServices();
        await connect(workbench, 'shop-narrow');
        await workbench.treeRow('Cluster shop-narrow, live, shop, not permitted: ').first().waitFor();
        await workbench.openRow('things cannot be known');
        await workbench.treeRow('nodes may not be read').first().waitFor();
        await inThemes(workbench, 'live-narrow');
        await disconnect(workbench);
      }),
  ],
  [
    'the files and a live cluster stand side by side: what apply would change, and how a request ends then',
    async ({ workbench, profile }) =>
      withPlane(profile, async (plane) => {
        await plane.call('PATCH', '/api/v1/namespaces/shop/services/web', { spec: { selector: { app: 'website' } } });
        await workbench.showServices();
        await connect(workbench, 'shop-cluster');
        await workbench.treeRow('Cluster shop-cluster, live').first().waitFor();
        await workbench.command('Kubernetes Services: Focus on Files and Cluster View');
        const service = workbench.treeRow('shop/web, changed').first();
        await service.waitFor();
        await workbench.treeRow('Only in the files').first().waitFor();
        await inThemes(workbench, 'drift');
        await workbench.command('Kubernetes Services: Focus on Files and Cluster View');
        await service.click();
        await workbench.tabTitled('Service shop/web: shop-cluster ↔ after apply').waitFor();
        await workbench.page.locator('.monaco-diff-editor .view-line', { hasText: 'selector' }).first().waitFor();
        await workbench.screenshot('drift-object');
        await workbench.command('View: Close All Editors');

        await service.hover();
        await service.locator('.action-label[aria-label^="Trace Request After Apply"]').click();
        // A node is in both states.
        await workbench.quickRow('node-1').first().click();
        const world = (label) => workbench.panel().getByRole('radio', { name: label });
        await world('After apply of shop DELIVERED').waitFor();
        await workbench.screenshot('drift-trace');
        await world('Now REFUSED, always').click();
        await workbench.panel().locator('.world[aria-checked="true"]', { hasText: 'Now' }).waitFor();
        await inThemes(workbench, 'drift-trace-now');
        await workbench.command('View: Close All Editors');

        await workbench.choose('Service Topology: Compare Rules Before and After Apply', 'node-1', 'iptables', 'IPv4');
        await workbench.tabTitled('Rules of node-1: now ↔ after apply of shop').waitFor();
        await workbench.page.locator('.monaco-diff-editor .line-insert').first().waitFor();
        await workbench.screenshot('drift-rules');
        await workbench.command('View: Close All Editors');

        await workbench.command('Service Topology: Dry Run on the Cluster');
        const dialog = workbench.page.locator('.monaco-dialog-box');
        await dialog.getByText(`Their text goes to ${plane.server}`).waitFor();
        await workbench.screenshot('drift-dry-run-question');
        await dialog.getByRole('button', { name: 'Send for a Dry Run' }).click();
        await workbench.line('would be changed (1)').first().waitFor();
        await workbench.line('spec.selector.app: website → web').first().waitFor();
        await workbench.screenshot('drift-dry-run');
        const { body } = await plane.call('GET', '/api/v1/namespaces/shop/services/web');
        expect(body.spec.selector.app === 'website', 'the dry run has stored something');
        await disconnect(workbench);
      }),
  ],
  [
    'neither logs nor saved state hold a token or a Secret',
    async ({ workbench, profile }) =>
      withPlane(profile, async (plane) => {
        const secret = Buffer.from('what-nobody-may-read').toString('base64');
        await plane.create({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'hidden', namespace: 'shop' }, data: { word: secret } }); // prettier-ignore
        await workbench.showServices();
        await connect(workbench, 'shop-cluster');
        await workbench.treeRow('Service api, ClusterIP').first().click();
        await workbench.tab('service-api.yaml').waitFor();
        // What VS Code remembers of the connection and of the document is written when the window goes.
        await workbench.reload();
        await workbench.showServices();
        await workbench.treeRow('Cluster shop-cluster, live').first().waitFor({ timeout: 60_000 });
        const hidden = [plane.token('admin'), plane.token('narrow'), nowhere.token, secret, 'what-nobody-may-read'];
        const disk = await filesWith(hidden, profile);
        expect(disk.files > 20, 'logs and settings were looked at');
        expect(disk.found.length === 0, disk.found.join('\n'));
        const state = await stateWith(hidden, workbench);
        expect(state.entries > 10, 'the saved state was looked at');
        expect(state.found.length === 0, state.found.join('\n'));
        const remembered = await stateWith(['shop-cluster'], workbench);
        expect(remembered.found.length > 0, 'the connection is remembered, so its state was looked at');
        await disconnect(workbench);
      }),
  ],
];
