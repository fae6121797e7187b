/** Steps as people write them. */

import { writtenObject } from '#analysis/what-if/written';
import { createWorkspace } from '#analysis/workspace';
import { defaultSettings } from '#model/settings';
import { describe, expect, it } from 'vitest';
import { parseStep } from '#analysis/what-if/grammar';
import { printWhatIf, readWhatIf } from '#analysis/what-if/file';
import { asKubectl, asKustomize, editsOf, patchesOf } from '#analysis/what-if/patch';
import { web } from './manifests';
import { sceneOf, stepsOf } from './support';

describe('a step', () => {
  it('is read with kubectl’s short names, with a blank or a slash', () => {
    const object = { kind: 'deployment', namespace: 'shop', name: 'web' };
    for (const text of [
      'deploy/shop/web scales to 5',
      'deployments shop/web scales to 5',
      'Deployment  shop/web  scales to 5',
    ])
      expect(parseStep(text)).toEqual({ kind: 'scale', object, replicas: 5 });
    expect(parseStep('netpol shop/deny is deleted')).toEqual({
      kind: 'delete',
      object: { kind: 'networkpolicy', namespace: 'shop', name: 'deny' },
    });
    expect(parseStep('networkpolicies deny is deleted')).toMatchObject({ object: { kind: 'networkpolicy' } });
    expect(parseStep('ingress web is deleted')).toMatchObject({ object: { kind: 'ingress' } });
  });

  it('takes JSON as a value, and anything else as a text', () => {
    const path = ['spec', 'template', 'metadata', 'labels', 'app.kubernetes.io/name'];
    expect(parseStep('deployment web sets spec.template.metadata.labels[app.kubernetes.io/name]=web')).toMatchObject({
      path,
      value: 'web',
    });
    expect(parseStep('service web sets spec.ports[0].port=81')).toMatchObject({
      path: ['spec', 'ports', 0, 'port'],
      value: 81,
    });
    expect(parseStep('service web sets spec.selector={"app": "web"}')).toMatchObject({ value: { app: 'web' } });
    expect(parseStep('service web unsets spec.selector')).toMatchObject({
      path: ['spec', 'selector'],
      value: undefined,
    });
  });

  it('that cannot be read is answered with what can be written', () => {
    for (const text of ['', 'pod', 'pod web explodes', 'deployment web scales to many', 'node a is gone'])
      expect(parseStep(text)).toEqual({ error: expect.stringContaining('write one of\n  pod NAME crashes | dies') });
    expect(parseStep('service web sets .=1')).toEqual({ error: expect.stringContaining('cannot read the field') });
  });
});

describe('a file', () => {
  it('is read as it is written', () => {
    const whatIf = {
      scope: 'shop',
      steps: stepsOf(['deployment shop/web restarts', 'service shop/web sets spec.selector={"a":"b: c"}']),
      requests: [
        { from: 'deployment shop/front', to: 'http://web', port: 80, protocol: 'TCP' as const, mode: 'ipvs' as const },
      ],
    };
    expect(readWhatIf(printWhatIf(whatIf))).toEqual({ whatIf, problems: [] });
    const empty = { scope: undefined, steps: [], requests: [] };
    expect(readWhatIf(printWhatIf(empty))).toEqual({ whatIf: empty, problems: [] });
  });

  it('says what is wrong with it at its line, and keeps the rest', () => {
    const { whatIf, problems } = readWhatIf(
      'steps:\n  - pod web explodes\n  - node a fails\nrequests:\n  - {from: a}\nstep: 1\n',
    );
    expect(whatIf.steps).toHaveLength(1);
    expect(problems.map(({ line }) => line)).toEqual([6, 2, 5]);
    expect(readWhatIf('[').problems).toHaveLength(1);
    expect(readWhatIf('').problems).toMatchObject([{ line: 1, message: 'a what-if is a mapping with steps' }]);
  });
});

describe('what can be kept', () => {
  const steps = stepsOf([
    'deployment shop/web scales to 5',
    'deployment web gets label team=shop',
    'service web unsets spec.ports[0].targetPort',
    'a pod of deployment web dies',
    'node node-a fails',
  ]);

  it('becomes patches of a kustomization, and commands', () => {
    const patches = patchesOf(steps, sceneOf(web()).state.simulation.controlPlane);
    expect(asKustomize(patches)).toBe(`# no change of a manifest: a pod of deployment web dies
# no change of a manifest: node node-a fails
patches:
  - target:
      group: apps
      version: v1
      kind: Deployment
      name: web
      namespace: shop
    patch: |-
      - op: replace
        path: "/spec/replicas"
        value: 5
      - op: add
        path: "/metadata/labels"
        value: {"team":"shop"}
  - target:
      version: v1
      kind: Service
      name: web
      namespace: shop
    patch: |-
      - op: remove
        path: "/spec/ports/0/targetPort"
`);
    expect(asKubectl(patches)).toContain(
      `kubectl patch deployment.apps web -n shop --type=json -p '[{"op":"replace","path":"/spec/replicas","value":5},`,
    );
  });

  it('becomes patches of the files, which a kustomization gives a namespace later', () => {
    const workspace = createWorkspace({ settings: defaultSettings, roots: [] });
    workspace.setFile('app/kustomization.yaml', 'namespace: shop\nresources: [web.yaml]\n');
    workspace.setFile('app/web.yaml', web().replaceAll(/^ +namespace: shop\n/gm, '').replaceAll(', namespace: shop', '')); // prettier-ignore
    workspace.update();
    const { controlPlane } = workspace.scopes[0]!.simulation;
    const patches = patchesOf(steps, controlPlane, (object) => writtenObject(object, workspace));
    expect(asKustomize(patches)).toMatch(/kind: Deployment\n +name: web\n +patch: /);
    expect(asKubectl(patchesOf(steps, controlPlane))).toContain('kubectl patch deployment.apps web -n shop');
  });

  it('becomes edits of the YAML', () => {
    const { workspace, state } = sceneOf(web());
    const { edits, leftOut } = editsOf(steps, workspace.context(state));
    expect(edits.map(({ newText }) => newText)).toEqual(['5', expect.stringContaining('team: shop'), '']);
    expect(leftOut).toEqual(['a pod of deployment web dies', 'node node-a fails']);
  });
});

describe('a file that holds a what-if', () => {
  it('has the mistakes of its steps where they stand, while it is written', () => {
    const workspace = createWorkspace({ settings: defaultSettings, roots: [], single: 'shop' });
    workspace.setFile('node.what-if.yaml', 'steps:\n  - node node-a fails\n  - node node-a sings\nwhen: now\n');
    workspace.update();
    const problems = workspace.problems('node.what-if.yaml');
    expect(problems.map(({ range }) => range.start.line).sort()).toEqual([2, 3]);
    workspace.setFile('node.what-if.yaml', 'steps:\n  - node node-a fails\n');
    workspace.update();
    expect(workspace.problems('node.what-if.yaml')).toEqual([]);
  });
});
