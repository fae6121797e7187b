// Runs the extension in a real VS Code and checks what a person would see.
// `node test/vscode/run.mjs [--vsix FILE] [--only 'WORDS|WORDS']`; pictures go to test/output. No check builds on another: each
// begins with closed editors, and one that fails is tried again, twice at most, in a window that was loaded anew.
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { browserChecks } from './checks/browser.mjs';
import { emptyChecks, restrictedChecks } from './checks/other-windows.mjs';
import { yamlChecks, yamlManifest } from './checks/yaml-extension.mjs';
import { helmChecks, kubernetesChecks } from './checks/helm-templates.mjs';
import { startCheck } from './checks/start.mjs';
import { installVsCode } from './install.mjs';
import {
  createProfile, installExtension, launchBrowser, pack, packExtension, packForBrowser, packYamlExtension, removeProfile, startServer, writeSettings,
} from './vscode.mjs'; // prettier-ignore
import { openWorkbench } from './workbench.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const minutes = 25;

/** Gives the extension to the worker in the browser that hosts web extensions. */
const inBrowser = {
  'remote.extensionKind': { 'service-topology.service-topology': ['web'], 'service-topology-tests.tools': ['web'] },
};

function option(name) {
  const index = process.argv.indexOf(name);
  return index < 0 ? undefined : process.argv[index + 1];
}

let ended = false;
const counts = { passed: 0, failed: 0, again: 0 };
const cleanUp = [];

/** The checks of all files beside this one that have some for the window with the shop. */
async function findChecks() {
  const folder = path.join(import.meta.dirname, 'checks');
  const files = (await readdir(folder)).filter((file) => file.endsWith('.mjs')).sort();
  const modules = await Promise.all(files.map((file) => import(path.join(folder, file))));
  return modules.flatMap((module) => module.checks ?? []);
}

/** Runs one check and tells whether it passed; a failure is told with a picture, and the next one runs all the same. */
async function check([name, body], context) {
  if (ended) return false;
  const start = Date.now();
  try {
    const first = await attempt(body, context);
    counts.passed++;
    const seconds = ((Date.now() - start) / 1000).toFixed(1);
    console.log(`ok    ${name} (${seconds} s)${first ? `, at another try; the first: ${first}` : ''}`);
    return true;
  } catch (error) {
    if (ended) return false;
    counts.failed++;
    console.log(`FAIL  ${name}\n      ${reason(error)}`);
    await picture(context, `failed-${counts.failed}`);
    return false;
  }
}

/**
 * Runs the body of a check, up to three times where it fails: a real workbench on a busy machine drops a click or a key
 * now and then. Gives what the first failure was.
 */
async function attempt(body, context) {
  const { workbench } = context;
  for (let tries = 1, first; ; tries++) {
    try {
      if (tries > 1) await workbench?.renew();
      await workbench?.clean();
      await body(context);
      return first;
    } catch (error) {
      if (ended || tries === 3) throw error;
      first ??= reason(error);
      await picture(context, `failed-once-${++counts.again}`);
      // What was edited is taken back first: a window that is loaded anew would bring it again.
      await workbench?.clean().catch(() => {});
    }
  }
}

function reason(error) {
  return String(error.message).split('\n').slice(0, 4).join('\n      ');
}

async function picture(context, name) {
  await context
    .current()
    .screenshot(name)
    .catch(() => {});
}

const only = option('--only')?.split('|');

function wanted(checks) {
  return checks.filter(([name]) => only?.some((words) => name.includes(words)) ?? true);
}

/** The window with the shop: nearly all checks. Tells whether the extension starts at all. */
async function shopStage({ browser, profile, url }) {
  const checks = wanted(await findChecks());
  if (checks.length === 0) return true;
  const workbench = await openWorkbench(browser, url, profile.workspace);
  const context = { workbench, profile, current: () => workbench };
  // Without this one all others would only wait in vain.
  if (!(await check(startCheck, context))) return false;
  for (const item of checks) await check(item, context);
  await workbench.close();
  return true;
}

/** Windows with nothing to show; each is opened anew. */
async function emptyStage({ browser, profile, url }) {
  const emptyFolder = path.join(profile.folder, 'empty');
  await mkdir(emptyFolder);
  await writeFile(path.join(emptyFolder, 'values.yaml'), 'replicas: 2\n');
  let window;
  const open = async (folder) => (window = await openWorkbench(browser, url, folder));
  for (const item of wanted(emptyChecks)) await check(item, { open, emptyFolder, current: () => window });
}

/** A server of its own for these checks, with a window on the shop. */
async function ownStage(checks, { browser, profile }, { settings = {}, trust = true, before = async () => {} } = {}) {
  if (wanted(checks).length === 0) return;
  await writeSettings(profile, settings);
  const server = await startServer(profile, { trust });
  cleanUp.unshift(() => server.stop());
  const workbench = await openWorkbench(browser, server.url, profile.workspace);
  await before(workbench);
  for (const item of wanted(checks)) await check(item, { workbench, profile, current: () => workbench });
  await workbench.close();
  await server.stop();
}

/** In the browser's worker, with an extension that asks the tools for assistants there. */
async function browserStage(stage) {
  const { profile } = stage;
  if (wanted(browserChecks).length === 0) return;
  const tools = path.join(root, 'test/vscode/stubs/tools');
  await installExtension(profile, await packForBrowser(tools, profile));
  await ownStage(browserChecks, stage, { settings: inBrowser });
}

/** Beside the extension for YAML, whose server has the schema of Services. */
async function yamlStage(stage) {
  const { profile } = stage;
  if (wanted(yamlChecks).length === 0) return;
  await installExtension(profile, await packYamlExtension(profile));
  await writeFile(path.join(profile.workspace, 'manners.yaml'), yamlManifest);
  const schema = pathToFileURL(path.join(root, 'test/vscode/stubs/yaml/kubernetes.schema.json')).href;
  await ownStage(yamlChecks, stage, { settings: { 'yaml.schemas': { [schema]: '*.yaml' } } });
}

/** Beside those for Helm: the Kubernetes extension, then that of helm-ls, which needs it. */
async function helmStages(stage) {
  const { profile } = stage;
  for (const [name, checks] of [
    ['kubernetes', kubernetesChecks],
    ['helm-ls', helmChecks],
  ]) {
    if (wanted(checks).length === 0) continue;
    const vsix = path.join(profile.folder, `beside-${name}.vsix`);
    await installExtension(profile, await packExtension(path.join(root, 'test/vscode/stubs', name), vsix));
    await ownStage(checks, stage);
  }
}

async function main() {
  installVsCode();
  const packed = await mkdtemp(path.join(tmpdir(), 'service-topology-pack-'));
  cleanUp.unshift(() => rm(packed, { recursive: true, force: true }));
  const vsix = option('--vsix') ?? (await pack(packed));
  const profile = await createProfile({ vsix, manifests: path.join(root, 'examples/shop') });
  cleanUp.unshift(() => removeProfile(profile));
  const server = await startServer(profile);
  cleanUp.unshift(() => server.stop());
  const browser = await launchBrowser();
  cleanUp.unshift(() => browser.close());

  const stage = { browser, profile, url: server.url };
  if (!(await shopStage(stage))) return;
  await emptyStage(stage);
  await server.stop();
  await ownStage(restrictedChecks, stage, { trust: false, before: (workbench) => workbench.distrust() });
  await browserStage(stage);
  await yamlStage(stage);
  await helmStages(stage);
}

async function end(status) {
  ended = true;
  for (const step of cleanUp.splice(0)) await step().catch((error) => console.error(String(error)));
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  process.exit(status);
}

const deadline = setTimeout(() => {
  counts.failed++;
  console.log(`FAIL  all within ${minutes} minutes`);
  void end(1);
}, minutes * 60_000);
try {
  await main();
} catch (error) {
  counts.failed++;
  console.error(error);
}
clearTimeout(deadline);
await end(counts.failed > 0 || counts.passed === 0 ? 1 : 0);
