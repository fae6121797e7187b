/** What kube-proxy takes of its configuration, what it refuses in which words, and what counts for which mode. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { JsonObject, JsonValue } from '#base/json';
import { defaultSettings, type ClusterSettings } from '#model/settings';
import {
  readProxyConfiguration, settingsOfMode, withProxyConfiguration, type ProxyConfiguration,
} from '#simulation/proxy/configuration'; // prettier-ignore

interface Recorded {
  readonly name: string;
  readonly text: string;
  /** The real kube-proxy's last words; null where it took the configuration. */
  readonly refused: string | null;
  /** What it said to have left out. */
  readonly 'left out': string | null;
}

const recorded = JSON.parse(
  readFileSync(new URL('../../golden/proxy-settings/refused.json', import.meta.url), 'utf8'),
) as readonly Recorded[];

const header = { apiVersion: 'kubeproxy.config.k8s.io/v1alpha1', kind: 'KubeProxyConfiguration' };

function read(members: JsonObject): ProxyConfiguration {
  return readProxyConfiguration({ ...header, ...members }).configuration;
}

describe('what the real kube-proxy said', () => {
  it.each(recorded.map((one) => [one.name, one] as const))('%s', (_, { text, refused, 'left out': leftOut }) => {
    const { problems } = readProxyConfiguration(parse(text.split(/^---$/m)[0]!) as JsonValue);
    // A missing kind is told with the whole text.
    const said = problems.filter(({ fatal }) => fatal).map(({ message }) => message);
    expect(said).toEqual(refused === null ? [] : [refused.replace(/(Object 'Kind' is missing) in .*/s, '$1')]);
    const left = problems.filter(({ fatal }) => !fatal).map(({ message }) => message);
    expect(left).toEqual(leftOut === null ? [] : [`strict decoding error: ${leftOut}`]);
  });
});

describe('what is taken', () => {
  it('is the default where nothing is said', () => {
    const { said: _, ...settings } = withProxyConfiguration(defaultSettings, read({}));
    const nftables = { masqueradeAll: false, masqueradeBit: 14 };
    expect(settings).toEqual({ ...defaultSettings, detectLocalCIDRs: [], nftables });
  });

  it('leaves a wrong member out and takes the others', () => {
    const configuration = read({ mode: 'userspace', iptables: { masqueradeBit: 32, masqueradeAll: true } });
    expect(configuration).toMatchObject({ proxyMode: 'iptables', masqueradeBit: 14, masqueradeAll: true });
  });

  it("counts each mode's own masquerading", () => {
    const settings = withProxyConfiguration(
      defaultSettings,
      read({ mode: 'nftables', nftables: { masqueradeBit: 3 }, iptables: { masqueradeAll: true, masqueradeBit: 5 } }),
    );
    const of = (mode: ClusterSettings['proxyMode']) => {
      const { masqueradeAll, masqueradeBit } = settingsOfMode(settings, mode);
      return [masqueradeAll, masqueradeBit];
    };
    expect([settings.proxyMode, of('iptables'), of('ipvs'), of('nftables')]).toEqual(['nftables', [true, 5], [true, 5], [false, 3]]); // prettier-ignore
    expect(settingsOfMode(settings, 'nftables')).toBe(settingsOfMode(settings, 'nftables'));
  });

  it('weighs less than what the user says', () => {
    const said = new Set(['proxyMode', 'masqueradeBit', 'clusterCIDRs']);
    const own: ClusterSettings = { ...defaultSettings, proxyMode: 'ipvs', masqueradeBit: 7, said };
    const configuration = read({
      mode: 'nftables',
      clusterCIDR: '10.1.0.0/16',
      iptables: { masqueradeBit: 5, masqueradeAll: true },
      nftables: { masqueradeBit: 6 },
    });
    const settings = withProxyConfiguration(own, configuration);
    expect(settings).toMatchObject({
      proxyMode: 'ipvs',
      masqueradeBit: 7,
      masqueradeAll: true,
      clusterCIDRs: defaultSettings.clusterCIDRs,
      nftables: { masqueradeBit: 7 },
    });
    expect(settings.detectLocalCIDRs).toBeUndefined();
    expect(settings.nodes).toBe(defaultSettings.nodes);
  });

  it('gives nodes that nobody described ranges of the cluster it names', () => {
    const ranges = (clusterCIDR: string) =>
      withProxyConfiguration(defaultSettings, read({ clusterCIDR })).nodes.map(({ podCIDRs }) => podCIDRs.join(' '));
    expect(ranges('10.42.0.0/16,fd00:42::/56')).toEqual([
      '10.42.1.0/24 fd00:42:0:1::/64',
      '10.42.2.0/24 fd00:42:0:2::/64',
      '10.42.3.0/24 fd00:42:0:3::/64',
    ]);
    expect(ranges('10.244.0.0/16')).toEqual(['10.244.1.0/24', '10.244.2.0/24', '10.244.3.0/24']);
    expect(ranges('10.9.0.0/23')).toEqual(['10.9.0.0/24', '10.9.1.0/24', '']);
  });
});
