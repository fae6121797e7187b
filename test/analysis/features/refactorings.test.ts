/** Refactorings do what their titles say: the workspace after the edit is asked, not the edit's text. */

import { describe, expect, it } from 'vitest';
import { refactorings } from '#analysis/features/refactorings/refactorings';
import { traceRequest } from '#analysis/trace/trace';
import type { Workspace } from '#analysis/workspace';
import { applyEdits, type Case } from '../rules/case-file';
import { workspaceOf } from './case-file';

const service = (name: string, rest: string) =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}, namespace: shop}\nspec: {${rest}ports: [{port: 80, targetPort: 8080}]}\n`;
const pod = (name: string, namespace: string, env = '') =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: ${namespace}, labels: {app: ${name}}}\nspec:\n  containers:\n    - name: main\n      image: a:1\n      ports: [{containerPort: 8080}]\n      env: [${env}]\n`;

/** The workspace with the one refactoring of the place carried out. */
function refactored(files: Record<string, string>, file: string, line: number): Workspace {
  const given: Case = { introduction: '', files: new Map(Object.entries(files)) };
  const [found, ...more] = refactorings(workspaceOf(given.files), file, { line, character: 2 });
  expect(more).toEqual([]);
  return workspaceOf(applyEdits(given, found?.edits ?? []).files);
}

function verdict(workspace: Workspace, from: string): string {
  const [state] = [...workspace.scopes];
  const trace = traceRequest({ from, to: 'web.shop' }, workspace, state!);
  return 'error' in trace ? trace.error : trace.verdict;
}

describe('a policy for those who call a Service', () => {
  const files = {
    'web.yaml': service('web', 'selector: {app: web}, '),
    'pods.yaml': [
      pod('web', 'shop'),
      pod('front', 'edge', '{name: WEB, value: "http://web.shop/"}'),
      pod('stranger', 'edge'),
      pod('front', 'other'),
    ].join('---\n'),
  };

  it('lets them in and nobody else, not even pods of their name in another namespace', () => {
    expect(verdict(workspaceOf(new Map(Object.entries(files))), 'pod edge/stranger')).toBe('DELIVERED');
    const after = refactored(files, 'web.yaml', 1);
    expect(verdict(after, 'pod edge/front')).toBe('DELIVERED');
    expect(verdict(after, 'pod edge/stranger')).toMatch(/^TIMES OUT/);
    expect(verdict(after, 'pod other/front')).toMatch(/^TIMES OUT/);
  });

  it('is not offered twice, nor where nobody is seen to call', () => {
    const policy = { 'policy.yaml': 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: web-callers, namespace: shop}\nspec: {podSelector: {}}\n' }; // prettier-ignore
    const at = { line: 1, character: 2 };
    expect(refactorings(workspaceOf(new Map(Object.entries({ ...files, ...policy }))), 'web.yaml', at)).toEqual([]);
    expect(refactorings(workspaceOf(new Map([['web.yaml', files['web.yaml']]])), 'web.yaml', at)).toEqual([]);
  });
});

describe('Endpoints as slices', () => {
  it('leave the Service with the endpoints that it had', () => {
    const addresses = (workspace: Workspace) =>
      [...workspace.scopes].flatMap(({ simulation }) =>
        simulation.controlPlane
          .endpointSlices('shop/db')
          .flatMap(({ endpoints }) => (endpoints ?? []).map((each) => [each.addresses, each.conditions?.ready])),
      );
    const endpoints = 'apiVersion: v1\nkind: Endpoints\nmetadata: {name: db, namespace: shop}\nsubsets:\n  - addresses: [{ip: 192.0.2.7}]\n    notReadyAddresses: [{ip: 192.0.2.8}]\n    ports: [{port: 8080}]\n'; // prettier-ignore
    const files = { 'db.yaml': `${service('db', '')}---\r\n# Kept.\n${endpoints}` };
    const after = refactored(files, 'db.yaml', 7);
    expect(addresses(after)).toEqual([[['192.0.2.7'], true], [['192.0.2.8'], false]]); // prettier-ignore
    expect(addresses(after)).toEqual(addresses(workspaceOf(new Map(Object.entries(files)))));
    expect(after.file('db.yaml')?.text).toMatch(/# Kept\.[^]*kind: EndpointSlice/);
    expect(after.file('db.yaml')?.text).not.toContain('kind: Endpoints\n');
  });
});
