/**
 * Prints how fast the map is for workspaces of N Services with ten pods each, in Chromium that draws in software: the
 * server's graph and its change by an edit, the first picture, frames a second while panning, an edit until it is seen.
 * `npm run bench:ui [-- N …]`; `npm run bench:ui -- --vscode [N …]` measures in a real VS Code.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load, root } from '../../test/media/harness/load.mjs';
import { fileName, generate } from './generate.mjs';
import { timeTopology } from './topology.mjs';

const inVsCode = process.argv.includes('--vscode');
const asked = process.argv
  .slice(2)
  .filter((argument) => argument !== '--vscode')
  .map(Number);
const sizes = asked.length > 0 ? asked : inVsCode ? [100, 2000] : [100, 1000, 2000, 10000];
const milliseconds = (value) => `${value.toFixed(0)} ms`;

const rows = inVsCode ? await (await import('./workbench.mjs')).measureWorkbench(sizes) : await measurePage();
for (const key of Object.keys(rows[0] ?? {}))
  console.log(key.padEnd(20) + rows.map((row) => String(row[key]).padStart(26)).join(''));

async function measurePage() {
  const folder = mkdtempSync(join(tmpdir(), 'service-topology-bench-ui-'));
  try {
    const { measureMap } = await load('measure');
    const rows = [];
    for (const services of sizes) {
      const workspace = join(folder, String(services));
      generate(services, workspace);
      const server = await timeTopology(workspace, fileName(Math.floor(services / 2)));
      const page = await measureMap(root, server);
      const pans = Object.fromEntries(
        page.panning.map(({ level, frames, longest }) => [
          `panning, ${level}`,
          `${frames.toFixed(0)}/s, longest ${milliseconds(longest)}`,
        ]),
      );
      rows.push({
        Services: services,
        pods: services * 10,
        'graph, first': milliseconds(server.first),
        'graph, with pods': milliseconds(server.first + server.rest),
        size: `${(server.bytes / 2 ** 20).toFixed(1)} MiB`,
        'page to picture': milliseconds(page.firstPicture),
        'of it from message': milliseconds(page.fromMessage),
        'pods: picture': milliseconds(page.completion),
        ...pans,
        'edit: server': milliseconds(server.edit),
        'edit: picture': milliseconds(page.change),
        'edit: together': milliseconds(server.edit + page.change),
      });
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
