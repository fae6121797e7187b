/** Seeded faults in bases, patches, value files and templates: the finding stands at the line that has to be changed. */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createWorkspace, type Workspace } from '#analysis/workspace';
import { isManifestPath } from '#manifest/index';
import { defaultSettings } from '#model/settings';
import { nodeEngine } from '#render/node';
import { renderToRest } from '#server/renders/at-rest';
import { RenderWork } from '#server/renders/render-work';
import { SourceFiles } from '#server/renders/source-files';
import { root } from '../../support/program';
import { faults, type SeededFault } from './faults';
import { haveEngines } from '../support';

const engine = nodeEngine(join(root, 'dist'));
/** How many of the faults must be told at their line. */
const least = 121;

const kinds = ['overlays', 'chart', 'delivery'] as const;
const texts = { overlays: textsOf('overlays'), chart: textsOf('chart'), delivery: textsOf('delivery') };

function textsOf(kind: SeededFault['workspace']): ReadonlyMap<string, string> {
  const folder = join(import.meta.dirname, kind);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => statSync(join(folder, name)).isFile() && isManifestPath(name));
  return new Map(files.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

async function rendered(kind: SeededFault['workspace'], files: ReadonlyMap<string, string>): Promise<Workspace> {
  const charts = [{ chart: '', name: undefined, valueFiles: ['values-prod.yaml'], set: [], path: [] }];
  const plans = { charts: kind === 'chart' ? charts : [], bases: [], kubernetesVersion: undefined };
  const workspace = createWorkspace({ settings: defaultSettings, roots: [], plans });
  for (const [path, text] of files) workspace.setFile(path, text);
  const reader = { list: () => Promise.resolve([]), read: () => Promise.resolve(undefined) };
  const work = new RenderWork(engine, new SourceFiles(reader), {
    rendered: (plan, result) => {
      workspace.setRendered(plan, result);
    },
  });
  await renderToRest(work, workspace);
  return workspace;
}

/** All that is told, as `FILE:LINE code`. */
function told(workspace: Workspace): string[] {
  return workspace
    .paths()
    .flatMap((path) => [
      ...workspace.problems(path).map(({ code, range }) => `${path}:${range.start.line + 1} ${code}`),
      ...workspace.findings(path).map(({ code, place }) => `${path}:${place.range.start.line + 1} ${code}`),
    ]);
}

function lineOf(text: string, from: string, below: string | undefined): number {
  const lines = text.split('\n');
  const first = below === undefined ? 0 : lines.findIndex((line) => line.includes(below)) + 1;
  const found = lines.findIndex((line, i) => i >= first && line.includes(from));
  if (found < 0) throw new Error(`no line has ${from}`);
  return found + 1;
}

function edited(fault: SeededFault): {
  readonly files: ReadonlyMap<string, string>;
  readonly places: readonly string[];
} {
  const files = new Map(texts[fault.workspace]);
  const text = files.get(fault.file)!;
  const line = lineOf(text, fault.from, fault.below);
  const lines = text.split('\n');
  lines[line - 1] = lines[line - 1]!.replace(fault.from, fault.to);
  files.set(fault.file, lines.join('\n'));
  const others = (fault.or ?? []).map(
    (other) => `${other.file}:${lineOf(texts[fault.workspace].get(other.file)!, other.line, other.below)}`,
  );
  return { files, places: [`${fault.file}:${line}`, ...others] };
}

describe.skipIf(!haveEngines())('seeded faults', () => {
  afterAll(() => {
    engine.dispose();
  });

  it.each(kinds)('are seeded where nothing is wrong: %s', async (kind) => {
    expect(told(await rendered(kind, texts[kind]))).toEqual([]);
  });

  it('are told at the line to change', { timeout: 600_000 }, async () => {
    const missed: string[] = [];
    for (const fault of faults) {
      const { files, places } = edited(fault);
      const found = told(await rendered(fault.workspace, files));
      if (!places.some((place) => found.some((each) => each.startsWith(`${place} `))))
        missed.push(`${fault.workspace} ${places[0]} ${fault.from} → ${fault.to}: ${found.join(', ') || 'nothing'}`);
    }
    const score = faults.length - missed.length;
    process.stdout.write(`${score} of ${faults.length} faults are told at the line to change\n`);
    for (const line of missed) process.stdout.write(`  ${line}\n`);
    expect(score).toBeGreaterThanOrEqual(least);
  });
});
