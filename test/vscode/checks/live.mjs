// Clusters beside the files: one that does not answer, and where its programs are built, a real one.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ControlPlane, findPrograms, until as untilSeconds } from '../../live/control-plane.ts';
import { createShop } from '../../live/shop.ts';
import { expect, texts, until } from './support.mjs';

/** Names the kubeconfig as a user does for the machine: a folder may not. */
async function useKubeconfig(profile, file) {
  const folder = path.join(profile.data, 'Machine');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'settings.json'), JSON.stringify({ 'serviceTopology.kubeconfig': file }));
}

/** Writes a kubeconfig of several contexts, all of one cluster but the one that names a server of its own. */
async function writeKubeconfig(profile, contexts) {
  const file = path.join(profile.folder, 'kubeconfig.json');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: contexts.map(({ name, server, authority }) => ({
      name,
      cluster: { server, ...(authority ? { 'certificate-authority': authority } : {}) },
    })),
    users: contexts.map(({ name, token }) => ({ name, user: { token } })),
    contexts: contexts.map(({ name, namespace }) => ({
      name,
      context: { cluster: name, user: name, ...(namespace ? { namespace } : {}) },
    })),
    'current-context': contexts[0].name,
  };
  await writeFile(file, JSON.stringify(config));
  return file;
}

const nowhere = { name: 'far-away', server: 'https://127.0.0.1:9', token: 'a-token-that-nobody-takes' };

/** Asked for until the setting has arrived. */
async function connect(workbench, context) {
  await until(`${context} among the contexts`, async () => {
    await workbench.command('Service Topology: Connect to Cluster');
    const row = workbench.quickRow(context).first();
    try {
      await row.click({ timeout: 3000 });
      return true;
    } catch {
      await workbench.page.keyboard.press('Escape');
      return false;
    }
  });
}

async function disconnect(workbench) {
  await workbench.command('Service Topology: Disconnect from Cluster');
  await workbench.treeRow('Cluster ').first().waitFor({ state: 'detached' });
}

async function inThemes(workbench, name) {
  await workbench.showServices();
  for (const [theme, suffix] of [
    ['Light Modern', 'light'],
    ['Dark High Contrast', 'contrast'],
    ['Dark Modern', 'dark'],
  ]) {
    await workbench.theme(theme);
    await workbench.screenshot(`${name}-${suffix}`);
  }
}

async function withPlane(profile, body) {
  const found = findPrograms();
  if ('missing' in found) {
    console.log(`      skipped: ${found.missing}`);
    return;
  }
  const plane = await ControlPlane.start([{ name: 'narrow', token: 'narrow-token-of-the-test' }]);
  try {
    await createShop(plane);
    const authority = path.join(plane.folder, 'certs/apiserver.crt');
    const ours = { server: plane.server, authority };
    const file = await writeKubeconfig(profile, [
      { ...ours, name: 'shop-cluster', token: plane.token('admin') },
      { ...ours, name: 'shop-narrow', token: plane.token('narrow'), namespace: 'shop' },
      nowhere,
    ]);
    await useKubeconfig(profile, file);
    await body(plane);
  } finally {
    await plane.stop();
  }
}

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
      await workbench.treeRow('Cluster far-away, cannot connect').first().waitFor();
      await workbench.treeRow('Service web').first().waitFor();
      await workbench.screenshot('live-failed');
      await workbench.command('Notifications: Clear All Notifications');
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
        await workbench.command('View: Close All Editors');

        await plane.stopApiServer();
        await workbench.treeRow('Cluster shop-cluster, reconnecting since').or(workbench.treeRow('Cluster shop-cluster, stale since')).first().waitFor(); // prettier-ignore
        await inThemes(workbench, 'live-lost');
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
        await workbench.treeRow('things cannot be known').first().click();
        await workbench.page.keyboard.press('ArrowRight');
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
        await workbench.screenshot('drift-trace-now');
        await workbench.theme('Light Modern');
        await workbench.screenshot('drift-trace-light');
        await workbench.theme('Dark High Contrast');
        await workbench.screenshot('drift-trace-contrast');
        await workbench.theme('Dark Modern');
        await workbench.command('View: Close All Editors');

        await workbench.choose('Service Topology: Compare Rules Before and After Apply', 'node-1', 'iptables', 'IPv4');
        await workbench.tabTitled('Rules of node-1: now ↔ after apply of shop').waitFor();
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
];
