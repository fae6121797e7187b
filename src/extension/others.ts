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
  /** What another extension tells of Helm templates: keys of values, names of templates too, or all that we do. */
  readonly templates: 'nothing' | 'values' | 'names' | 'everything';
}

/** The extensions that complete in Helm templates, by how much they tell; as their sources have it. */
const templateExtensions = [
  ['helm-ls.helm-ls', 'everything'],
  ['Tim-Koehler.helm-intellisense', 'names'],
  [kubernetesExtension, 'values'],
] as const;

export function othersKnow(): OthersKnowledge {
  const helm = templateExtensions.find(([id]) => vscode.extensions.getExtension(id));
  return { ...ofYaml(), templates: helm?.[1] ?? 'nothing' };
}

function ofYaml(): Pick<OthersKnowledge, 'syntax' | 'schemas'> {
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
    if (now.syntax === last.syntax && now.schemas === last.schemas && now.templates === last.templates) return;
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
