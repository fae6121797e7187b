/** The field tables: what each release knows, and what the decoder says about it. */

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#base/json';
import { defaultSettings } from '#model/settings';
import { structSchema } from '#simulation/apiserver/schema/schema';
import { base64Mistake, quantityComplaint, timeComplaint } from '#simulation/apiserver/schema/texts';
import { refusalOfBody } from './kinds';

const at = (kubernetesVersion: string) => ({ ...defaultSettings, kubernetesVersion });

const pod = (spec: JsonObject): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'default' },
  spec: { containers: [{ name: 'main', image: 'app:1' }], ...spec },
});

const complaint = (body: JsonObject, version = '1.37') => refusalOfBody(body, at(version))?.message.replace(/^.*cannot be handled as a \w+: /, ''); // prettier-ignore

describe('fields of releases', () => {
  it.each([
    ['1.33', { hostnameOverride: 'a' }, 'strict decoding error: unknown field "spec.hostnameOverride"'],
    ['1.34', { hostnameOverride: 'a' }, undefined],
    ['1.30', { resources: { requests: { cpu: '1' } } }, 'strict decoding error: unknown field "spec.resources"'],
    ['1.34', { resources: { requests: { cpu: '1' } } }, undefined],
    ['1.35', { workloadRef: {} }, undefined],
    ['1.36', { workloadRef: {} }, 'strict decoding error: unknown field "spec.workloadRef"'],
    ['1.20', { hostNetwork: true }, undefined],
    ['nonsense', { hostnameOverride: 'a' }, undefined],
  ])('%s with %j', (version, spec, expected) => {
    expect(complaint(pod(spec), version)).toBe(expected);
  });

  it('are those of Services and endpoints too', () => {
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'default' } };
    const near = { ...service, spec: { ports: [{ port: 80 }], trafficDistribution: 'PreferClose' } };
    expect(complaint(near, '1.29')).toBe('strict decoding error: unknown field "spec.trafficDistribution"');
    expect(complaint(near, '1.30')).toBe(undefined);
    const slice = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'web', namespace: 'default' },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.0.0.1'], hints: { forNodes: [{ name: 'a' }] } }],
    };
    expect(complaint(slice, '1.32')).toBe('strict decoding error: unknown field "endpoints[0].hints.forNodes"');
    expect(complaint(slice, '1.33')).toBe(undefined);
  });

  it('are the same object for the same release', () => {
    expect(structSchema('core.Pod', at('1.37'))).toBe(structSchema('core.Pod', at('v1.37.2')));
    expect(structSchema('core.Pod', at('1.33'))).not.toBe(structSchema('core.Pod', at('1.37')));
  });

  it.each(['core.Service', 'core.Endpoints', 'discovery.EndpointSlice', 'networking.ServiceCIDR', 'batch.CronJob'])(
    'are there for %s',
    (name) => {
      const { fields } = structSchema(name, at('1.37'));
      expect([...fields.keys()]).toEqual(expect.arrayContaining(['apiVersion', 'kind', 'metadata']));
    },
  );
});

describe('the decoder', () => {
  it.each<[string, JsonObject, string]>([
    ['names the structs that are embedded', { volumes: [{ name: 'v', emptyDir: 5 }] }, 'json: cannot unmarshal number into Go struct field Volume.spec.volumes.VolumeSource.emptyDir of type v1.EmptyDirVolumeSource'],
    ['leaves out keys of maps', { nodeSelector: { a: true } }, 'json: cannot unmarshal bool into Go struct field PodSpec.spec.nodeSelector of type string'],
    ['knows where a field is unknown', { containers: [{ name: 'a', image: 'b', livenessProbe: { exec: { cmd: [] } }, ports: [{ port: 80 }] }] }, 'strict decoding error: unknown field "spec.containers[0].livenessProbe.exec.cmd", unknown field "spec.containers[0].ports[0].port"'],
    ['ends at a quantity, whatever was wrong before', { hostNetwork: 'x', overhead: { cpu: 'much' } }, "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"],
  ])('%s', (_, spec, expected) => {
    expect(complaint(pod(spec))).toBe(expected);
  }); // prettier-ignore

  it('counts no more than a hundred unknown fields', () => {
    const many = Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`f${i}`, 1]));
    expect(complaint(pod(many))?.split(', ')).toHaveLength(100);
  });
});

describe('texts that Go reads', () => {
  it.each(['1', '0.5', '.5', '1.', '100m', '1Gi', '1e3', '1E-3', '-1', '+1', ' 5 ', '1E'])('quantity %j', (text) => {
    expect(quantityComplaint(text)).toBeUndefined();
  });

  it.each([
    ['', 'match'],
    ['1 Gi', 'match'],
    ['1,5', 'match'],
    ['1GB', 'match'],
    ['1ki', 'suffix'],
    ['1mi', 'suffix'],
    ['1e', 'suffix'],
  ])('no quantity %j', (text, word) => {
    expect(quantityComplaint(text)).toContain(word);
  });

  it.each([
    ['2026-01-31T12:00:00Z', undefined],
    ['2026-01-31T12:00:00.123+02:00', undefined],
    ['2026-02-30T12:00:00Z', 'parsing time "2026-02-30T12:00:00Z": day out of range'],
    ['2026-13-01T12:00:00Z', 'parsing time "2026-13-01T12:00:00Z": month out of range'],
    ['soon', 'parsing time "soon" as "2006-01-02T15:04:05Z07:00": cannot parse "soon" as "2006"'],
    ['2026-01-01', 'parsing time "2026-01-01" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "T"'],
  ])('time %j', (text, expected) => {
    expect(timeComplaint(text, 0)).toBe(expected);
  });

  it.each([
    ['YWJj', -1],
    ['Yg==', -1],
    ['Yg=', 3],
    ['Yg', 0],
    ['Y g', 1],
    ['Yg==x', 4],
  ])('base64 %j', (text, place) => {
    expect(base64Mistake(text)).toBe(place);
  });
});
