/** What other extensions tell of the same documents, so that nothing is told twice. */

import * as vscode from 'vscode';

const yamlExtension = 'redhat.vscode-yaml';
/** It gives the schemas of Kubernetes to the extension for YAML. */
const kubernetesExtension = 'ms-kubernetes-tools.vscode-kubernetes-tools';

export interface OthersKnowledge {
  /** Whether another extension tells where a document is no YAML. */
  readonly syntax: boolean;
  /** Whether another extension completes by the schemas of Kubernetes. */
  readonly schemas: boolean;
}

export function othersKnow(): OthersKnowledge {
  if (!vscode.extensions.getExtension(yamlExtension)) return { syntax: false, schemas: false };
  const settings = vscode.workspace.getConfiguration('yaml');
  const named = Object.keys(settings.get<object>('schemas') ?? {}).some((schema) => /kubernetes/i.test(schema));
  return {
    syntax: settings.get('validate', true),
    schemas:
      settings.get('completion', true) && (named || vscode.extensions.getExtension(kubernetesExtension) !== undefined),
  };
}

/** Calls when extensions have come or gone, or are set otherwise, so that they know other things than before. */
export function onOthersChanged(listener: () => void): vscode.Disposable {
  let last = othersKnow();
  const look = () => {
    const now = othersKnow();
    if (now.syntax === last.syntax && now.schemas === last.schemas) return;
    last = now;
    listener();
  };
  return vscode.Disposable.from(
    vscode.extensions.onDidChange(look),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('yaml')) look();
    }),
  );
}
