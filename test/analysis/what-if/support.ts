/** A scope in which things happen, and what comes of it as lines that a test can read. */

import type { ScopeState } from '#analysis/context';
import type { TraceRequest } from '#analysis/types';
import { parseStep } from '#analysis/what-if/grammar';
import { reportsOf, type MomentReport } from '#analysis/what-if/report';
import { timelineOf, type Timeline } from '#analysis/what-if/timeline';
import type { Step } from '#analysis/what-if/types';
import { createWorkspace, type Workspace } from '#analysis/workspace';
import { defaultSettings, type ClusterSettings } from '#model/settings';

export interface Scene {
  readonly workspace: Workspace;
  readonly state: ScopeState;
}

export function sceneOf(text: string, settings: ClusterSettings = defaultSettings): Scene {
  const workspace = createWorkspace({ settings, roots: [], single: 'cluster' });
  workspace.setFile('cluster.yaml', text);
  workspace.update();
  return { workspace, state: workspace.scopes[0]! };
}

export function stepsOf(texts: readonly string[]): readonly Step[] {
  return texts.map((text) => {
    const step = parseStep(text);
    if ('error' in step) throw new Error(step.error);
    return step;
  });
}

export interface Told {
  readonly timeline: Timeline;
  readonly reports: readonly MomentReport[];
}

export function tell(scene: Scene, texts: readonly string[], requests: readonly TraceRequest[] = []): Told {
  const timeline = timelineOf(scene.state, stepsOf(texts));
  const context = scene.workspace.context(scene.state);
  return { timeline, reports: reportsOf(scene.state, timeline, { requests, context, nodes: 3 }) };
}

/** The time line as people read it. */
export function linesOf({ timeline, reports }: Told): readonly string[] {
  const lines = reports.flatMap((report) => [
    `${report.index} ${report.title}${report.when === '' ? '' : ` (${report.when})`}`,
    ...report.events.map(({ by, text }) => `    ${by}: ${text}`),
    ...report.pods.map(({ name, before, after }) => `  pod ${name}: ${before?.text ?? '-'} → ${after?.text ?? '-'}${after ? ` [${after.node ?? ''} ${after.address ?? ''}]` : ''}`),
    ...report.nodes.map(({ name, before, after }) => `  node ${name}: ${before ?? '-'} → ${after ?? '-'}`),
    ...report.services.flatMap(({ service, ready, fallsBack, endpoints }) => [
      `  Service ${service}: ${ready} ready${fallsBack ? ', falls back to terminating ones' : ''}`,
      ...endpoints.map(({ pod, address, before, after }) => `    ${pod ?? address}: ${words(before)} → ${words(after)}`),
    ]),
    ...report.rules.map(({ node, family, added, removed }) => `  rules ${node} ${family}: +${added} -${removed}`),
    ...report.requests.map(({ request, verdict, changed, ends }) => `  ${request.from} → ${request.to}: ${verdict}${changed ? ' (changed)' : ''} ${ends.map(({ text }) => text).join('; ')}`),
  ]);
  return timeline.error ? [...lines, `error at step ${timeline.error.step}: ${timeline.error.error}`] : lines;
} // prettier-ignore

function words(state: { ready: boolean; serving: boolean; terminating: boolean } | undefined): string {
  if (!state) return '-';
  const all = [state.ready && 'ready', state.serving && 'serving', state.terminating && 'terminating'];
  return all.filter(Boolean).join('+') || 'none';
}
