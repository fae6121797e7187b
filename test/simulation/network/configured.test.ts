/** Real packets under kube-proxy's settings: how pods are known, what is masqueraded, where node ports answer. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#base/json';
import { defaultSettings } from '#model/settings';
import { createSimulation } from '#simulation/index';
import { readProxyConfiguration, withProxyConfiguration } from '#simulation/proxy/configuration';
import { objectsOf } from '../cluster';
import { differences, readJson, type RecordedPacket } from './recorded';

const root = new URL('../../golden/proxy-packets/', import.meta.url);
const objects = objectsOf(readFileSync(new URL('cluster.yaml', root), 'utf8'));

interface Recording {
  readonly configuration: Readonly<Record<'iptables' | 'nftables', JsonObject>>;
  readonly packets: readonly RecordedPacket[];
}

/** What each recording's configuration has beside what makes it another. */
const base: JsonObject = {
  apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
  kind: 'KubeProxyConfiguration',
  clusterCIDR: '10.244.0.0/16,fd00:244::/32',
};

describe.each(readdirSync(root).filter((name) => name.endsWith('.json')))('%s', (name) => {
  const { configuration, packets } = readJson(new URL(name, root)) as Recording;
  it.each(['iptables', 'nftables'] as const)('%s', (mode) => {
    const read = readProxyConfiguration({ ...base, mode, ...configuration[mode] });
    expect(read.problems).toEqual([]);
    const simulation = createSimulation(withProxyConfiguration(defaultSettings, read.configuration));
    simulation.apply({ removed: [], added: objects });
    expect(differences(simulation, packets.filter((packet) => packet.mode === mode))).toEqual([]); // prettier-ignore
  });
});
