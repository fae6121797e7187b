// Stands in for the Kubernetes extension, which a test cannot install: its marketplace is out of reach. The id of its
// view, what its rows are called in `when` clauses, the two parts of its API that others use, the language of templates
// and the keys that it completes there are those of its source.
import * as vscode from 'vscode';

const nodes = [
  { nodeCategory: 'kubernetes-explorer-node', kind: 'service', name: 'web', namespace: 'shop' },
  { nodeCategory: 'kubernetes-explorer-node', kind: 'serviceaccount', name: 'default', namespace: 'shop' },
];

const apis = {
  clusterexplorer: {
    resolveCommandTarget: (target) =>
      target?.nodeCategory === 'kubernetes-explorer-node'
        ? { nodeType: 'resource', metadata: {}, name: target.name, namespace: target.namespace, resourceKind: {} }
        : undefined,
  },
  configuration: {
    getKubeconfigPath: () => ({
      pathType: 'host',
      hostPath: vscode.workspace.getConfiguration('serviceTopology').get('kubeconfig'),
    }),
  },
};

/** Of the chart that the template is a part of. */
async function keysOfValues(document, position) {
  if (!/\.Values\.\w*$/.test(document.lineAt(position).text.slice(0, position.character))) return [];
  const uri = vscode.Uri.joinPath(document.uri, '../../values.yaml');
  const text = (await vscode.workspace.openTextDocument(uri)).getText();
  return [...text.matchAll(/^\w+(?=:)/gm)].map(([key]) => new vscode.CompletionItem(key));
}

export function activate() {
  vscode.languages.registerCompletionItemProvider('helm', { provideCompletionItems: keysOfValues });
  vscode.window.createTreeView('extension.vsKubernetesExplorer', {
    treeDataProvider: {
      getChildren: () => nodes,
      getTreeItem(node) {
        const item = new vscode.TreeItem(`${node.kind} ${node.name}`);
        item.contextValue = `vsKubernetes.resource.${node.kind}`;
        return item;
      },
    },
  });
  return {
    apiVersion: '1.0',
    get: (component) =>
      component in apis ? { available: true, api: apis[component] } : { available: false, reason: 'version-unknown' },
  };
}
