// Takes the pictures of the README: the real panels in a real VS Code, on examples/shop.
// `node test/vscode/pictures.mjs`
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { installVsCode } from './install.mjs';
import { createProfile, launchBrowser, pack, removeProfile, startServer } from './vscode.mjs';
import { openWorkbench } from './workbench.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const cleanUp = [];

async function main() {
  installVsCode();
  const packed = await mkdtemp(path.join(tmpdir(), 'service-topology-pictures-'));
  cleanUp.unshift(() => rm(packed, { recursive: true }));
  const profile = await createProfile({ vsix: await pack(packed), manifests: path.join(root, 'examples/shop') });
  cleanUp.unshift(() => removeProfile(profile));
  const server = await startServer(profile);
  cleanUp.unshift(() => server.stop());
  const browser = await launchBrowser();
  cleanUp.unshift(() => browser.close());
  const workbench = await openWorkbench(browser, server.url, profile.workspace);
  await workbench.page.setViewportSize({ width: 1360, height: 800 });
  const save = (name) => workbench.page.screenshot({ path: path.join(root, `docs/images/${name}.png`) });

  await workbench.command('View: Close All Editors');
  await workbench.command('Kubernetes Services: Focus on Kubernetes Services View');
  await workbench.treeRow('Service web').first().waitFor();
  await workbench.command('Service Topology: Show Topology');
  const web = workbench.panel().getByRole('option', { name: /Service (shop\/)?web\b/ });
  await web.waitFor();
  await save('map');

  await workbench.openFile('web.yaml');
  await workbench.page.keyboard.press('Control+Home');
  for (let line = 1; line < 5; line++) await workbench.page.keyboard.press('ArrowDown');
  await workbench.command('Service Topology: Trace Request…');
  await workbench.quickRow('shop/front').first().click();
  await workbench.panel().getByText('REFUSED, always').waitFor();
  await save('trace');
}

try {
  await main();
} finally {
  for (const step of cleanUp) await step().catch((error) => console.error(String(error)));
}
