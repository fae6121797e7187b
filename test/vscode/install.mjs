// Installs VS Code's server for the end-to-end tests into .cache: npm packages and three small native modules, no other
// download. Running it again does nothing until package-lock.json changes.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const cache = path.join(here, '.cache');
const nodeFolder = path.resolve(here, '../../node_modules/node/bin');
const stamp = path.join(cache, 'installed');
const codeServer = path.join(cache, 'node_modules/code-server');

/** The Node that VS Code's server needs: the one among the project's development dependencies. */
export const node = existsSync(path.join(nodeFolder, 'node')) ? path.join(nodeFolder, 'node') : process.execPath;
export const codeServerEntry = path.join(codeServer, 'out/node/entry.js');

// The server does not start without these; the other native modules are loaded only by features that no test uses.
const nativeModules = ['@vscode/spdlog', '@vscode/native-watchdog', '@vscode/fs-copyfile'];

function run(command, args, cwd) {
  // npm hands its own settings down to what it starts; the installation here is a separate one.
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^npm_(?!config_(registry|cache|userconfig))/i.test(name),
  );
  const env = {
    ...Object.fromEntries(inherited),
    PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH}`,
  };
  try {
    execFileSync(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 64 << 20 });
  } catch (error) {
    throw new Error(`${command} ${args.join(' ')} failed in ${cwd}:\n${error.stdout}\n${error.stderr}`, {
      cause: error,
    });
  }
}

/** Headers beside the system's Node keep node-gyp from downloading them; the modules use only the stable Node-API. */
function headers() {
  return existsSync('/usr/include/node/node_api.h') ? ['--nodedir=/usr'] : [];
}

export function installVsCode() {
  const lock = readFileSync(path.join(here, 'package-lock.json'));
  const version = createHash('sha256').update(lock).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === version) return;
  rmSync(cache, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  for (const name of ['package.json', 'package-lock.json']) cpSync(path.join(here, name), path.join(cache, name));
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], cache);
  const vscode = path.join(codeServer, 'lib/vscode');
  run('npm', ['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'], vscode);
  const gyp = path.join(cache, 'node_modules/node-gyp/bin/node-gyp.js');
  for (const name of nativeModules) run(node, [gyp, 'rebuild', ...headers()], path.join(vscode, 'node_modules', name));
  writeFileSync(stamp, version);
}

/** The server that the extension for YAML starts, from npm: its folder. */
export function installYamlServer() {
  const from = path.join(here, 'stubs/yaml/server');
  const to = path.join(cache, 'yaml-server');
  const lock = readFileSync(path.join(from, 'package-lock.json'));
  const installed = path.join(to, 'package-lock.json');
  if (!existsSync(path.join(to, 'node_modules')) || !lock.equals(readFileSync(installed))) {
    rmSync(to, { recursive: true, force: true });
    cpSync(from, to, { recursive: true });
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], to);
  }
  return path.join(to, 'node_modules/yaml-language-server');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const before = Date.now();
  installVsCode();
  console.log(`VS Code is installed in ${cache} (${Math.round((Date.now() - before) / 1000)} s)`);
}
