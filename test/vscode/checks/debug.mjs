// The step debugger: a request from the palette, a trace or a launch.json, through the chains and back, to a breakpoint
// and to its end.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cursorAt, expect, texts, traceFrom, until } from './support.mjs';

/** The names of the call stack's frames, the innermost first. */
function frames(workbench) {
  return texts(workbench.page.locator('.debug-pane .debug-call-stack .monaco-list-row .stack-frame .label'));
}

/** Sends a step by its command, until the innermost frame's name is as wanted. */
export async function stepUntil(workbench, command, wanted) {
  for (let steps = 0; steps < 12; steps++) {
    const before = await frames(workbench);
    if (wanted.test(before[0] ?? '')) return;
    await workbench.command(command);
    await until(`${command} from ${before[0]}`, async () => {
      const now = await frames(workbench);
      return now.length > 0 && now.join('\n') !== before.join('\n');
    });
  }
  throw new Error(`never came to ${wanted}: ${await frames(workbench)}`);
}

function variable(workbench, name) {
  return workbench.page.locator('.debug-pane .debug-variables .monaco-list-row', { hasText: new RegExp(`^${name} ?[:=]`) }); // prettier-ignore
}

const toolbar = (workbench) => workbench.page.locator('.debug-toolbar');

export async function debugFrom(workbench, file, line) {
  await workbench.openFile(file, line);
  await cursorAt(workbench, line);
  await workbench.choose('Service Topology: Debug Request', 'shop/front');
  await started(workbench);
}

export async function started(workbench) {
  await toolbar(workbench).waitFor();
  await workbench.command('View: Show Run and Debug');
  await until('the first frame', async () => (await frames(workbench)).length > 0);
}

/** What the palette does not offer. */
async function press(workbench, name) {
  await toolbar(workbench).locator(`.action-label[aria-label^="${name}"]`).click();
}

export async function stop(workbench) {
  if (await toolbar(workbench).isVisible()) await workbench.command('Debug: Stop');
  await toolbar(workbench).waitFor({ state: 'hidden' });
}

export const checks = [
  [
    'debugging: a request is followed step by step, into chains, and back',
    async ({ workbench }) => {
      await debugFrom(workbench, 'catalog.yaml', 5);
      await workbench.screenshot('debug-start');
      await stepUntil(workbench, 'Debug: Step Over', /nat PREROUTING/);
      await stepUntil(workbench, 'Debug: Step Into', /^KUBE-SEP-/);
      await workbench.page.locator('.tab.active[data-resource-name="node-a.iptables"]').waitFor();
      await workbench.page.locator('.debug-top-stack-frame-line').first().waitFor();
      const stack = await frames(workbench);
      expect(/^KUBE-SVC-/.test(stack[1]) && stack[2] === 'KUBE-SERVICES', `call stack: ${stack.join(' < ')}`);
      await variable(workbench, 'daddr').waitFor();
      await workbench.screenshot('debug-chain');
      await press(workbench, 'Step Back');
      await until('the chain before', async () => /^KUBE-SVC-/.test((await frames(workbench))[0] ?? ''));
      await stop(workbench);
    },
  ],
  [
    'debugging: a breakpoint on a rule stops the request, which then runs to its end',
    async ({ workbench }) => {
      await debugFrom(workbench, 'catalog.yaml', 5);
      await stepUntil(workbench, 'Debug: Step Into', /^KUBE-SVC-/);
      await workbench.page.locator('.tab.active[data-resource-name="node-a.iptables"]').waitFor();
      await workbench.command('Debug: Toggle Breakpoint');
      await workbench.page.locator('.editor-instance [class*=codicon-debug-breakpoint]').first().waitFor();
      await press(workbench, 'Reverse');
      await until('the start', async () => /^pod shop\/front/.test((await frames(workbench))[0] ?? ''));
      await workbench.command('Debug: Continue');
      await until('the breakpoint', async () => /^KUBE-SVC-/.test((await frames(workbench))[0] ?? ''));
      await workbench.screenshot('debug-breakpoint');
      await workbench.command('Remove All Breakpoints');
      await workbench.command('Debug: Continue');
      await toolbar(workbench).waitFor({ state: 'hidden' });
      await workbench.command('Debug Console: Focus on Debug Console View');
      await workbench.page.locator('.repl-tree').getByText('verdict of all ways: DELIVERED').first().waitFor();
      await workbench.screenshot('debug-console');
      await workbench.command('View: Hide Panel');
    },
  ],
  [
    'debugging: a request that fails stops where it falls, with the cause and its YAML',
    async ({ workbench }) => {
      await traceFrom(workbench, 'web.yaml', 5, 'REFUSED');
      await workbench.panel().getByText('Debug step by step').click();
      await started(workbench);
      await workbench.command('Debug: Continue');
      await until('the failure', async () => (await frames(workbench)).some((name) => name.startsWith('because ')));
      const widget = workbench.page.locator('.exception-widget');
      // In rules that are opened just then VS Code may show none until their frame is chosen.
      const top = workbench.page.locator('.debug-pane .debug-call-stack .monaco-list-row .stack-frame').first();
      if (
        !(await widget.waitFor({ timeout: 4000 }).then(
          () => true,
          () => false,
        ))
      )
        await top.click();
      await widget.waitFor();
      await workbench.screenshot('debug-failure');
      const [text] = await texts(workbench.page.locator('.exception-widget'));
      expect(text.includes('Service shop/web selects no pod (web.yaml:'), `exception: ${text}`);
      expect(
        (await frames(workbench)).some((name) => name.startsWith('because ')),
        'a frame for the cause',
      );
      await stop(workbench);
    },
  ],
  [
    'debugging: a launch.json starts a request, and stops it at the rules of its mode',
    async ({ workbench, profile }) => {
      const folder = path.join(profile.workspace, '.vscode');
      const configuration = {
        type: 'service-topology',
        request: 'launch',
        name: 'Ask the catalog',
        from: 'deployment shop/front',
        to: 'http://catalog',
        mode: 'nftables',
      };
      await mkdir(folder, { recursive: true });
      await writeFile(path.join(folder, 'launch.json'), JSON.stringify({ version: '0.2.0', configurations: [configuration] })); // prettier-ignore
      try {
        await workbench.openFile('catalog.yaml', 5);
        await workbench.choose('Debug: Select and Start Debugging', 'Ask the catalog');
        await started(workbench);
        await stepUntil(workbench, 'Debug: Step Into', /^service-\w+-shop\/catalog\/tcp\/http/);
        await workbench.page.locator('.tab.active[data-resource-name="node-a.nft"]').waitFor();
        await workbench.screenshot('debug-launch');
        await stop(workbench);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  ],
];
