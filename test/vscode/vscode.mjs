// A real VS Code for a test: the packed extension installed into a fresh profile, its server, and a browser on it.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { build } from 'esbuild';
import { codeServerEntry, installYamlServer, node } from './install.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

// What is not under test stays out of the way, and nothing moves while a picture is taken.
const userSettings = {
  'workbench.colorTheme': 'Dark Modern',
  'workbench.startupEditor': 'none',
  'workbench.reduceMotion': 'on',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'editor.minimap.enabled': false,
  'editor.autoClosingBrackets': 'never',
  'chat.disableAIFeatures': true,
  'files.autoSave': 'off',
  'git.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'security.workspace.trust.banner': 'never',
};

const bundles = [
  'extension.js',
  'server.js',
  'extension-web.js',
  'server-web.js',
  'live.js',
  'media/topology.js',
  'media/topology.css',
  'media/trace.js',
  'media/trace.css',
];

/** Builds the extension and packs it as it would be published, into the folder. */
export async function pack(folder) {
  const target = path.join(folder, 'service-topology.vsix');
  const env = { ...process.env, PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH}` };
  const options = { cwd: root, env };
  await run(node, ['scripts/build.mjs'], options);
  const vsce = path.join(root, 'node_modules/@vscode/vsce/vsce');
  await run(node, [vsce, 'package', '--no-dependencies', '-o', target], options);
  const missing = bundles.filter((file) => !existsSync(path.join(root, 'dist', file)));
  if (missing.length > 0)
    throw new Error(`dist lost ${missing.join(', ')} while it was packed: is another build running?`);
  return target;
}

/** Packs the extension of another folder as it is. */
export async function packExtension(folder, target) {
  const vsce = path.join(root, 'node_modules/@vscode/vsce/vsce');
  const flags = ['--no-dependencies', '--allow-missing-repository', '--skip-license', '-o', target];
  await run(node, [vsce, 'package', ...flags], { cwd: folder });
  return target;
}

/** Packs the extension of another folder with its code in one file, as the browser's host of extensions wants it. */
export async function packForBrowser(from, profile) {
  const name = path.basename(from);
  const folder = path.join(profile.folder, `${name}-extension`);
  await mkdir(folder);
  await cp(path.join(from, 'package.json'), path.join(folder, 'package.json'));
  const outfile = path.join(folder, 'extension.js');
  await build({
    entryPoints: [path.join(from, 'extension.mjs')],
    outfile,
    bundle: true,
    format: 'cjs',
    external: ['vscode'],
  });
  return packExtension(folder, path.join(profile.folder, `${name}.vsix`));
}

/** Packs the stand-in for the extension for YAML, with the place of its server. */
export async function packYamlExtension(profile) {
  const from = path.join(root, 'test/vscode/stubs/yaml');
  const folder = path.join(profile.folder, 'yaml-extension');
  const server = installYamlServer();
  await mkdir(folder);
  await cp(path.join(from, 'package.json'), path.join(folder, 'package.json'));
  const places = { module: path.join(server, 'out/src/server.js'), l10n: path.join(server, 'l10n') };
  await build({
    entryPoints: [path.join(from, 'extension.mjs')],
    outfile: path.join(folder, 'extension.js'),
    bundle: true,
    platform: 'node',
    external: ['vscode'],
    nodePaths: [path.join(root, 'node_modules')],
    plugins: [
      {
        name: 'places',
        setup(bundle) {
          bundle.onResolve({ filter: /server\.json$/ }, () => ({ path: 'places', namespace: 'places' }));
          bundle.onLoad({ filter: /.*/, namespace: 'places' }, () => ({
            contents: JSON.stringify(places),
            loader: 'json',
          }));
        },
      },
    ],
  });
  return packExtension(folder, path.join(profile.folder, 'yaml.vsix'));
}

/** Windows that are open take it when they are loaded anew. */
export async function installExtension(profile, vsix) {
  await run(node, [codeServerEntry, ...folders(profile), '--install-extension', vsix]);
}

/** A fresh folder with a profile that has the extension, and a copy of the manifests as `workspace`. */
export async function createProfile({ vsix, manifests }) {
  const folder = await mkdtemp(path.join(tmpdir(), 'service-topology-test-'));
  const profile = {
    folder,
    data: path.join(folder, 'data'),
    extensions: path.join(folder, 'extensions'),
    workspace: path.join(folder, 'shop'),
  };
  await mkdir(path.join(profile.data, 'User'), { recursive: true });
  await writeSettings(profile, {});
  await cp(manifests, profile.workspace, { recursive: true });
  await installExtension(profile, vsix);
  return profile;
}

/** The user's settings: those of all checks, and these. A server that starts later goes by them. */
export async function writeSettings(profile, settings) {
  const text = JSON.stringify({ ...userSettings, ...settings });
  await writeFile(path.join(profile.data, 'User/settings.json'), text);
}

export async function removeProfile(profile) {
  await rm(profile.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

function folders(profile) {
  return ['--user-data-dir', profile.data, '--extensions-dir', profile.extensions];
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts VS Code's server for the profile and waits until it answers. `trust: false` asks for trust as on a desktop. */
export async function startServer(profile, { trust = true } = {}) {
  const port = await freePort();
  const args = ['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, ...folders(profile)];
  args.push('--disable-telemetry', '--disable-update-check', '--disable-getting-started-override');
  if (trust) args.push('--disable-workspace-trust');
  // A group of its own, so that the extension hosts and language servers that it starts end with it.
  const child = spawn(node, [codeServerEntry, ...args], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
  const url = `http://127.0.0.1:${port}`;
  const signal = (name) => {
    try {
      process.kill(-child.pid, name);
    } catch (error) {
      if (error.code !== 'ESRCH') throw error; // Nobody is left.
    }
  };
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      signal('SIGTERM');
      const timer = setTimeout(() => signal('SIGKILL'), 5000);
      await ended;
      clearTimeout(timer);
    }
    // An extension host that was just being started outlives the server.
    signal('SIGKILL');
  };
  for (let tries = 0; ; tries++) {
    if (child.exitCode !== null || tries > 150) {
      await stop();
      throw new Error(`VS Code's server did not start:\n${output}`);
    }
    const answer = await fetch(`${url}/healthz`).catch(() => undefined);
    if (answer?.ok) return { url, stop, output: () => output };
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Debian's Chromium; installed where it is missing and may be. */
function findBrowser() {
  const candidates = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  const find = () => candidates.find((candidate) => candidate && existsSync(candidate));
  const found = find();
  if (found) return found;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
    throw new Error('Chromium is missing: install it, or name it in the variable CHROMIUM');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) =>
    execFileSync('apt-get', ['-o', 'DPkg::Lock::Timeout=300', '-qq', ...args], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  apt('update');
  apt('install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core');
  return find();
}

export function launchBrowser() {
  return chromium.launch({
    executablePath: findBrowser(),
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync',
    ], // prettier-ignore
  });
}
