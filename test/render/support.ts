/** What the tests of the engines share: the built engine, files of a folder, the real tools' output, origins as text. */

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { FieldSource, Rendered, RenderFiles } from '#manifest/render-types';
import { printPath } from '#base/json';

export const root = join(import.meta.dirname, '../..');
export const fixtures = join(import.meta.dirname, 'fixtures');
/** The folder with the bundles of the last build. */
export const built = join(root, 'dist');

/** Whether the engines are built; where not, the line that says so. */
export function haveEngines(): boolean {
  if (existsSync(join(built, 'engines/engines.wasm')) && existsSync(join(built, 'render-worker.js'))) return true;
  console.log('skipped: the engines of kustomize and Helm are not built (npm run build:engines needs Go)');
  return false;
}

/** All files below a folder, as bytes. */
export function filesOf(folder: string): RenderFiles {
  const files = new Map<string, Uint8Array>();
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    files.set(relative(folder, file).split(sep).join('/'), readFileSync(file));
  }
  return files;
}

/** What a tool prints, or that it fails. */
export function run(program: string, parameters: readonly string[], folder: string): string | undefined {
  const environment = { PATH: process.env.PATH, HOME: '/nonexistent', HELM_NAMESPACE: 'default' };
  const { status, stdout } = spawnSync(program, parameters, { cwd: folder, encoding: 'utf8', env: environment });
  return status === 0 ? stdout : undefined;
}

/** Each field with the places that it came from, one a line; `=` marks what stands there as it was rendered. */
export function printOrigins(result: Rendered): string {
  const lines = result.unavailable.map(({ what, file, path }) => `not available: ${what} (${file} ${printPath(path)})`);
  for (const object of result.objects) {
    const text = result.text.slice(object.start, object.end);
    const kind = /^kind: (.*)$/m.exec(text)?.[1] ?? '?';
    const name = /^ {2}name: (.*)$/m.exec(text)?.[1] ?? '?';
    const document = object.source?.document === undefined ? '' : `#${object.source.document}`;
    lines.push(`${kind} ${name} from ${object.source ? object.source.file + document : 'nowhere known'}`);
    for (const { path, sources } of object.fields) {
      lines.push(`  ${printPath(path) || '(all)'}`);
      lines.push(...sources.map((source) => `    ${printSource(source)}`));
    }
  }
  return `${lines.join('\n')}\n`;
}

function printSource({ role, file, at, verbatim }: FieldSource): string {
  const place =
    at.kind === 'path'
      ? `${at.document > 0 ? `#${at.document} ` : ''}${printPath(at.path) || '(all)'}`
      : `${at.range.start.line + 1}:${at.range.start.character + 1}–${at.range.end.character + 1}`;
  return `${role} ${file} ${place}${verbatim ? ' =' : ''}`;
}
