/** The pages that explain the findings, taken apart: sections, and examples that can be run. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createWorkspace } from '#analysis/workspace';
import { runReachability } from '#analysis/reachability/run';
import { knownCodes } from '#analysis/control/codes';
import { readManifest, readSettingsFile } from '#manifest/index';
import { defaultPlanSettings } from '#manifest/plans/index';
import type { KubernetesObject } from '#model/object';
import { defaultSettings } from '#model/settings';
import { root } from './program';

const folder = join(root, 'docs/rules');
const settingsPath = '.service-topology.yaml';

export interface RulePage {
  readonly code: string;
  readonly text: string;
  /** What stands before the first heading. */
  readonly summary: string;
  readonly sections: ReadonlyMap<string, string>;
}

/** The codes that have a page. */
export function pageCodes(): readonly string[] {
  return readdirSync(folder).filter((name) => name !== 'README.md').map((name) => name.replace(/\.md$/, '')).sort(); // prettier-ignore
}

export function readPage(code: string): RulePage {
  const text = readFileSync(join(folder, `${code}.md`), 'utf8');
  const [head = '', ...rest] = text.split(/^## /m);
  const sections = rest.map((section): [string, string] => {
    const end = section.indexOf('\n');
    return [section.slice(0, end), section.slice(end).trim()];
  });
  return { code, text, summary: head.replace(/^# .*\n/, '').trim(), sections: new Map(sections) };
}

/** The files of a section: a block of YAML may say its name in its first line. */
export function filesOf(section: string): ReadonlyMap<string, string> {
  const blocks = [...section.matchAll(/^```yaml\n(.*?)^```$/gms)].map((match) => match[1]!);
  return new Map(blocks.map((text) => [/^# (\S+\.yaml)\n/.exec(text)?.[1] ?? 'example.yaml', text]));
}

/** The faulty files with what the fix changes: its documents take the place of those of the same kind and name. */
export function mended(
  example: ReadonlyMap<string, string>,
  fix: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  // prettier-ignore
  const files = new Map(example);
  for (const [path, text] of fix) files.set(path, isWhole(path, text) ? text : replaced(files.get(path) ?? '', text));
  return files;
}

function isWhole(path: string, text: string): boolean {
  return path !== 'example.yaml' || text.startsWith('# all of it\n');
}

function replaced(text: string, changes: string): string {
  const changed = changes.split(/^---\n/m);
  const names = new Set(changed.map(nameOf));
  const kept = text.split(/^---\n/m).filter((document) => !names.has(nameOf(document)));
  return [...kept, ...changed].join('---\n');
}

function nameOf(document: string): string {
  const field = (name: string) => new RegExp(`^ {0,2}${name}: (.*)$`, 'm').exec(document)?.[1] ?? '';
  return `${field('kind')} ${field('namespace')} ${field('name')}`;
}

/** All that is said about the files, as `SEVERITY CODE`. */
export function saidAbout(files: ReadonlyMap<string, string>, seen: 'in files' | 'in a cluster'): readonly string[] {
  const settings = files.get(settingsPath);
  const read = readSettingsFile(settings ?? '', knownCodes);
  if (settings !== undefined && files.size === 1)
    return read.problems.map(({ severity, code }) => `${severity} ${code}`);
  const isFolder = files.has('kustomization.yaml') || [...files.keys()].some((path) => path.includes('/'));
  const { charts = [], bases = [] } = read.settings;
  const workspace = createWorkspace({
    settings: defaultSettings,
    roots: [],
    rules: read.settings.rules ?? {},
    plans: { ...defaultPlanSettings, charts, bases },
    ...(!isFolder && { single: 'example' }),
  });
  if (seen === 'in a cluster') {
    const added = [...files].flatMap(([path, text]) => observed(path, text));
    workspace.setObserved({ removed: [], added }, { incomplete: [], notes: [] });
  } else for (const [path, text] of files) if (path !== settingsPath) workspace.setFile(path, text);
  workspace.update();
  const tests = [...files.keys()].flatMap((path) => {
    const file = workspace.file(path);
    return file && path.endsWith('.reachability.yaml') ? runReachability(file, workspace).tests.flatMap(({ finding }) => finding ?? []) : []; // prettier-ignore
  });
  return workspace
    .paths()
    .flatMap((path) => [
      ...workspace.problems(path).map(({ severity, code }) => `${severity} ${code}`),
      ...[...workspace.findings(path), ...tests].map(({ severity, code }) => `${severity} ${code}`),
      ...workspace.unknowns(path).map(() => 'hint cannot-know'),
    ]);
}

/** The objects of a file as a cluster would hand them out. */
function observed(path: string, text: string): readonly KubernetesObject[] {
  return readManifest(path, text)
    .documents.flatMap(({ content }) => (content.kind === 'objects' ? content.objects : []))
    .map((object) => ({
      ...object,
      origin: { kind: 'cluster', context: 'example', resourceVersion: '1', file: `${object.kind}/${object.name}.yaml`, document: 0, path: [] },
    })); // prettier-ignore
}
