/** The rules under kube-proxy's own configuration, as the real kube-proxy wrote them with each. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject } from '#base/json';
import { defaultSettings, type ClusterSettings } from '#model/settings';
import { createSimulation } from '#simulation/index';
import { readProxyConfiguration, withProxyConfiguration } from '#simulation/proxy/configuration';
import { objectsOf } from '../cluster';
import { canonical, sorted } from './texts';

const root = new URL('../../golden/proxy-settings/', import.meta.url);
const cluster = readFileSync(new URL('cluster.yaml', root), 'utf8');
const cases = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

/** What each recording's configuration has beside what makes it another. */
const base: JsonObject = {
  apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
  kind: 'KubeProxyConfiguration',
  clusterCIDR: '10.244.0.0/16,fd00:244::/32',
  detectLocalMode: 'ClusterCIDR',
};

function settingsOf(name: string): ClusterSettings {
  const given: unknown = JSON.parse(readFileSync(new URL(`${name}/configuration.json`, root), 'utf8'));
  if (!isJsonObject(given)) throw new Error(`${name} has no configuration`);
  const mode = name.slice(0, name.indexOf('-'));
  const { configuration, problems } = readProxyConfiguration({ ...base, mode, ...given });
  expect(problems).toEqual([]);
  return withProxyConfiguration(defaultSettings, configuration);
}

describe('rules under a configuration', () => {
  it.each(cases.filter((name) => name.startsWith('iptables')))('%s', (name) => {
    const settings = settingsOf(name);
    const simulation = createSimulation(settings);
    simulation.apply({ removed: [], added: objectsOf(cluster) });
    for (const [family, ending] of [['IPv4', 'iptables'], ['IPv6', 'ip6tables']] as const) {
      const file = new URL(`${name}/node-a.${ending}`, root);
      expect(existsSync(file)).toBe(true);
      const ruleset = simulation.dataPlane.rules('node-a', settings.proxyMode, family)!;
      expect(canonical(simulation.dataPlane.print(ruleset))).toEqual(canonical(readFileSync(file, 'utf8')));
    } // prettier-ignore
  });

  // Names of chains and maps are in the order in which nft gives them; the rules of each are compared.
  it.each(cases.filter((name) => name.startsWith('nftables')))('%s', (name) => {
    const settings = settingsOf(name);
    const simulation = createSimulation(settings);
    simulation.apply({ removed: [], added: objectsOf(cluster) });
    for (const [family, ending] of [['IPv4', 'nft'], ['IPv6', 'nft6']] as const) {
      const ruleset = simulation.dataPlane.rules('node-a', settings.proxyMode, family)!;
      const recorded = readFileSync(new URL(`${name}/node-a.${ending}`, root), 'utf8');
      expect(sorted(simulation.dataPlane.print(ruleset))).toEqual(sorted(recorded));
    } // prettier-ignore
  });
});
