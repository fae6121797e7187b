/** `diff PATH --live`: what applying the manifests would change in a cluster, and what is only in one of them. */

import { afterApply, type Applied } from '#analysis/after-apply';
import type { ScopeState } from '#analysis/context';
import { differenceOf } from '#analysis/difference';
import type { FieldChange, ServiceDrift } from '#analysis/drift';
import { observedSettings } from '#analysis/observed-cluster';
import { traceRequest } from '#analysis/trace/trace';
import type { Trace, TraceError } from '#analysis/types';
import { readCluster, watchedKinds, type LiveCluster } from '#live/index';
import { printReference } from '#model/object';
import { sightOf } from '#server/live/sight';
import { fieldLine, listLines } from './difference-text';
import { Failure } from './failure';
import { attempt, givenSettings, knowledgeOf, liveOptions, loadedFrom } from './live';
import { chooseScope, load, type Loaded, type LoadFlags } from './load';
import { print, printValue, styleOf, type Format, type Style } from './output';
import { traceRequestOf } from './requests';

export interface DiffFlags extends LoadFlags {
  readonly from?: string;
  readonly to?: string;
  readonly port?: string;
  readonly protocol?: string;
  /** The scope that `--scope` is compared with. */
  readonly against?: string;
  readonly request?: readonly string[];
  /** The node whose rules are printed as they differ. */
  readonly rules?: string;
  readonly output: Format;
}

/** What `-o json` prints. */
interface PrintedDifference {
  readonly context: string;
  readonly onlyInFiles: readonly string[];
  readonly onlyInCluster: readonly string[];
  readonly services: readonly ServiceDrift[];
  readonly others: readonly { readonly object: string; readonly fields: readonly FieldChange[] }[];
  readonly refused: readonly { readonly object: string; readonly message: string }[];
  readonly trace: { readonly now: Trace | TraceError; readonly afterApply: Trace | TraceError } | undefined;
}

/** The exit status: 1 where there is a difference. */
export async function diff(path: string, flags: DiffFlags): Promise<0 | 1> {
  if ((flags.from === undefined) !== (flags.to === undefined)) throw new Failure('--from and --to go together');
  const files = await load(path, flags);
  const scope = chooseScope(files, flags);
  const began = performance.now();
  const cluster = await attempt(() => readCluster(liveOptions(flags)));
  const given = await givenSettings(flags);
  const now = loadedFrom(cluster, given, began);
  const knowledge = knowledgeOf(cluster);
  for (const warning of [...files.warnings, ...now.warnings]) process.stderr.write(`service-topology: ${warning}\n`);
  const live = liveScope(now);
  const applied = afterApply(live.simulation.controlPlane, scope.simulation.controlPlane.objects(), {
    settings: observedSettings(given, cluster.version, [...cluster.objects()]),
    namespace: flags.namespace?.[0] ?? cluster.defaultNamespace,
    knowledge,
  });
  const difference = printed(cluster, now, live, applied, flags);
  if (flags.output === 'text') print(asText(difference, path, styleOf(process.stdout)));
  else printValue(difference, flags.output);
  return isNothing(difference) ? 0 : 1;
}

function liveScope(loaded: Loaded): ScopeState {
  const state = loaded.workspace.scopes[0];
  if (!state) throw new Failure('nothing of the cluster may be read');
  return state;
}

function printed(
  cluster: LiveCluster,
  now: Loaded,
  live: ScopeState,
  applied: Applied,
  flags: DiffFlags,
): PrintedDifference {
  const sight = sightOf(cluster, watchedKinds);
  const difference = differenceOf(live.simulation.controlPlane, applied, sight);
  const request = flags.from === undefined ? undefined : traceRequestOf({ from: flags.from, to: flags.to, port: flags.port, protocol: flags.protocol }); // prettier-ignore
  return {
    context: cluster.context,
    onlyInFiles: difference.onlyInFiles.map(printReference),
    onlyInCluster: difference.onlyInCluster.map(printReference),
    services: difference.services,
    others: difference.others.map(({ object, fields }) => ({ object: printReference(object), fields })),
    refused: difference.refused.map(({ object, message }) => ({ object: printReference(object), message })),
    trace: request && {
      now: traceRequest(request, now.workspace, live),
      afterApply: traceRequest(request, applied.workspace, applied.workspace.scopes[0]!),
    },
  };
}

function isNothing(difference: PrintedDifference): boolean {
  const { onlyInFiles, onlyInCluster, services, others, refused, trace } = difference;
  const sameTrace = trace === undefined || verdictOf(trace.now) === verdictOf(trace.afterApply);
  const count = onlyInFiles.length + onlyInCluster.length + services.length + others.length + refused.length;
  return count === 0 && sameTrace;
}

function verdictOf(trace: Trace | TraceError): string {
  return 'error' in trace ? trace.error : trace.verdict;
}

function asText(difference: PrintedDifference, path: string, style: Style): string {
  const { context, onlyInFiles, onlyInCluster, services, others, refused, trace } = difference;
  if (isNothing(difference) && !trace) return `${path} and ${context} do not differ.`;
  const lines = [style.bold(`${path} → ${context}`)];
  for (const { object, message } of refused) lines.push('', ` ${style.red('refused')}  ${object}`, `   ${message}`);
  for (const service of services) lines.push('', ...serviceLines(service, style));
  for (const { object, fields } of others)
    lines.push('', ` ${style.bold(object)} would be changed`, ...fields.map(fieldLine));
  lines.push(...listLines('only in the files', onlyInFiles), ...listLines('only in the cluster', onlyInCluster));
  if (trace) {
    lines.push(
      '',
      ` now:          ${verdictOf(trace.now)}`,
      ` after apply:  ${verdictOf(trace.afterApply)}`,
      ...('error' in trace.afterApply ? [] : endLines(trace.afterApply)),
    );
  }
  return lines.join('\n');
}

/** Of a Service that comes or goes; the rest is as by default, or as the file has it. */
const telling = new Set(['spec.type', 'spec.clusterIPs', 'spec.ports', 'spec.selector', 'spec.externalName']);

function serviceLines({ service, change, fields, endpointsAdded, endpointsRemoved }: ServiceDrift, style: Style) {
  return [
    ` Service ${style.bold(service)} would be ${change}`,
    ...fields.filter(({ field }) => change === 'changed' || telling.has(field)).map(fieldLine),
    ...endpointsRemoved.map((text) => `   ${style.red(`- endpoint ${text}`)}`),
    ...endpointsAdded.map((text) => `   ${style.green(`+ endpoint ${text}`)}`),
  ]; // prettier-ignore
}

/** Where the request ends then, where that is no delivery. */
function endLines({ outcomes }: Trace): readonly string[] {
  return outcomes.flatMap((outcome) => ('reason' in outcome ? [`               ${outcome.reason}`] : []));
}
