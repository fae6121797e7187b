/** A chart as files: its templates, its values files, and those of the charts around it that count for it as well. */

import { isJsonObject } from '#base/json';
import { compareStrings } from '#base/compare';
import { lineIndexOf, placedDocument, type PlacedNode } from '#manifest/index';
import type { ManifestFile } from '#manifest/types';
import type { Place } from '../../types';
import type { Workspace } from '../../workspace';

export interface Chart {
  /** '' for the workspace's root. */
  readonly folder: string;
}

/** The chart that a file is a part of; undefined for others. */
export function chartOf(workspace: Workspace, path: string): Chart | undefined {
  for (let folder = parentOf(path); folder !== undefined; folder = parentOf(folder))
    if (workspace.file(below(folder, 'Chart.yaml'))) return { folder };
  return undefined;
}

function parentOf(path: string): string | undefined {
  if (path === '') return undefined;
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function below(folder: string, path: string): string {
  return folder === '' ? path : `${folder}/${path}`;
}

export function isTemplatePath({ folder }: Chart, path: string): boolean {
  return path.startsWith(below(folder, 'templates/'));
}

/** The templates that are rendered together with those of the chart: its own, those of its charts, and of charts around it. */
export function templatesAround(workspace: Workspace, chart: Chart): readonly ManifestFile[] {
  let outermost = chart;
  for (let outer = outerChart(workspace, chart); outer; outer = outerChart(workspace, outer)) outermost = outer;
  return filesBelow(workspace, outermost, (path) => /^(?:charts\/[^/]+\/)*templates\//.test(path));
}

export function templatesOf(workspace: Workspace, chart: Chart): readonly ManifestFile[] {
  return filesBelow(workspace, chart, (path) => path.startsWith('templates/'));
}

function filesBelow(workspace: Workspace, { folder }: Chart, isMeant: (path: string) => boolean): ManifestFile[] {
  const start = below(folder, '');
  const found: ManifestFile[] = [];
  for (const file of workspace.files())
    if (file.path.startsWith(start) && isMeant(file.path.slice(start.length))) found.push(file);
  return found.sort((a, b) => compareStrings(a.path, b.path));
}

/** The chart that holds this one in its `charts` folder. */
function outerChart(workspace: Workspace, { folder }: Chart): Chart | undefined {
  const found = /^(?:(.*)\/)?charts\/[^/]+$/.exec(folder);
  const outer = found?.[1] ?? '';
  return found && workspace.file(below(outer, 'Chart.yaml')) ? { folder: outer } : undefined;
}

/** A file of values, and where those of the chart stand in it. */
export interface ValuesFile {
  readonly file: ManifestFile;
  /** Keys that lead to the chart's own values: those of a chart around it are below the chart's name. */
  readonly prefix: readonly string[];
}

/** `values.yaml` first, then the chart's other values files, then those of the charts around it. */
export function valuesFiles(workspace: Workspace, chart: Chart): readonly ValuesFile[] {
  const own = filesBelow(workspace, chart, isValuesName).map((file) => ({ file, prefix: [] as readonly string[] }));
  own.sort((a, b) => rank(a.file.path) - rank(b.file.path) || compareStrings(a.file.path, b.file.path));
  const outer = outerChart(workspace, chart);
  if (!outer) return own;
  const name = nameWithin(workspace, chart, outer);
  return [...own, ...valuesFiles(workspace, outer).map(({ file, prefix }) => ({ file, prefix: [...prefix, name] }))];
}

function isValuesName(path: string): boolean {
  return !path.includes('/') && /^(?:.*[.-])?values(?:[.-].*)?\.ya?ml$/.test(path);
}

function rank(path: string): number {
  return /(?:^|\/)values\.ya?ml$/.test(path) ? 0 : 1;
}

/** What the chart around it calls it: an alias, else its name, else its folder. */
function nameWithin(workspace: Workspace, chart: Chart, outer: Chart): string {
  const folder = chart.folder.slice(chart.folder.lastIndexOf('/') + 1);
  const own = chartValue(workspace, chart)?.['name'];
  const name = typeof own === 'string' ? own : folder;
  const dependencies = chartValue(workspace, outer)?.['dependencies'];
  for (const each of Array.isArray(dependencies) ? dependencies : [])
    if (isJsonObject(each) && each['name'] === name && typeof each['alias'] === 'string') return each['alias'];
  return name;
}

function chartValue(workspace: Workspace, { folder }: Chart) {
  const content = workspace.file(below(folder, 'Chart.yaml'))?.documents[0]?.content;
  return content?.kind === 'chart' && isJsonObject(content.value) ? content.value : undefined;
}

/** Where a value is set. */
export interface ValuePlace {
  /** Of the key. */
  readonly key: Place;
  readonly node: PlacedNode;
  readonly file: ManifestFile;
}

/** The path of a value as a values file has it: `global` is that of the outermost chart. */
function pathIn({ prefix }: ValuesFile, path: readonly string[]): readonly string[] {
  return path[0] === 'global' ? path : [...prefix, ...path];
}

export function placesOfValue(workspace: Workspace, chart: Chart, path: readonly string[]): readonly ValuePlace[] {
  return valuesFiles(workspace, chart).flatMap((values) => placeIn(values.file, pathIn(values, path)) ?? []);
}

function placeIn(file: ManifestFile, path: readonly string[]): ValuePlace | undefined {
  let node = placedDocument(file, 0);
  let key: Place | undefined;
  for (const step of path) {
    const entry = node?.kind === 'mapping' ? node.entries.findLast((each) => each.key === step) : undefined;
    if (!entry) return undefined;
    node = entry.value;
    key = { file: file.path, range: lineIndexOf(file).range({ start: entry.keyStart, end: entry.keyEnd }) };
  }
  return node && key && { key, node, file };
}

/** The keys below a value, each once, with the first place that has it. */
export function keysBelow(
  workspace: Workspace,
  chart: Chart,
  path: readonly string[],
): ReadonlyMap<string, { readonly file: ManifestFile; readonly node: PlacedNode; readonly line: number }> {
  const keys = new Map<string, { file: ManifestFile; node: PlacedNode; line: number }>();
  for (const values of valuesFiles(workspace, chart)) {
    const full = pathIn(values, path);
    const node = full.length === 0 ? placedDocument(values.file, 0) : placeIn(values.file, full)?.node;
    if (node?.kind !== 'mapping') continue;
    for (const { key, keyStart, value } of node.entries)
      if (!keys.has(key)) keys.set(key, { file: values.file, node: value, line: lineIndexOf(values.file).position(keyStart).line }); // prettier-ignore
  }
  return keys;
}

/** The path below `.Values` of the key at an offset of a values file; undefined outside of keys. */
export function keyAt(file: ManifestFile, offset: number): readonly string[] | undefined {
  const path: string[] = [];
  let node = placedDocument(file, 0);
  while (node?.kind === 'mapping') {
    const entry = node.entries.find(({ keyStart, value }) => keyStart <= offset && offset <= value.end);
    if (!entry) return undefined;
    path.push(entry.key);
    if (offset <= entry.keyEnd) return path;
    node = entry.value;
  }
  return undefined;
}

/** The charts whose templates read a values file of this one, each with the path of a value as they know it. */
export function readersOf(
  workspace: Workspace,
  path: string,
  value: readonly string[],
): readonly { readonly chart: Chart; readonly path: readonly string[] }[] {
  const chart = chartOf(workspace, path);
  if (!chart) return [];
  const readers: { chart: Chart; path: readonly string[] }[] = [];
  const charts = filesBelow(workspace, chart, (each) => /^(?:charts\/[^/]+\/)*Chart\.yaml$/.test(each));
  for (const { path: chartPath } of charts) {
    const reader: Chart = { folder: parentOf(chartPath) ?? '' };
    const own = valuesFiles(workspace, reader).find(({ file }) => file.path === path);
    if (!own) continue;
    const isBelow = value[0] === 'global' || own.prefix.every((step, i) => value[i] === step);
    if (isBelow) readers.push({ chart: reader, path: value[0] === 'global' ? value : value.slice(own.prefix.length) });
  }
  return readers;
}
