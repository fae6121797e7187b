/** The Services view, row by row. */

import { describe, expect, it } from 'vitest';
import { treeChildren, treePath } from '#analysis/tree/tree';
import type { TreeItem } from '#analysis/types';
import { createWorkspace, type Workspace } from '#analysis/workspace';
import { defaultSettings } from '#model/settings';

const deployment = (name: string, label: string) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: ${label}}}
  template:
    metadata: {labels: {app: ${label}}}
    spec: {containers: [{name: c, image: registry.example/${name}:1, ports: [{name: http, containerPort: 8080}]}]}
`;
const service = (name: string, label: string, namespace = 'shop') => `apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  selector: {app: ${label}}
  ports: [{name: http, port: 80, targetPort: http}]
`;

function workspaceOf(files: Readonly<Record<string, string>>): Workspace {
  const workspace = createWorkspace({ settings: defaultSettings, roots: [] });
  for (const [path, text] of Object.entries(files)) workspace.setFile(path, text);
  workspace.update();
  return workspace;
}

function outline(workspace: Workspace, parent?: string, depth = 0): string[] {
  return treeChildren(workspace, parent).flatMap((item) => [
    `${'  '.repeat(depth)}${[item.label, item.description].filter(Boolean).join(' | ')}${item.severity ? ` !${item.severity}` : ''}`,
    ...(item.hasChildren ? outline(workspace, item.id, depth + 1) : []),
  ]);
}

function allRows(workspace: Workspace, parent?: string): TreeItem[] {
  return treeChildren(workspace, parent).flatMap((item) => [item, ...allRows(workspace, item.id)]);
}

const shop = {
  'examples/shop/web.yaml': [service('web', 'web'), deployment('web', 'wbe')].join('---\n'),
  'examples/shop/front.yaml': [service('front', 'front'), deployment('front', 'front')].join('---\n'),
  'other/api.yaml': service('api', 'api', 'backend'),
};

describe('the tree', () => {
  it('goes from scopes down to endpoints, with the problems of the children on the parents', () => {
    expect(outline(workspaceOf(shop)).join('\n')).toMatchInlineSnapshot(`
      "examples/shop | folder · 1 problem !error
        shop | 1 problem !error
          front | 2 endpoints · ClusterIP 10.107.15.77
            http 80 → http (8080) | 2 endpoints
            front-59bc89944c-jp9cg | 10.244.1.189:8080 on node-a · ready
            front-59bc89944c-t5922 | 10.244.2.36:8080 on node-b · ready
          web | no endpoints · ClusterIP 10.110.204.145 !error
            http 80 → http | no endpoints
            Service shop/web selects no pod | selector-matches-nothing !error
      other | folder
        backend
          api | endpoints unknown · ClusterIP 10.108.244.56
            http 80 → http | endpoints unknown
            Cannot know which pods Service backend/api selects: no workload in folder other"
    `);
  });

  it('counts no endpoint that none of the ports leads to', () => {
    const misnamed = service('web', 'web').replace('targetPort: http', 'targetPort: web');
    const rows = outline(workspaceOf({ 'web.yaml': `${misnamed}---\n${deployment('web', 'web')}` }));
    expect(rows.find((row) => row.includes('ClusterIP'))).toMatch(/web \| no endpoints · ClusterIP .* !error$/);
    expect(rows.filter((row) => row.endsWith('no port leads here'))).toHaveLength(2);
  });

  it('names every row once and says it aloud', () => {
    const rows = allRows(workspaceOf(shop));
    expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
    for (const row of rows) expect(row.accessibleLabel).toContain(row.label);
  });

  it('keeps ids while the files change', () => {
    const workspace = workspaceOf(shop);
    const before = allRows(workspace).filter(({ kind }) => kind === 'service').map(({ id }) => id); // prettier-ignore
    workspace.setFile('examples/shop/web.yaml', `# moved down\n${shop['examples/shop/web.yaml']}`);
    workspace.update();
    const after = allRows(workspace).filter(({ kind }) => kind === 'service').map(({ id }) => id); // prettier-ignore
    expect(after).toEqual(before);
  });

  it('finds the way to a Service', () => {
    const workspace = workspaceOf(shop);
    const path = treePath(workspace, 'examples/shop', 'shop/web');
    expect(path.map(({ kind, label }) => `${kind} ${label}`)).toEqual([
      'scope examples/shop',
      'namespace shop',
      'service web',
    ]);
    expect(path.at(-1)).toMatchObject({ service: 'shop/web', port: 80, place: { file: 'examples/shop/web.yaml' } });
    expect(treePath(workspace, 'examples/shop', 'shop/none')).toEqual([]);
    expect(treePath(workspace, 'nowhere', 'shop/web')).toEqual([]);
  });

  it('has nothing below rows that are gone or not its own', () => {
    const workspace = workspaceOf(shop);
    expect(treeChildren(workspace, 'scope|gone')).toEqual([]);
    expect(treeChildren(workspace, '%E0%A4%A')).toEqual([]);
  });

  it('shows a Service that the API server refuses, and leaves out scopes without anything', () => {
    const workspace = workspaceOf({
      'a/bad.yaml': service('bad', 'x').replace('port: 80', 'port: 99999'),
      'b/config.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n',
    });
    const rows = outline(workspace);
    expect(rows[0]).toBe('a | folder · 1 problem !error');
    expect(rows[2]).toBe('    bad | refused by the API server !error');
    expect(rows.join()).not.toContain('ConfigMap');
  });
});
