/**
 * Puts faults into real manifests and prints how many of them the findings name, by kind of fault, with each that they do
 * not; then what is said of warning level and above about the manifests as they are.
 * `npm run bench:findings -- FOLDER [--each N] [--seed TEXT] [--only WORDS] [--verbose]`; each folder in FOLDER is a workspace.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { build } from 'esbuild';

const [folder = '', ...flags] = process.argv.slice(2);
if (folder !== '' && !folder.startsWith('--') && !existsSync(folder)) {
  console.log(`Skipped: ${folder} is not there.`);
  process.exit(0);
}
const outfile = resolve('node_modules/.cache/bench/findings.cjs');
mkdirSync(resolve('node_modules/.cache/bench'), { recursive: true });
await build({
  stdin: { contents: "import './test/support/faults/main';", resolveDir: process.cwd(), loader: 'ts' },
  bundle: true,
  format: 'cjs',
  platform: 'node',
  outfile,
  logLevel: 'warning',
});
process.exitCode =
  spawnSync(process.execPath, ['--stack-size=4000', outfile, folder, ...flags], { stdio: 'inherit' }).status ?? 1;
