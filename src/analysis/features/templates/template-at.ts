/** What a position in a chart's files means: a value, in a template or where it is set, or a named template. */

import { contains, type Position, type Range, type Span } from '#base/text';
import { lineIndexOf } from '#manifest/index';
import type { ManifestFile } from '#manifest/types';
import type { Place } from '../../types';
import type { Workspace } from '../../workspace';
import { templateText, type ValueUse } from './actions';
import { chartOf, isTemplatePath, keyAt, placesOfValue, readersOf, templatesAround, templatesOf, type Chart, type ValuePlace } from './chart'; // prettier-ignore

export type TemplateAt =
  /** A value of a chart, by its path below `.Values`; where it is set, that may be one of several charts. */
  | { readonly kind: 'value'; readonly range: Range; readonly in: 'template' | 'values'; readonly read: readonly ChartValue[] } // prettier-ignore
  | { readonly kind: 'helper'; readonly range: Range; readonly chart: Chart; readonly name: string };

export interface ChartValue {
  readonly chart: Chart;
  readonly path: readonly string[];
}

export function templateAt(workspace: Workspace, path: string, position: Position): TemplateAt | undefined {
  const file = workspace.file(path);
  const chart = file && chartOf(workspace, path);
  if (!file || !chart) return undefined;
  return isTemplatePath(chart, path) ? inTemplate(file, chart, position) : inValues(workspace, file, position);
}

function inTemplate(file: ManifestFile, chart: Chart, position: Position): TemplateAt | undefined {
  const lines = lineIndexOf(file);
  const offset = lines.offset(position);
  const covers = (span: Span | undefined) => span !== undefined && span.start <= offset && offset <= span.end;
  const { values, helpers } = templateText(file);
  const helper = helpers.find(({ span }) => covers(span));
  if (helper) return { kind: 'helper', range: lines.range(helper.span), chart, name: helper.name };
  for (const { path, steps } of values) {
    const step = steps.findIndex(covers);
    const span = steps[step];
    if (span) return { kind: 'value', in: 'template', range: lines.range(span), read: [{ chart, path: path.slice(0, step + 1) }] }; // prettier-ignore
  }
  return undefined;
}

function inValues(workspace: Workspace, file: ManifestFile, position: Position): TemplateAt | undefined {
  const path = keyAt(file, lineIndexOf(file).offset(position));
  const read = path ? readersOf(workspace, file.path, path) : [];
  const key = read.flatMap(({ chart, path: own }) => placesOfValue(workspace, chart, own)).find((place) => isAt(place, file, position)); // prettier-ignore
  return key && { kind: 'value', in: 'values', range: key.key.range, read };
}

function isAt({ key }: ValuePlace, file: ManifestFile, position: Position): boolean {
  return key.file === file.path && contains(key.range, position);
}

/** Where the values are set, each place once. */
export function settingsOf(workspace: Workspace, read: readonly ChartValue[]): readonly ValuePlace[] {
  const places = new Map<string, ValuePlace>();
  for (const { chart, path } of read)
    for (const place of placesOfValue(workspace, chart, path)) places.set(idOf(place.key), place);
  return [...places.values()];
}

/**
 * Where templates read one of the values, or a part of it. Where none does, where they read the nearest value around it:
 * `toYaml .Values.resources` reads all that is below.
 */
export function usesOf(workspace: Workspace, read: readonly ChartValue[]): readonly Place[] {
  const places = new Map<string, Place>();
  for (const { chart, path } of read) {
    const templates = path[0] === 'global' ? templatesAround(workspace, chart) : templatesOf(workspace, chart);
    for (const file of templates) for (const place of usesIn(file, path)) places.set(idOf(place), place);
  }
  const shorter = read.filter(({ path }) => path.length > 1).map(({ chart, path }) => ({ chart, path: path.slice(0, -1) })); // prettier-ignore
  return places.size > 0 || shorter.length === 0 ? [...places.values()] : usesOf(workspace, shorter);
}

function usesIn(file: ManifestFile, path: readonly string[]): Place[] {
  return templateText(file).values.flatMap((use) => {
    const span = stepOf(use, path);
    return span ? { file: file.path, range: lineIndexOf(file).range(span) } : [];
  });
}

function stepOf({ path, steps }: ValueUse, wanted: readonly string[]): Span | undefined {
  return wanted.every((step, i) => path[i] === step) ? steps[wanted.length - 1] : undefined;
}

export interface HelperPlace extends Place {
  readonly role: 'definition' | 'reference';
  readonly source: ManifestFile;
}

/** Where a named template is defined and included: one name means one template in the whole release. */
export function helperPlaces(workspace: Workspace, chart: Chart, name: string): readonly HelperPlace[] {
  return templatesAround(workspace, chart).flatMap((source) =>
    templateText(source).helpers.flatMap((use) =>
      use.name === name
        ? { file: source.path, range: lineIndexOf(source).range(use.span), role: use.role, source }
        : [],
    ),
  );
}

function idOf({ file, range }: Place): string {
  return `${file} ${range.start.line}:${range.start.character}`;
}
