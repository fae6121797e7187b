// Two scopes beside each other, and a scope before and after an edit.
import { inThemes } from './live-support.mjs';
import { expect, replaceLineEnd, texts, until, withFolders } from './support.mjs';

const web = (port, replicas) => `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector:
    app: web
  ports:
    - port: 80
      targetPort: ${port}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: ${replicas}
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: main
          image: registry.example/web:1
          ports:
            - containerPort: 8080
`;
const policy = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: closed
spec:
  podSelector: {}
  policyTypes:
    - Ingress
`;

/** Two overlays beside the shop, for as long as the check runs. */
function withOverlays(context, run) {
  const files = {
    'overlays/dev/kustomization.yaml': 'namespace: dev\nresources:\n  - dev-web.yaml\n',
    'overlays/dev/dev-web.yaml': web(8080, 2),
    'overlays/prod/kustomization.yaml': 'namespace: prod\nresources:\n  - prod-web.yaml\n  - closed.yaml\n',
    'overlays/prod/prod-web.yaml': web(8080, 3),
    'overlays/prod/closed.yaml': policy,
  };
  return withFolders(context, files, ['overlays/dev', 'overlays/prod'], run);
}

const pane = (workbench) => workbench.page.locator('.pane:has(.pane-header[aria-label^="Comparison"])');
/** Answers the two questions; the second list has rows of the first one, so its question is waited for. */
async function compare(workbench, first, second) {
  await workbench.choose('Service Topology: Compare Scopes', first);
  await workbench.page.locator(`.quick-input-box input[placeholder*="${first}"]`).waitFor();
  await workbench.quickRow(second).first().click();
}

const row = (workbench, label) => pane(workbench).locator(`.monaco-list-row[aria-label^="${label}"]`);

export const checks = [
  [
    'two overlays are compared: what differs, each side of an object, and what was pinned',
    async ({ workbench, profile }) =>
      withOverlays({ workbench, profile }, async () => {
        await workbench.showServices();
        await workbench.treeRow('overlays/dev').first().waitFor();
        await compare(workbench, 'overlays/dev', 'overlays/prod');
        await row(workbench, 'Service web').first().waitFor();
        await row(workbench, 'Only in overlays/prod').first().waitFor();
        await row(workbench, 'NetworkPolicy prod/closed').first().waitFor();
        await pane(workbench).getByText('Namespaces: dev → prod').waitFor();
        await workbench.screenshot('comparison');
        await row(workbench, 'Deployment web').first().click();
        await workbench.tabTitled('Deployment prod/web: overlays/dev ↔ overlays/prod').waitFor();
        await workbench.page.locator('.monaco-diff-editor .view-line', { hasText: 'replicas: 3' }).first().waitFor();
        await workbench.screenshot('comparison-object');
        await inThemes(workbench, 'comparison');
        await workbench.command('Service Topology: Close the Comparison of Scopes');
        await pane(workbench).waitFor({ state: 'detached' });
      }),
  ],
  [
    'a scope is compared with what it was before an edit, key by key',
    async ({ workbench, profile }) =>
      withOverlays({ workbench, profile }, async () => {
        await workbench.showServices();
        await workbench.treeRow('overlays/dev').first().waitFor();
        await replaceLineEnd(workbench, 'dev-web.yaml', 10, 4, '8081');
        await compare(workbench, 'overlays/dev', 'The same before my edits');
        await row(workbench, 'Service dev/web').first().waitFor();
        await until('the rules', async () => (await texts(row(workbench, 'Rules of node-'))).length === 1);
        await workbench.screenshot('comparison-edit');
        const said = await texts(row(workbench, 'Service dev/web'));
        expect(said[0].includes('ports'), `the port differs: ${said[0]}`);
        await workbench.openFile('dev-web.yaml');
        await workbench.page.keyboard.press('Control+z');
        await workbench.page.keyboard.press('Control+z');
        await workbench.command('File: Revert File');
        await pane(workbench).getByText('do not differ').waitFor();
        await workbench.command('Service Topology: Close the Comparison of Scopes');
      }),
  ],
];
