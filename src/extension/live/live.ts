/** The commands and views of a live cluster, put before the user. */

import * as vscode from 'vscode';
import type { Server } from '../client';
import type { MapOptions } from '../panels/map-panel';
import type { TraceTarget } from '../trace-command';
import type { Cluster } from './cluster';
import { provideClusterDocuments } from './cluster-documents';
import { provideDriftDocuments } from './drift-documents';
import type { DriftRow } from './drift-rows';
import { openDriftCommand, type DriftView } from './drift-view';
import { DryRun } from './dry-run';
import { serviceOfNode, type ServiceInCluster } from './kubernetes-extension';
import { provideLivenessLenses } from './liveness-lenses';
import { compareRulesAfterApply, type Compared } from './rules-after-apply';

/** What the rest of the extension lends. */
export interface LiveHost {
  readonly server: Server;
  readonly cluster: Cluster;
  readonly drift: DriftView;
  /** Registers a command of the manifest; what it throws is told. */
  readonly command: (name: string, run: (argument: unknown) => unknown) => vscode.Disposable;
  /** Runs a step and tells in words what it throws. */
  readonly guarded: (run: () => unknown) => Promise<void>;
  readonly trace: (target: TraceTarget) => Promise<void>;
  readonly showMap: (options: MapOptions) => void;
}

export function provideLive(host: LiveHost): vscode.Disposable {
  const { server, cluster, drift, command, guarded, trace, showMap } = host;
  const dryRun = new DryRun(server, cluster);
  const withCompared = async (run: (compared: Compared) => Promise<void>) => {
    const compared = await drift.compared();
    if (compared) await run(compared);
    else if (cluster.status.known) await drift.chooseScope();
    else await cluster.connect();
  };
  const ofTree = async (node: unknown, run: (service: ServiceInCluster) => unknown) => {
    const service = await serviceOfNode(node, server, cluster);
    if (service) await run(service);
  };
  return vscode.Disposable.from(
    dryRun,
    drift,
    provideClusterDocuments(server),
    provideDriftDocuments(server),
    provideLivenessLenses(cluster),
    command('connect', () => cluster.connect()),
    command('disconnect', () => cluster.disconnect()),
    command('reconnect', () => cluster.reconnect()),
    command('tryNow', () => cluster.tryNow()),
    command('chooseNamespaces', () => cluster.chooseNamespaces()),
    command('dryRun', () => withCompared(({ scope }) => dryRun.run(scope))),
    command('traceServiceOfTree', (node) => ofTree(node, ({ scope, service }) => trace({ scope, service }))),
    command('showServiceOfTree', (node) => ofTree(node, ({ scope, row }) => showMap({ scope, focus: row?.place }))),
    command('chooseDriftScope', () => drift.chooseScope()),
    command('compareRulesAfterApply', () => withCompared((compared) => compareRulesAfterApply(server, compared))),
    command('traceAfterApply', (row) =>
      withCompared(({ after }) => trace({ scope: after, service: (row as DriftRow | undefined)?.service })),
    ),
    vscode.commands.registerCommand(openDriftCommand, (row: DriftRow) => guarded(() => drift.open(row))),
  );
}
