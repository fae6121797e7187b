// Panels on what kustomize and Helm render: each leads to the base, patch, template or value, not to rendered text.
import { cursorAt, withFolders } from './support.mjs';
import { addStep } from './what-if.mjs';

const service = (name, selector, targetPort) =>
  `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\nspec:\n  selector:\n    app: ${selector}\n  ports:\n    - name: http\n      port: 80\n      targetPort: ${targetPort}\n`;
const deployment = (name, replicas) =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${name}\nspec:\n  replicas: ${replicas}\n  selector:\n    matchLabels:\n      app: ${name}\n  template:\n    metadata:\n      labels:\n        app: ${name}\n    spec:\n      containers:\n        - name: main\n          image: registry.example/${name}:1\n          ports:\n            - name: http\n              containerPort: 8080\n`;

const files = {
  'delivery/base/kustomization.yaml': 'resources:\n  - orders.yaml\n  - buyer.yaml\n',
  'delivery/base/orders.yaml': `${service('orders', 'orders', 'http')}---\n${deployment('orders', 2)}`,
  'delivery/base/buyer.yaml': deployment('buyer', 1),
  'delivery/prod/kustomization.yaml':
    'namespace: prod\nnamePrefix: prod-\nresources:\n  - ../base\npatches:\n  - path: selector-patch.yaml\n',
  'delivery/prod/selector-patch.yaml':
    'apiVersion: v1\nkind: Service\nmetadata:\n  name: orders\nspec:\n  selector:\n    app: order\n',
  'billing/Chart.yaml': 'apiVersion: v2\nname: billing\nversion: 0.1.0\n',
  'billing/values.yaml': 'replicas: 3\ntargetPort: https\n',
  'billing/templates/all.yaml': `${service('billing', 'billing', '{{ .Values.targetPort }}')}---\n${deployment('billing', '{{ .Values.replicas }}')}`,
};

/** An overlay and a chart beside the shop, and `more` files, for as long as the check runs. */
export function withSources(context, run, more = {}) {
  return withFolders(context, { ...files, ...more }, ['Service prod-orders', 'Service billing'], run);
}

const active = (workbench, name) => workbench.page.locator(`.tab.active[data-resource-name="${name}"]`);

export const checks = [
  [
    'trace, debugger, rules, map and what-if lead from an overlay and a chart to the lines that decide',
    async ({ workbench, profile }) =>
      withSources({ workbench, profile }, async () => {
        const panel = workbench.panel();

        // The patch says which Service it is about, and holds the cause.
        await workbench.openFile('selector-patch.yaml', 4);
        await cursorAt(workbench, 4);
        await workbench.choose('Service Topology: Trace Request', 'prod/prod-buyer');
        await panel.getByText('REFUSED').first().waitFor();
        await workbench.panelFocused();
        await workbench.screenshot('rendered-trace');
        await panel.locator('.causes').getByRole('link', { name: 'selects no pod' }).last().click();
        await active(workbench, 'selector-patch.yaml').first().waitFor();
        await cursorAt(workbench, 7);
        await workbench.tabTitled('Trace').click();
        await panel.locator('.causes').getByRole('link', { name: 'has this name' }).first().click();
        await active(workbench, 'orders.yaml').first().waitFor();
        await cursorAt(workbench, 4);

        // The debugger's frame of the cause.
        await workbench.tabTitled('Trace').click();
        await panel.getByText('Debug step by step').click();
        await workbench.page.locator('.debug-toolbar').waitFor();
        await workbench.command('View: Show Run and Debug');
        await workbench.command('Debug: Continue');
        const cause = workbench.page.locator('.debug-call-stack .stack-frame', { hasText: 'because ' }).first();
        await cause.waitFor();
        await cause.click();
        await active(workbench, 'selector-patch.yaml').first().waitFor();
        await cursorAt(workbench, 7);
        await workbench.screenshot('rendered-debug');
        await workbench.command('Debug: Stop');
        await workbench.page.locator('.debug-toolbar').waitFor({ state: 'hidden' });

        // The rules of a node.
        await workbench.choose('Service Topology: Show Rules of Node', 'node-a', 'iptables', 'IPv4');
        const rule = workbench.line('prod/prod-orders:http has no endpoints').first();
        await rule.click();
        await workbench.page.keyboard.press('F12');
        await active(workbench, 'orders.yaml').first().waitFor();

        // The map of the chart: the object is the template's, its problem the value's.
        await workbench.command('View: Close All Editors');
        await workbench.openFile('values.yaml', 1);
        await workbench.command('Service Topology: Show Topology');
        await panel.getByRole('option', { name: /^Service billing/ }).click();
        await panel.getByRole('button', { name: 'Open YAML' }).click();
        await active(workbench, 'all.yaml').first().waitFor();
        await cursorAt(workbench, 4);
        await panel.getByRole('link', { name: /^targetPort https is a port of no container/ }).click();
        await active(workbench, 'values.yaml').first().waitFor();
        await cursorAt(workbench, 2);
        await workbench.screenshot('rendered-map');

        // Kept in the YAML, a change is one of the value.
        await workbench.command('Service Topology: What If');
        await panel.getByRole('button', { name: 'Add Step' }).waitFor();
        await workbench.panelFocused();
        await addStep(workbench, 'deployment default/billing scales to 5');
        await panel.getByRole('button', { name: 'Apply to YAML' }).click();
        await workbench.openFile('values.yaml');
        await workbench.line('replicas: 5').first().waitFor();
        await workbench.screenshot('rendered-what-if');
        await workbench.command('File: Revert File');
      }),
  ],
];
