/**
 * Above documents that show a cluster (a node's rules, an object): since when they are not live, while they are not. Their
 * text itself stays as it is, line by line, since breakpoints and places lead into it.
 */

import * as vscode from 'vscode';
import { clusterScheme } from '#protocol/live';
import { parseRulesUri, rulesScheme } from '../rules-uri';
import type { Cluster } from './cluster';
import { describeStatus, livenessOf } from './words';

export function provideLivenessLenses(cluster: Cluster): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const provider: vscode.CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    provideCodeLenses({ uri }) {
      const scope = uri.scheme === clusterScheme ? cluster.status.scope : parseRulesUri(uri)?.scope;
      if (scope === undefined || livenessOf(scope, cluster.status) === '') return [];
      const { text, tooltip } = describeStatus(cluster.status);
      const title = `$(debug-disconnect) ${cluster.status.context}: ${text}`;
      return [new vscode.CodeLens(top, { title, tooltip, command: 'serviceTopology.tryNow' })];
    },
  };
  // Of the lenses above one line those of the youngest provider come first, where no narrow editor cuts them off.
  let registered: vscode.Disposable | undefined;
  const follow = () => {
    if (cluster.status.scope === '' || cluster.status.state === 'live') {
      registered?.dispose();
      registered = undefined;
      return;
    }
    registered ??= vscode.languages.registerCodeLensProvider([{ scheme: rulesScheme }, { scheme: clusterScheme }], provider); // prettier-ignore
    changed.fire();
  };
  follow();
  return vscode.Disposable.from(changed, cluster.onChanged(follow), new vscode.Disposable(() => registered?.dispose()));
}

const top = new vscode.Range(0, 0, 0, 0);
