/** Two scopes beside each other: which objects belong together, and what differs in them. */

import { describe, expect, it } from 'vitest';
import { compareScopes, isSame, type ScopeComparison } from '#analysis/comparison/comparison';
import { compareRequest } from '#analysis/comparison/requests';
import { createWorkspace } from '#analysis/workspace';
import { printReference } from '#model/object';
import { defaultSettings } from '#model/settings';

const service = (name: string, namespace = '', spec = '') =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}${namespace && `, namespace: ${namespace}`}}\nspec: {selector: {app: ${name}}, ports: [{port: 80, targetPort: 8080}]${spec}}\n`;
const deployment = (name: string, namespace = '', more = '') =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ${name}${namespace && `, namespace: ${namespace}`}}\nspec: {replicas: 2, selector: {matchLabels: {app: ${name}}}, template: {metadata: {labels: {app: ${name}}}, spec: {containers: [{name: main, image: i, ports: [{containerPort: 8080}]}${more}]}}}\n`;

function compare(files: Record<string, string>, first = 'a', second = 'b'): ScopeComparison {
  const workspace = createWorkspace({ settings: defaultSettings, roots: [] });
  for (const [path, text] of Object.entries(files)) workspace.setFile(path, text);
  workspace.update();
  const side = (name: string) => workspace.context(workspace.scope(name)!);
  return compareScopes(side(first), side(second));
}

const pairs = ({ matching }: ScopeComparison) =>
  matching.pairs.map(([first, second]) => `${printReference(first)} = ${printReference(second)}`);

describe('which objects belong together', () => {
  it('those of the same identity', () => {
    const same = compare({ 'a/a.yaml': service('web', 'shop'), 'b/b.yaml': service('web', 'shop') });
    expect(pairs(same)).toEqual(['Service shop/web = Service shop/web']);
    expect(isSame(same)).toBe(true);
  });

  it('those of one place of a base, whatever they are called', () => {
    const files = {
      'base/kustomization.yaml': 'resources: [web.yaml]\n',
      'base/web.yaml': `${service('web')}---\n${service('api')}`,
      'a/kustomization.yaml': 'namespace: dev\nresources: [../base]\n',
      'b/kustomization.yaml': 'namespace: prod\nresources: [../base]\n',
    };
    expect(pairs(compare(files))).toEqual(['Service dev/web = Service prod/web', 'Service dev/api = Service prod/api']);
    expect(isSame(compare(files))).toBe(true);
  });

  it('those of other namespaces, and the namespaces themselves', () => {
    const namespace = (name: string) => `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}\n---\n`;
    const found = compare({
      'a/a.yaml': namespace('dev') + service('web', 'dev'),
      'b/b.yaml': namespace('prod') + service('web', 'prod'),
    });
    expect(pairs(found)).toEqual(['Namespace dev = Namespace prod', 'Service dev/web = Service prod/web']);
    expect([...found.matching.namespaces]).toEqual([['dev', 'prod']]);
    expect(isSame(found)).toBe(true);
  });

  it('those whose names all begin or end with what is their scope’s own', () => {
    const found = compare({
      'a/a.yaml': `${service('dev-web', 'shop')}---\n${service('dev-api', 'shop')}`,
      'b/b.yaml': `${service('prod-web', 'shop')}---\n${service('prod-db', 'shop')}`,
    });
    expect(pairs(found)).toEqual(['Service shop/dev-web = Service shop/prod-web']);
    expect(found.matching.onlyInFirst.map(printReference)).toEqual(['Service shop/dev-api']);
    expect(found.matching.onlyInSecond.map(printReference)).toEqual(['Service shop/prod-db']);
  });

  it('those of one name with another end, though they begin alike', () => {
    const found = compare({
      'a/a.yaml': `${service('web-dev', 'dev')}---\n${deployment('web-dev', 'dev')}`,
      'b/b.yaml': `${service('web-prod', 'prod')}---\n${deployment('web-prod', 'prod')}`,
    });
    expect(pairs(found)).toEqual([
      'Service dev/web-dev = Service prod/web-prod',
      'Deployment dev/web-dev = Deployment prod/web-prod',
    ]);
  });

  it('none where there are several that could be meant', () => {
    const found = compare({
      'a/a.yaml': service('web', 'one'),
      'b/b.yaml': `${service('web', 'two')}---\n${service('web', 'three')}`,
    });
    expect(pairs(found)).toEqual([]);
  });
});

describe('what differs', () => {
  it('is told of either side, but not what the simulation chose', () => {
    const found = compare({
      'a/a.yaml': `${service('web', 'dev', ', type: NodePort')}---\n${deployment('web', 'dev')}`,
      'b/b.yaml': `${service('web', 'prod', ', type: NodePort, sessionAffinity: ClientIP')}---\n${deployment('web', 'prod', ', {name: side, image: s}')}`,
    });
    expect(found.services.flatMap(({ fields }) => fields.map(({ field }) => field))).toEqual([
      'spec.sessionAffinity',
      'spec.sessionAffinityConfig',
    ]);
    expect(found.others.flatMap(({ fields }) => fields)).toEqual([
      { field: 'spec.template.spec.containers.side', before: undefined, after: '{"name":"side","image":"s"}' },
    ]);
    const back = compare({ 'a/a.yaml': deployment('web', 'x', ', {name: side, image: s}'), 'b/b.yaml': deployment('web', 'x') }); // prettier-ignore
    expect(back.others.flatMap(({ fields }) => fields)).toEqual([
      { field: 'spec.template.spec.containers.side', before: '{"name":"side","image":"s"}', after: undefined },
    ]);
  });

  it('counts endpoints by who gives them, and lines of rules', () => {
    const found = compare({
      'a/a.yaml': `${service('web', 'shop')}---\n${deployment('web', 'shop')}`,
      'b/b.yaml': `${service('web', 'shop')}---\n${deployment('web', 'shop').replace('replicas: 2', 'replicas: 0')}`,
    });
    expect(found.services.flatMap(({ fields }) => fields)).toEqual([
      { field: 'endpoints', before: '2 of Deployment web on 8080/TCP', after: 'none' },
    ]);
    expect(found.rules).toMatchObject({ node: 'node-a', mode: 'iptables', family: 'IPv4' });
    expect(found.rules!.onlyInFirst).toBeGreaterThan(found.rules!.onlyInSecond);
  });

  it('tells what is refused on one side alone', () => {
    const found = compare({
      'a/a.yaml': service('web', 'shop'),
      'b/b.yaml': service('web', 'shop', ', sessionAffinity: Often'),
    });
    expect(found.refused.map(({ side, object }) => `${side} ${printReference(object)}`)).toEqual(['second Service shop/web']);
  }); // prettier-ignore
});

describe('a request', () => {
  it('is asked on the other side in its namespaces', () => {
    const asked: string[] = [];
    const trace = ({ from, to }: { from: string; to: string }) => {
      asked.push(`${from} -> ${to}`);
      return { error: 'none' };
    };
    const namespaces = new Map([['dev', 'prod']]);
    for (const [from, to] of [
      ['deployment/dev/web', 'http://api.dev:80/x'],
      ['pod/dev/web-1', 'api.dev.svc'],
      ['deployment dev/web', 'service dev/api'],
      ['outside', 'http://dev.example'],
    ] as const)
      compareRequest({ from, to }, namespaces, trace, trace);
    expect(asked.filter((_, index) => index % 2 === 1)).toEqual([
      'deployment/prod/web -> http://api.prod:80/x',
      'pod/prod/web-1 -> api.prod.svc',
      'deployment prod/web -> service prod/api',
      'outside -> http://dev.example',
    ]);
  });
});
