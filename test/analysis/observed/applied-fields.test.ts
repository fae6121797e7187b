/** What a manifest says otherwise than the cluster's object: nothing that only the API server says, and no order of names. */

import { describe, expect, it } from 'vitest';
import { appliedPart, asManifestSays, changedFields } from '#analysis/applied-fields';
import type { JsonObject } from '#base/json';

const observed: JsonObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop', uid: 'u', resourceVersion: '7', generation: 3, labels: { app: 'web', tier: 'front' } },
  spec: {
    replicas: 2,
    progressDeadlineSeconds: 600,
    template: {
      spec: {
        restartPolicy: 'Always',
        containers: [
          { name: 'proxy', image: 'proxy:1', terminationMessagePath: '/dev/termination-log' },
          { name: 'main', image: 'web:1', ports: [{ containerPort: 8080, protocol: 'TCP' }], args: ['--a', '--b'] },
        ],
      },
    },
  },
  status: { replicas: 2 },
}; // prettier-ignore

function manifest(change: (containers: JsonObject[], spec: Record<string, unknown>) => void): JsonObject {
  const containers: JsonObject[] = [
    { name: 'main', image: 'web:1', ports: [{ containerPort: 8080 }], args: ['--a', '--b'], env: [] },
    { name: 'proxy', image: 'proxy:1' },
  ];
  const spec: Record<string, unknown> = { replicas: 2, template: { spec: { containers } } };
  change(containers, spec);
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', labels: { app: 'web' } }, spec: spec as JsonObject }; // prettier-ignore
}

const same = manifest(() => undefined);
const container = 'spec.template.spec.containers';

describe('what applying changes of an object', () => {
  it('is nothing where the manifest says what is there, in whatever order and without defaults', () => {
    expect(changedFields(observed, same)).toEqual([]);
    expect(changedFields(observed, { ...same, status: { replicas: 9 } })).toEqual([]);
  });

  it('is named field by field, members of lists by their names', () => {
    const other = manifest((containers, spec) => {
      containers[0] = { ...containers[0], image: 'web:2', ports: [{ containerPort: 9090 }], args: ['--a', '--c'] };
      spec.paused = true;
    });
    expect(changedFields(observed, other)).toEqual([
      { field: `${container}.main.image`, before: 'web:1', after: 'web:2' },
      { field: `${container}.main.ports.9090`, before: undefined, after: '{"containerPort":9090}' },
      { field: `${container}.main.ports.8080`, before: '{"containerPort":8080,"protocol":"TCP"}', after: undefined },
      { field: `${container}.main.args.1`, before: '--b', after: '--c' },
      { field: 'spec.paused', before: undefined, after: 'true' },
    ]);
  });

  it('stands side by side in two texts that differ in nothing else', () => {
    const other = manifest((containers) => (containers[1] = { name: 'proxy', image: 'proxy:2' }));
    const [now, after] = [asManifestSays(observed, other), appliedPart(other)];
    expect(JSON.stringify(now).replace('proxy:1', 'proxy:2')).toBe(JSON.stringify(after).replace(',"env":[]', ''));
    expect(JSON.stringify(now)).not.toMatch(/resourceVersion|restartPolicy|tier|status/);
  });
});
