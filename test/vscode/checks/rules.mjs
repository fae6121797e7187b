// The rules of a node as documents, and side by side.
import { cursorAt, replaceLineEnd, texts, until } from './support.mjs';

/** Opens the rules of node-a for IPv4. */
export async function showRules(workbench, mode) {
  await workbench.choose('Service Topology: Show Rules of Node', 'node-a', mode, 'IPv4');
}

/** Selects a text of the active editor. */
async function find(workbench, text) {
  await workbench.page.keyboard.press('Control+f');
  const widget = workbench.page.locator('.editor-widget.find-widget.visible');
  await widget.locator('textarea, input').first().fill(text);
  await widget.getByText(/^1 of \d+$/).waitFor();
  await workbench.page.keyboard.press('Escape');
  await workbench.line(text).first().waitFor();
}

/** The number that stands beside a line that is in sight. */
async function lineOfText(workbench, text) {
  await workbench.line(text).first().waitFor();
  const { y } = await workbench.line(text).first().boundingBox();
  const numbers = await workbench.page.locator('.editor-group-container.active .line-numbers').all();
  for (const number of numbers) {
    const box = await number.boundingBox();
    if (box && Math.abs(box.y - y) < 4) return Number(await number.innerText());
  }
  throw new Error(`no number beside ${text}`);
}

export const checks = [
  [
    'the rules of a node are a document',
    async ({ workbench }) => {
      await showRules(workbench, 'iptables');
      await workbench.tab('node-a.iptables').waitFor();
      await workbench.line(':KUBE-SERVICES -').first().waitFor();
      await workbench.screenshot('rules');
      await workbench.command('View: Close Editor');
      await workbench.tab('node-a.iptables').waitFor({ state: 'detached' });
    },
  ],
  [
    'the rules of nftables are highlighted, fold, and tell who made them',
    async ({ workbench }) => {
      await showRules(workbench, 'nftables');
      await workbench.tab('node-a.nft').waitFor();
      await workbench.line('table ip kube-proxy {').first().waitFor();
      const language = workbench.page.locator('.statusbar-item[id="status.editor.mode"]');
      await until('the language', async () => (await texts(language))[0] === 'nftables ruleset');
      const parts = workbench.line('set cluster-ips {').first().locator('span span');
      const colours = (spans) => new Set(spans.map((span) => getComputedStyle(span).color)).size;
      await until('several colours in a line of rules', async () => (await parts.evaluateAll(colours)) > 1);
      await find(workbench, '"shop/web:http"');
      await workbench.page.keyboard.press('Control+k');
      await workbench.page.keyboard.press('Control+i');
      const hover = workbench.page.locator('.monaco-resizable-hover .monaco-hover-content').first();
      await hover.getByText('because the Service has no endpoints').waitFor();
      await workbench.screenshot('rules-hover');
      await hover.getByRole('link', { name: /^Service shop\/web has the port http/ }).click();
      await workbench.page.locator('.tab.active.selected[data-resource-name="web.yaml"]').first().waitFor();
      await cursorAt(workbench, 11);
      await workbench.tab('node-a.nft').click();
      await find(workbench, 'jump services');
      await workbench.page.keyboard.press('ArrowRight');
      await workbench.page.keyboard.press('F12');
      const line = await lineOfText(workbench, 'chain services {');
      await cursorAt(workbench, line);
      await workbench.command('Fold All');
      await workbench.line('chain services {').first().waitFor({ state: 'detached' });
      await workbench.line('table ip kube-proxy {').first().waitFor();
      // Folding has taken the cursor, and the view with it, to the first line.
      await workbench.command('Unfold All');
      await workbench.line('set hairpin-connections {').first().waitFor();
    },
  ],
  [
    'the rules of two nodes, releases and modes stand side by side',
    async ({ workbench }) => {
      await showRules(workbench, 'nftables');
      await workbench.tab('node-a.nft').waitFor();
      await workbench.choose('Service Topology: Compare Rules', 'Two nodes', 'node-b');
      await workbench.tabTitled('Rules: node-a ↔ node-b (nftables, IPv4)').waitFor();
      await workbench.page.locator('.monaco-diff-editor .line-insert').first().waitFor();
      await workbench.screenshot('rules-nodes');
      await workbench.command('View: Close Editor');
      await showRules(workbench, 'nftables');
      await workbench.tab('node-a.nft').waitFor();
      await workbench.choose('Service Topology: Compare Rules', 'Two releases', '1.31');
      await workbench.tabTitled('Rules: 1.31 ↔ 1.37 (node-a, nftables, IPv4)').waitFor();
      await workbench.page.locator('.monaco-diff-editor .line-insert').first().waitFor();
      await workbench.screenshot('rules-releases');
      await workbench.command('View: Close Editor');
      await showRules(workbench, 'nftables');
      await workbench.tab('node-a.nft').waitFor();
      await workbench.choose('Service Topology: Compare Rules', 'Two modes', 'iptables');
      await workbench.tabTitled('Rules: nftables ↔ iptables (node-a, IPv4)').waitFor();
      await workbench.page.locator('.monaco-diff-editor .line-insert').first().waitFor();
    },
  ],
  [
    'the chains of a Service fold together',
    async ({ workbench }) => {
      await showRules(workbench, 'nftables');
      await workbench.tab('node-a.nft').waitFor();
      // An editor remembers what was folded when the document was shown last.
      await workbench.line('table ip kube-proxy').first().waitFor();
      await workbench.command('Unfold All');
      await find(workbench, 'shop/front/tcp/http {');
      const external = workbench.line('chain external-').first();
      await external.waitFor();
      await workbench.command('Fold');
      await external.waitFor({ state: 'detached' });
      await workbench.line('chain service-').last().waitFor();
      await workbench.screenshot('rules-folded');
      await workbench.command('Unfold All');
    },
  ],
  [
    'what an edit does to the rules is seen before it is saved',
    async ({ workbench }) => {
      await replaceLineEnd(workbench, 'web.yaml', 9, 3, 'wbe');
      await workbench.choose(
        'Service Topology: Compare Rules', 'Before and after my edits', 'node-a', 'iptables', 'IPv4',
      ); // prettier-ignore
      await workbench.tabTitled('Rules: saved ↔ as edited (node-a, iptables, IPv4)').waitFor();
      await workbench.line('shop/web:http has no endpoints').first().waitFor();
      await workbench.page.locator('.monaco-diff-editor .line-insert').first().waitFor();
      await workbench.screenshot('rules-edits');
    },
  ],
];
