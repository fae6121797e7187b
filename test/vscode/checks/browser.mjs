// The extension as it runs in a browser: in the worker that hosts web extensions, its server in a worker of its own.
import { debugFrom, stop } from './debug.mjs';
import { expect, mapService, showMap, texts, traceFrom, until } from './support.mjs';
import { withSources } from './rendered.mjs';
import { showRules } from './rules.mjs';
import { savedAs, share } from './share.mjs';
import { serverProcesses } from './start.mjs';
import { addStep, openWhatIf } from './what-if.mjs';

/** With a server that gives the extension to the browser (`remote.extensionKind`), which reads the folder through it. */
export const browserChecks = [
  [
    'in the browser the extension starts and reads the folder',
    async ({ workbench, profile }) => {
      await workbench.status.waitFor({ timeout: 60_000 });
      await until('the status with its problems', async () =>
        /Services\s+3/.test((await texts(workbench.status))[0] ?? ''),
      );
      expect(serverProcesses(profile).length === 0, 'a language server runs as a process');
    },
  ],
  [
    'in the browser findings, lenses and the tree are there',
    async ({ workbench }) => {
      await workbench.showServices();
      await workbench.treeRow('Service web').and(workbench.treeRow('no endpoints')).waitFor();
      await workbench.openFile('web.yaml');
      await workbench.page.locator('.codelens-decoration', { hasText: 'no endpoints' }).first().waitFor();
      await workbench.showProblems();
      await workbench.findProblem('Service shop/web selects no pod');
      await workbench.screenshot('browser-findings');
    },
  ],
  [
    'in the browser kustomizations and charts are rendered',
    async (parts) => withSources(parts, () => parts.workbench.screenshot('browser-rendered')),
  ],
  [
    'in the browser a request is traced',
    async ({ workbench }) => {
      await traceFrom(workbench, 'web.yaml', 5, 'REFUSED');
      await workbench.screenshot('browser-trace');
    },
  ],
  [
    'in the browser the map is drawn',
    async ({ workbench }) => {
      await showMap(workbench);
      await mapService(workbench, 'web').waitFor();
      await workbench.screenshot('browser-map');
    },
  ],
  [
    'in the browser a request is gone through in the debugger',
    async ({ workbench }) => {
      await debugFrom(workbench, 'catalog.yaml', 5);
      await workbench.command('Debug: Step Over');
      await workbench.page.locator('.debug-top-stack-frame-line').first().waitFor();
      await workbench.screenshot('browser-debug');
      await stop(workbench);
    },
  ],
  [
    'in the browser the rules of a node are a document',
    async ({ workbench }) => {
      await showRules(workbench, 'nftables');
      await workbench.tab('node-a.nft').waitFor();
      await workbench.line('table ip kube-proxy {').first().waitFor();
      await workbench.screenshot('browser-rules');
    },
  ],
  [
    'in the browser a what-if is played out',
    async ({ workbench }) => {
      await openWhatIf(workbench);
      await addStep(workbench, 'deployment shop/catalog restarts');
      await workbench.panel().getByRole('listbox', { name: 'Moments' }).waitFor();
      await workbench.screenshot('browser-what-if');
    },
  ],
  [
    'in the browser a trace is saved as a picture',
    async ({ workbench, profile }) => {
      await traceFrom(workbench, 'web.yaml', 5, 'REFUSED');
      await share(workbench, 'Save as SVG…');
      const svg = (await savedAs(workbench, profile, 'trace.svg')).toString('utf8');
      expect(svg.startsWith('<svg') && svg.includes('REFUSED'), svg.slice(0, 200));
    },
  ],
  [
    'in the browser the tools for assistants answer',
    async ({ workbench }) => {
      await workbench.command('Ask the Tools of Service Topology');
      for (const answer of ['explain_service: {', 'trace_request: {', 'list_findings: {', 'simulate_change: {'])
        await workbench.line(answer).first().waitFor();
      await workbench.screenshot('browser-tools');
    },
  ],
  [
    'in the browser nothing offers a cluster',
    async ({ workbench }) => {
      await workbench.showServices();
      const names = await workbench.paletteNames('Service Topology');
      const connecting = names.filter((name) => /Connect|Namespaces|Dry Run/.test(name));
      expect(connecting.length === 0, `the palette offers ${connecting.join(', ')}`);
    },
  ],
];
