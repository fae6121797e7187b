/** Where the DNS server's configuration comes from: the ConfigMaps of the scope, the settings, the default cluster. */

import { isJsonObject, valueAt } from '#base/json';
import { objectKey, type KubernetesObject } from '#model/object';
import type { ControlPlane } from '../types';
import { corefileFolder, filesMatching, readCorefile } from './corefile/corefile';
import type { CorefileReading } from './corefile/plugins';
import { absolute } from './parse';

export interface DnsConfiguration extends CorefileReading {
  /** `the Corefile`, `the settings' Corefile`; undefined where the default cluster is taken. */
  readonly from: string | undefined;
}

const namespace = 'kube-system';
const mainMap = objectKey('', 'ConfigMap', namespace, 'coredns');
/** Where k3s and others let users add to the Corefile. */
const customMap = objectKey('', 'ConfigMap', namespace, 'coredns-custom');
const corefileKey = 'Corefile';

/** The configuration of the moment; the same object until a ConfigMap that it was read from changes. */
export class Configurations {
  readonly #controlPlane: ControlPlane;
  #main: KubernetesObject | undefined;
  #custom: KubernetesObject | undefined;
  #known: DnsConfiguration | undefined;

  constructor(controlPlane: ControlPlane) {
    this.#controlPlane = controlPlane;
  }

  current(): DnsConfiguration {
    const main = this.#controlPlane.object(mainMap);
    const custom = this.#controlPlane.object(customMap);
    if (this.#known && main === this.#main && custom === this.#custom) return this.#known;
    this.#main = main;
    this.#custom = custom;
    this.#known = this.#read(dataOf(main), dataOf(custom));
    return this.#known;
  }

  #read(main: ReadonlyMap<string, string>, custom: ReadonlyMap<string, string>): DnsConfiguration {
    const { corefile: written, clusterDomain } = this.#controlPlane.settings;
    const corefile = main.get(corefileKey) ?? written;
    if (corefile === undefined) return defaultConfiguration(clusterDomain);
    const files = new Map([
      ...[...main].map(([key, text]) => [`${corefileFolder}${key}`, text] as const),
      ...[...custom].map(([key, text]) => [`${corefileFolder}custom/${key}`, text] as const),
    ]);
    const find = (pattern: string) => {
      const found = filesMatching(pattern, files);
      // A pattern may match nothing: without the ConfigMap for it, nobody knows.
      const isCustom = pattern.startsWith(`${corefileFolder}custom/`) || pattern.startsWith('custom/');
      return found.length > 0 || (isCustom && pattern.includes('*')) ? found : undefined;
    };
    const reading = readCorefile(corefile, `${corefileFolder}${corefileKey}`, find);
    return { ...reading, from: main.has(corefileKey) ? 'the Corefile' : 'the Corefile of the settings' };
  }
}

function dataOf(object: KubernetesObject | undefined): ReadonlyMap<string, string> {
  const data = valueAt(object?.body, ['data']);
  const entries = isJsonObject(data) ? Object.entries(data) : [];
  return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** `pods insecure`, a ttl of 30 seconds, reverse zones for all addresses, and nothing outside of the cluster. */
function defaultConfiguration(clusterDomain: string): DnsConfiguration {
  const reverseZones = ['in-addr.arpa.', 'ip6.arpa.'];
  return {
    from: undefined,
    notes: [],
    starts: true,
    servers: [
      {
        zones: ['.'],
        handles: true,
        plugins: [
          {
            kind: 'kubernetes',
            zones: [absolute(clusterDomain), ...reverseZones],
            pods: 'insecure',
            ttl: 30,
            fallthrough: reverseZones,
            namespaces: [],
            labels: undefined,
            namespaceLabels: undefined,
            endpointPodNames: false,
            ignoreEmptyService: false,
            endpoints: true,
            zonal: false,
            multicluster: [],
          },
          { kind: 'nothing-outside' },
        ],
      },
    ],
  };
}
