// What a person must find in VS Code with examples/shop open, in the order in which they would look.
import { readFileSync, readdirSync } from 'node:fs';

/** Fails with what was expected and what was seen. */
function expect(condition, message) {
  if (!condition) throw new Error(message);
}

async function texts(locator) {
  return (await locator.allInnerTexts()).map((text) => text.replaceAll('\u00a0', ' ').replace(/\s+/g, ' ').trim());
}

/** Asks until the answer is good: for what has no element to wait for. */
async function until(what, ask, milliseconds = 25_000) {
  const end = Date.now() + milliseconds;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`timed out: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function cursorAt(workbench, line) {
  await until(`cursor in line ${line}`, async () => {
    const [position] = await texts(workbench.cursor());
    return position?.startsWith(`Ln ${line},`);
  });
}

/** The ids of the language servers of this profile. */
function serverProcesses(profile) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((id) => {
      try {
        const line = readFileSync(`/proc/${id}/cmdline`, 'utf8');
        return line.includes(profile.extensions) && line.includes('dist/server.js');
      } catch {
        return false; // Ended while we looked.
      }
    })
    .map(Number);
}

/** Goes to the end of a line, deletes a word of some letters and types another. */
async function replaceLineEnd(workbench, file, line, letters, replacement) {
  await workbench.openFile(file, line);
  await cursorAt(workbench, line);
  await workbench.page.keyboard.press('End');
  for (let i = 0; i < letters; i++) await workbench.page.keyboard.press('Backspace');
  await workbench.page.keyboard.type(replacement);
}

/** Opens the rules of node-a for IPv4. */
async function showRules(workbench, mode) {
  await workbench.command('Service Topology: Show Rules of Node');
  await workbench.quickRow('node-a').first().click();
  await workbench.quickRow(mode).first().click();
  await workbench.quickRow('IPv4').first().click();
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

export const startCheck = [
  'the extension starts and reads the folder',
  async ({ workbench }) => {
    await workbench.status.waitFor({ timeout: 60_000 });
    await until('the status with its problems', async () =>
      /Services\s+3/.test((await texts(workbench.status))[0] ?? ''),
    );
  },
];

/** Each goes on where the one before it stopped. */
export const checks = [
  [
    'the findings stand in the Problems view',
    async ({ workbench }) => {
      await workbench.openFile('web.yaml');
      await workbench.showProblems();
      for (const problem of [
        'Service shop/web selects no pod',
        'targetPort http is a port of no container of Deployment shop/cart',
        'Service shop/payment selects no pod',
      ])
        await workbench.problem(problem).first().waitFor();
      await workbench.screenshot('problems');
      await workbench.command('View: Hide Panel');
    },
  ],
  [
    'lenses stand above Services and templates, and lead to the trace',
    async ({ workbench }) => {
      await workbench.openFile('web.yaml');
      const lens = (text) => workbench.page.locator('.codelens-decoration', { hasText: text });
      await lens('no endpoints').first().waitFor();
      await lens('Map').first().waitFor();
      await workbench.screenshot('lens');
      await workbench.openFile('catalog.yaml');
      await lens('3 endpoints').first().waitFor();
      await lens('selected by').first().waitFor();
      await workbench.screenshot('lens-healthy');
    },
  ],
  [
    'the palette offers what can be run without a row',
    async ({ workbench }) => {
      const names = await workbench.paletteNames('Service Topology');
      for (const name of [
        'Trace Request…',
        'Show Topology',
        'Show Rules of Node…',
        'Compare Rules…',
        'Reveal in Services View',
      ])
        expect(
          names.some((found) => found.includes(name)),
          `${name} is missing among ${names.join(' | ')}`,
        );
      expect(!names.some((found) => found.includes('Show on the Map')), 'a command of rows is in the palette');
    },
  ],
  [
    'the tree shows Services with their endpoints, and the one without',
    async ({ workbench }) => {
      await workbench.showServices();
      await workbench.treeRow('Scope shop').first().waitFor();
      await workbench.treeRow('Service web').first().waitFor();
      await workbench.screenshot('tree');
      const labels = await workbench.treeLabels();
      const web = labels.find((label) => label.includes('Service web'));
      const catalog = labels.find((label) => label.includes('Service catalog'));
      expect(web.includes('no endpoints'), `no endpoints is missing in: ${web}`);
      expect(catalog.includes('3 endpoints'), `3 endpoints is missing in: ${catalog}`);
    },
  ],
  [
    'the row of a problem leads to its line',
    async ({ workbench }) => {
      await workbench.treeRow('Service web').first().click();
      await workbench.page.keyboard.press('ArrowRight');
      const row = workbench.treeRow('Error: Service shop/web').first();
      await row.waitFor();
      await workbench.screenshot('tree-problem');
      await row.click();
      await workbench.tab('web.yaml').waitFor();
      await workbench.page.keyboard.press('Control+1');
      await cursorAt(workbench, 9);
    },
  ],
  [
    'the row of the Service at the cursor is found',
    async ({ workbench }) => {
      await workbench.openFile('cart.yaml', 5);
      await cursorAt(workbench, 5);
      await workbench.command('Service Topology: Reveal in Services View');
      await workbench.page
        .locator('.tree-explorer-viewlet-tree-view .monaco-list-row.selected[aria-label*="Service cart"]')
        .waitFor();
    },
  ],
  [
    'a request traced from the cursor asks only who sends it',
    async ({ workbench }) => {
      await workbench.openFile('web.yaml', 5);
      await cursorAt(workbench, 5);
      await workbench.command('Service Topology: Trace Request');
      await workbench.quickRow('shop/front').first().waitFor();
      expect(
        (await texts(workbench.quickTitle()))[0].startsWith('Trace Request to shop/web'),
        `title: ${await texts(workbench.quickTitle())}`,
      );
      await workbench.screenshot('trace-source');
      await workbench.quickRow('shop/front').first().click();
      await workbench.panel().getByText('REFUSED').first().waitFor();
      await workbench.panelFocused();
      await workbench.screenshot('trace-refused');
    },
  ],
  [
    'the cause in the trace leads to the YAML',
    async ({ workbench }) => {
      await workbench.openFile('front.yaml');
      await workbench.tabTitled('Trace').click();
      await workbench.panel().locator('.causes').getByRole('link').last().click();
      await workbench.page.locator('.tab.active[data-resource-name="web.yaml"]').waitFor();
      await cursorAt(workbench, 9);
    },
  ],
  [
    'a request traced in full takes three steps, a way back and free text',
    async ({ workbench }) => {
      await workbench.command('View: Close All Editors');
      await workbench.page.locator('.tab').first().waitFor({ state: 'detached' });
      await workbench.showServices();
      // The row of a scope answers nothing but the scope.
      await workbench.treeRow('folder').first().click();
      await workbench.page.keyboard.press('ArrowRight');
      await workbench.command('Service Topology: Trace Request');
      await workbench.quickRow('shop/front').first().click();
      await until('the second step', async () => /\(2\/3\)/.test((await texts(workbench.quickTitle()))[0] ?? ''));
      await workbench.screenshot('trace-destination');
      await workbench.page.locator('.quick-input-titlebar .codicon-quick-input-back').click();
      await until('the first step', async () => /\(1\/3\)/.test((await texts(workbench.quickTitle()))[0] ?? ''));
      await workbench.quickRow('shop/front').first().click();
      await until('the second step', async () => /\(2\/3\)/.test((await texts(workbench.quickTitle()))[0] ?? ''));
      await workbench.quickRow('shop/web').first().waitFor();
      await workbench.input.fill('http://catalog/');
      await workbench.quickRow('http://catalog/').first().waitFor();
      await workbench.screenshot('trace-free-text');
      await workbench.page.keyboard.press('Enter');
      await workbench.panel().getByText('DELIVERED').first().waitFor();
      await workbench.panelFocused();
      await workbench.screenshot('trace-delivered');
    },
  ],
  [
    'the same request in other modes and from other nodes is a table, whose cells are traces',
    async ({ workbench }) => {
      const panel = workbench.panel();
      await panel.locator('.comparison > summary').click();
      const row = panel.getByRole('row', { name: /^node node-b/ });
      await row.waitFor();
      await panel.locator('.comparison table').scrollIntoViewIfNeeded();
      await workbench.screenshot('trace-compared');
      expect((await row.getByRole('link').count()) === 3, 'a cell for each mode');
      await row.getByRole('link').nth(1).click();
      await panel
        .getByText(/^node-b nftables \(nat OUTPUT\)/)
        .first()
        .waitFor();
      await workbench.screenshot('trace-nftables');
    },
  ],
  [
    'the map shows the Services and leads to their YAML',
    async ({ workbench }) => {
      await workbench.command('View: Close All Editors');
      await workbench.openFile('front.yaml');
      await workbench.command('Service Topology: Show Topology');
      const node = workbench.panel().getByRole('option', { name: /Service (shop\/)?web\b/ });
      await node.waitFor();
      await workbench.panelFocused();
      await workbench.screenshot('map');
      await node.click();
      await workbench.panel().getByText('Open YAML').first().waitFor();
      await workbench.screenshot('map-selected');
      await workbench.panel().getByText('Open YAML').first().click();
      await workbench.page.locator('.tab.active[data-resource-name="web.yaml"]').waitFor();
      await cursorAt(workbench, 5);
    },
  ],
  [
    'the actions of a row trace to its Service and show it on the map',
    async ({ workbench }) => {
      const row = workbench.treeRow('Service catalog').first();
      // Rows are drawn anew as the tree follows the editor: a click may still meet the one that stood there before.
      await until('a trace to the row that was clicked', async () => {
        await row.hover();
        await row.locator('.action-label[aria-label^="Trace Request"]').click();
        await workbench.quickRow('shop/front').first().waitFor();
        const [title] = await texts(workbench.quickTitle());
        await workbench.page.keyboard.press('Escape');
        return title.startsWith('Trace Request to shop/catalog');
      });
      await row.hover();
      await row.locator('.action-label[aria-label^="Show on the Map"]').click();
      await workbench.panel().locator('[role="option"][aria-selected="true"][aria-label*="catalog"]').waitFor();
      await workbench.panelFocused();
    },
  ],
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
    'the rules of two nodes, and of two releases, stand side by side',
    async ({ workbench }) => {
      await showRules(workbench, 'nftables');
      await workbench.tab('node-a.nft').waitFor();
      await workbench.command('Service Topology: Compare Rules');
      await workbench.quickRow('Two nodes').first().click();
      await workbench.quickRow('node-b').first().click();
      await workbench.tabTitled('Rules: node-a ↔ node-b (nftables, IPv4)').waitFor();
      await workbench.page.locator('.monaco-diff-editor .line-insert').first().waitFor();
      await workbench.screenshot('rules-nodes');
      await workbench.command('View: Close Editor');
      await workbench.tab('node-a.nft').click();
      await workbench.command('Service Topology: Compare Rules');
      await workbench.quickRow('Two releases').first().click();
      await workbench.quickRow('1.31').first().click();
      await workbench.tabTitled('Rules: 1.31 ↔ 1.37 (node-a, nftables, IPv4)').waitFor();
      await workbench.page.locator('.monaco-diff-editor .line-insert').first().waitFor();
      await workbench.screenshot('rules-releases');
      await workbench.command('View: Close Editor');
    },
  ],
  [
    'what an edit does to the rules is seen before it is saved',
    async ({ workbench }) => {
      await replaceLineEnd(workbench, 'web.yaml', 9, 3, 'wbe');
      await workbench.command('Service Topology: Compare Rules');
      await workbench.quickRow('Before and after my edits').first().click();
      await workbench.quickRow('node-a').first().click();
      await workbench.quickRow('iptables').first().click();
      await workbench.quickRow('IPv4').first().click();
      await workbench.tabTitled('Rules: saved ↔ as edited (node-a, iptables, IPv4)').waitFor();
      await workbench.line('shop/web:http has no endpoints').first().waitFor();
      await workbench.page.locator('.monaco-diff-editor .line-insert').first().waitFor();
      await workbench.screenshot('rules-edits');
      await workbench.command('View: Close Editor');
      await workbench.openFile('web.yaml', 9);
      await workbench.command('File: Revert File');
      await workbench.tab('node-a.nft').click();
      await workbench.command('View: Close Editor');
    },
  ],
  [
    'the quick fix of a finding changes the YAML',
    async ({ workbench }) => {
      await workbench.openFile('web.yaml', 9);
      await cursorAt(workbench, 9);
      await workbench.page.keyboard.press('End');
      await workbench.page.keyboard.press('Control+.');
      const fix = workbench.page.locator('.action-widget .monaco-list-row', { hasText: 'app: wbe' }).first();
      await fix.waitFor();
      await workbench.screenshot('quick-fix');
      await fix.click();
      await workbench.treeRow('Service web').and(workbench.treeRow('2 endpoints')).waitFor();
      await workbench.command('File: Revert File');
      await workbench.treeRow('Service web').and(workbench.treeRow('no endpoints')).waitFor();
    },
  ],
  [
    'an edit mends diagnostics, tree, map and trace at once',
    async ({ workbench }) => {
      await workbench.showServices();
      await replaceLineEnd(workbench, 'web.yaml', 9, 3, 'wbe');
      await workbench.treeRow('Service web').and(workbench.treeRow('2 endpoints')).waitFor();
      await workbench
        .panel()
        .getByRole('option', { name: /Service (shop\/)?web\b(?!.*(problem|no pod))/ })
        .waitFor();
      await until('two errors in the status bar', async () => /Services\s+2/.test((await texts(workbench.status))[0]));
      await workbench.page.keyboard.press('Escape');
      await workbench.screenshot('map-mended');
      await workbench.showProblems();
      await workbench.problem('Deployment shop/cart').first().waitFor();
      await workbench.problem('Service shop/web').first().waitFor({ state: 'detached' });
      await workbench.command('View: Hide Panel');
      await workbench.openFile('web.yaml', 5);
      await workbench.command('Service Topology: Trace Request');
      await workbench.quickRow('shop/front').first().click();
      await workbench.panel().getByText('DELIVERED').first().waitFor();
      await workbench.panelFocused();
    },
  ],
  [
    'taking the edit back brings the fault back into the trace',
    async ({ workbench }) => {
      await workbench.openFile('web.yaml', 9);
      await workbench.command('File: Revert File');
      await workbench.panel().getByText('REFUSED').first().waitFor();
      await workbench.treeRow('Service web').and(workbench.treeRow('no endpoints')).waitFor();
    },
  ],
  [
    'the panels are there again after a reload of the window',
    async ({ workbench }) => {
      await workbench.reload();
      await workbench.panel().getByText('REFUSED').first().waitFor();
      await workbench.tabTitled('Topology').click();
      await workbench
        .panel()
        .getByRole('option', { name: /Service (shop\/)?catalog\b/ })
        .waitFor();
    },
  ],
  [
    'a theme of each kind is readable',
    async ({ workbench }) => {
      await workbench.openFile('web.yaml', 8);
      await workbench.showServices();
      for (const [theme, name] of [
        ['Light Modern', 'light'],
        ['Dark High Contrast', 'high-contrast'],
        ['Light High Contrast', 'high-contrast-light'],
      ]) {
        await workbench.theme(theme);
        for (const [panel, content] of [
          ['Topology', workbench.panel().getByRole('option').first()],
          ['Trace', workbench.panel().getByText('REFUSED').first()],
        ]) {
          await workbench.tabTitled(panel).click();
          await content.waitFor();
          await workbench.screenshot(`${panel.toLowerCase()}-${name}`);
        }
      }
      await workbench.theme('Dark Modern');
    },
  ],
  [
    'the walkthrough has its three steps',
    async ({ workbench }) => {
      await workbench.command('View: Close All Editors');
      await workbench.command('Welcome: Open Walkthrough');
      await workbench.input.fill('Service Topology');
      await workbench.quickRow('Get Started with Service Topology').first().click();
      for (const [step, picture] of [
        ['See your Services', 'KUBERNETES SERVICES'],
        ['Trace a request', 'KUBE-SERVICES'],
        ['See who reaches whom', 'workloads'],
      ]) {
        await workbench.page.locator('.getting-started-step', { hasText: step }).first().click();
        await workbench.panel().getByText(picture).first().waitFor();
        await workbench.screenshot(`walkthrough-${step.toLowerCase().replaceAll(' ', '-')}`);
      }
    },
  ],
  [
    'a crashed server comes back; one that keeps crashing can be restarted',
    async ({ workbench, profile }) => {
      for (let crash = 0; crash < 5; crash++) {
        const [id] = await until('a language server', () => {
          const found = serverProcesses(profile);
          return found.length > 0 && found;
        });
        process.kill(id, 'SIGKILL');
        await until('its end', () => !serverProcesses(profile).includes(id));
      }
      await until('the status "stopped"', async () => /stopped/.test((await texts(workbench.status))[0] ?? ''));
      await workbench.showServices();
      await workbench.welcome().getByText('has stopped').waitFor();
      await workbench.screenshot('stopped');
      await workbench.status.click();
      await workbench.treeRow('Service web').first().waitFor();
    },
  ],
];

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
