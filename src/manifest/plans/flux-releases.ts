/** Flux' HelmReleases: the charts of this repository that they install, and with which values. */

import { valueAt, type JsonObject, type JsonValue } from '#base/json';
import { listAt, nested, objectAt, placeIn, textAt, type Asking, type Finds } from './asking';
import { chartDraft, valueFileOf } from './charts';
import type { Chart, PlanContext } from './context';
import { configMapOf, type FluxContext, type FluxSource } from './flux-sources';
import { topsFor, whereaboutsOf, type NamedFolder } from './repository';

/** What a HelmRelease says about its chart: in place, or in a HelmChart of its own. */
interface ChartReference {
  readonly asking: Asking;
  readonly spec: JsonObject;
  /** Where that stands in the object. */
  readonly path: readonly string[];
  readonly source: FluxSource;
}

export function isHelmRelease({ object }: Asking): boolean {
  return object.group === 'helm.toolkit.fluxcd.io' && object.kind === 'HelmRelease';
}

/** The folder of a HelmRelease's chart; undefined where that is none of a repository. */
export function folderOfRelease(asking: Asking, flux: FluxContext): NamedFolder | undefined {
  const chart = isHelmRelease(asking) ? chartOf(asking, flux) : undefined;
  return chart && namedFolder(chart);
}

function namedFolder({ asking, spec, source }: ChartReference): NamedFolder | undefined {
  const path = textAt(spec, ['chart']);
  if (path === undefined || source.kind === 'other') return undefined;
  return { url: source.url, path, file: asking.file };
}

function chartOf(asking: Asking, flux: FluxContext): ChartReference | undefined {
  const inPlace = objectAt(asking.object.body, ['spec', 'chart', 'spec']);
  if (inPlace) {
    const source = flux.source(asking, objectAt(inPlace, ['sourceRef']));
    return { asking, spec: inPlace, path: ['spec', 'chart', 'spec'], source };
  }
  const reference = objectAt(asking.object.body, ['spec', 'chartRef']);
  const chart = textAt(reference, ['kind']) === 'HelmChart' ? flux.chart(asking, reference!) : undefined;
  const spec = objectAt(chart?.object.body, ['spec']);
  if (!chart || !spec) return undefined;
  return { asking: chart, spec, path: ['spec'], source: flux.source(chart, objectAt(spec, ['sourceRef'])) };
}

/** Adds the plan of a HelmRelease. */
export function planRelease(
  asking: Asking,
  flux: FluxContext,
  here: ReadonlySet<string>,
  context: PlanContext,
  finds: Finds,
): void {
  if (!isHelmRelease(asking)) return;
  const reference = chartOf(asking, flux);
  const named = reference && namedFolder(reference);
  if (!reference || !named) {
    finds.unavailable(whatIsNotHere(asking, reference), placeIn(asking, reference?.path ?? ['spec', 'chartRef']));
    return;
  }
  const place = placeIn(reference.asking, [...reference.path, 'chart']);
  const where = whereaboutsOf(named, here, context);
  if (where.kind === 'elsewhere') finds.unavailable(where.what, place);
  else if (where.kind === 'missing') finds.missing('render-path-missing', where.message, place);
  else {
    const chart = context.charts.get(where.folder);
    if (chart) addRelease(asking, reference, chart, where.note, context, finds);
    else finds.missing('render-path-missing', `${named.path} holds no Chart.yaml; no chart is rendered from it`, place);
  }
}

function whatIsNotHere({ object }: Asking, reference: ChartReference | undefined): string {
  const name = textAt(reference?.spec, ['chart']);
  if (reference?.source.kind === 'other') return `the chart ${name ?? ''} of ${reference.source.what} is not available here`;
  const chartRef = objectAt(object.body, ['spec', 'chartRef']);
  return `the ${textAt(chartRef, ['kind']) ?? 'chart'} ${textAt(chartRef, ['name']) ?? ''} is not available here`;
} // prettier-ignore

function addRelease(
  asking: Asking,
  reference: ChartReference,
  chart: Chart,
  note: string | undefined,
  context: PlanContext,
  finds: Finds,
): void {
  const { object } = asking;
  const target = textAt(object.body, ['spec', 'targetNamespace']);
  const unavailable: string[] = [];
  if (listAt(object.body, ['spec', 'postRenderers']).length > 0) unavailable.push('the postRenderers are not run here');
  const values = inlineValues(asking, context, unavailable);
  const draft = chartDraft(
    chart,
    {
      id: `flux:${asking.file}#${object.namespace}/${object.name}`,
      asker: `HelmRelease ${object.name}`,
      qualified: `HelmRelease ${object.namespace}/${object.name}`,
      askedBy: placeIn(asking, reference.asking === asking ? [...reference.path, 'chart'] : ['spec', 'chartRef']),
      // Models helm-controller api/v2 HelmRelease GetReleaseName.
      release: textAt(object.body, ['spec', 'releaseName']) ?? (target === undefined ? object.name : `${target}-${object.name}`), // prettier-ignore
      namespace: target ?? namespaceOf(asking, context),
      valueFiles: valueFilesOf(reference, chart, context, finds, unavailable),
      inlineValues: values.texts,
      includeCrds: textAt(object.body, ['spec', 'install', 'crds']) !== 'Skip',
      unavailable,
      notes: note === undefined ? [] : [note],
    },
    context,
  );
  finds.drafts.push({ ...draft, reads: [...new Set([...draft.reads, ...values.files])].sort() });
}

/** A namespace that is not written may come from the kustomization that takes the file in. */
function namespaceOf({ object, file }: Asking, { kustomizations }: PlanContext): string {
  if (object.namespaceGiven) return object.namespace;
  for (const { files, namespace } of kustomizations.values()) if (namespace !== undefined && files.includes(file)) return namespace; // prettier-ignore
  return object.namespace;
}

/** They stand in place of the chart's own values, and are named from the top of the source. */
function valueFilesOf(
  { asking, spec, path }: ChartReference,
  chart: Chart,
  context: PlanContext,
  finds: Finds,
  unavailable: string[],
): readonly string[] {
  const written = listAt(spec, ['valuesFiles']);
  if (written.length === 0) return [];
  const roots = topsFor(asking.file).toReversed();
  const found = written.flatMap((entry, index) => {
    if (typeof entry !== 'string') return [];
    const file = valueFileOf(entry.replace(/^\/+/, ''), roots, context);
    if ('path' in file) return [file.path];
    if (spec['ignoreMissingValuesFiles'] !== true)
      finds.missing('value-file-missing', file.missing, placeIn(asking, [...path, 'valuesFiles', index]));
    return [];
  });
  const own = `${chart.folder === '' ? '' : `${chart.folder}/`}values.yaml`;
  // Merging a file over itself changes nothing: one that begins with the chart's own values is exact.
  if (found[0] === own) return found.slice(1);
  if (context.files.has(own)) unavailable.push("the chart's own values.yaml counts here too, which Flux leaves out when valuesFiles are given"); // prettier-ignore
  return found;
}

/** Models fluxcd/pkg chartutil ChartValuesFromReferences: the references in their order, then the values in place. */
function inlineValues(asking: Asking, context: PlanContext, unavailable: string[]) {
  const texts: string[] = [];
  const files: string[] = [];
  for (const reference of listAt(asking.object.body, ['spec', 'valuesFrom'])) {
    const [kind, name] = [textAt(reference, ['kind']) ?? '', textAt(reference, ['name']) ?? ''];
    const key = textAt(reference, ['valuesKey']) ?? 'values.yaml';
    const map = kind === 'ConfigMap' ? configMapOf(asking, name, context) : undefined;
    const text = map ? valueAt(map.data, [key]) : undefined;
    const target = textAt(reference, ['targetPath']);
    if (map && typeof text === 'string') {
      const added = target === undefined ? text : atTarget(target, text);
      if (added === undefined) unavailable.push(`the value of the ConfigMap ${name} at ${target ?? ''} is not set here`);
      else texts.push(added);
      files.push(map.file);
    } else if (kind === 'Secret' || valueAt(reference, ['optional']) !== true)
      unavailable.push(`the values of the ${kind} ${name}${key === 'values.yaml' ? '' : ` (${key})`} are not available here`); // prettier-ignore
  }
  const own = objectAt(asking.object.body, ['spec', 'values']);
  return { texts: own ? [...texts, JSON.stringify(own)] : texts, files };
}

/** Models helm's strvals: what looks like a number or a switch is one, unless it is quoted. */
function atTarget(target: string, text: string): string | undefined {
  const quoted = /^(['"])(.*)\1$/s.exec(text);
  const typed: JsonValue =
    quoted ? quoted[2]!
    : /^(?:true|false|null)$/.test(text) || /^(?:0|-?[1-9]\d*)$/.test(text) ? (JSON.parse(text) as JsonValue)
    : text; // prettier-ignore
  const value = nested(target, typed);
  return value && JSON.stringify(value);
}
