/** What the names of a cluster lead to, as the kubernetes plugin of CoreDNS finds it in its caches. */

import { parseIp, printIp } from '#base/ip';
import { isHeadless, type NamespacedName, type Service } from '#model/kubernetes';
import type { ControlPlane } from '../types';
import { matchesLabels } from './corefile/label-selector';
import type { KubernetesPlugin } from './corefile/plugins';
import { namedEndpoints, ReverseEndpoints, type EndpointNaming } from './endpoint-names';
import { absolute, addressOfReverse, isReverse, parseClusterName, withoutDot, type ClusterName } from './parse';
import { isReverseZone } from './zones';

type ServiceName = Extract<ClusterName, { kind: 'service' }>;

/** One thing that a name leads to. */
export type Target =
  | {
      readonly kind: 'address';
      /** Canonical. */
      readonly address: string;
      /** Absolute; SRV records lead to it. */
      readonly host: string;
      /** Undefined where there is none. */
      readonly port: number | undefined;
    }
  | { readonly kind: 'alias'; readonly name: string };

/** `absent` is CoreDNS' "no items", from which NXDOMAIN follows; no targets without it is an empty answer. */
export interface Targets {
  readonly targets: readonly Target[];
  readonly absent: boolean;
  readonly cause: string;
  readonly service?: NamespacedName;
}

/** They are in every cluster, whether a manifest names them or not. */
const ownNamespaces = new Set(['default', 'kube-system', 'kube-public', 'kube-node-lease']);

export class KubernetesLookup {
  readonly #controlPlane: ControlPlane;
  readonly #plugin: KubernetesPlugin;
  readonly #naming: EndpointNaming;
  readonly #reverse: ReverseEndpoints;
  /** The zone in which PTR records name things. */
  readonly #primaryZone: string;

  constructor(controlPlane: ControlPlane, plugin: KubernetesPlugin) {
    this.#controlPlane = controlPlane;
    this.#plugin = plugin;
    const { labels } = plugin;
    this.#naming = {
      podNames: plugin.endpointPodNames,
      isKnown: (slice) => !labels || matchesLabels(labels, slice.metadata.labels),
    };
    this.#reverse = new ReverseEndpoints(controlPlane, this.#naming);
    this.#primaryZone = plugin.zones.find((zone) => !isReverseZone(zone)) ?? '.';
  }

  /** Services that have a ready endpoint with this address. */
  servicesOfEndpoint(address: string): readonly NamespacedName[] {
    return [...new Set(this.#reverse.at(address).map(({ service }) => service))];
  }

  /** Models Records of plugin/kubernetes/kubernetes.go. */
  records(name: string, zone: string): Targets {
    const parsed = parseClusterName(name, zone, this.#plugin.zonal);
    if (isReverse(name) && name !== zone) return absent(this.#absentReverse(name));
    switch (parsed?.kind) {
      case undefined:
        return absent(`${withoutDot(name)} is outside the cluster domain ${withoutDot(zone)}`);
      case 'invalid':
        return absent(parsed.why);
      case 'inner':
        return empty(name === zone ? 'the cluster domain itself has no address' : 'the name lacks a namespace');
      case 'version':
        return absent('only a TXT record is here');
      case 'server':
        return absent('the DNS server has an address only');
      case 'namespace':
        return (
          this.#hidden(parsed.namespace) ??
          // With pods off, the plugin does not look further than the word.
          (this.#plugin.pods === 'disabled' && name.endsWith(`.pod.${zone}`)
            ? absent('the Corefile switches the names of pods off (pods disabled)')
            : empty(`${parsed.namespace} is a namespace: the name lacks a Service or pod`))
        );
      case 'pod':
        return this.#hidden(parsed.namespace) ?? this.#pod(zone, parsed.namespace, parsed.name);
      case 'service':
        return this.#hidden(parsed.namespace) ?? this.#service(parsed, zone);
    }
  }

  #absentReverse(name: string): string {
    return addressOfReverse(name) === undefined ? `${withoutDot(name)} is no address` : `${withoutDot(name)} has PTR records only`; // prettier-ignore
  }

  /** Models plugin/kubernetes/namespace.go namespaceExposed; undefined where the namespace may be seen. */
  #hidden(namespace: string): Targets | undefined {
    const { namespaces, namespaceLabels } = this.#plugin;
    const labels = this.#controlPlane.namespaces().get(namespace);
    if (!labels && !ownNamespaces.has(namespace)) return absent(`no namespace ${namespace}`);
    if (namespaces.length > 0 && !namespaces.includes(namespace))
      return absent(`the Corefile shows the namespaces ${namespaces.join(', ')} only, not ${namespace}`);
    if (namespaceLabels && !matchesLabels(namespaceLabels, labels ?? { 'kubernetes.io/metadata.name': namespace }))
      return absent(`the Corefile shows namespaces by their labels, and those of ${namespace} are others`);
    return undefined;
  }

  /** Models findPods. */
  #pod(zone: string, namespace: string, label: string): Targets {
    const mode = this.#plugin.pods;
    if (mode === 'disabled') return absent('the Corefile switches the names of pods off (pods disabled)');
    const looksLikeIPv4 = label.split('-').length === 4 && !label.includes('--');
    const text = label.replaceAll('-', looksLikeIPv4 ? '.' : ':');
    const ip = parseIp(text);
    if (mode === 'insecure' && !ip) return absent(`${label} is no address of a pod with - for ${looksLikeIPv4 ? '.' : ': or .'}`); // prettier-ignore
    if (mode === 'verified' && !this.#hasPod(namespace, text))
      return absent(`no pod in namespace ${namespace} has the address ${text}`);
    const address = ip ? printIp(ip) : text;
    const host = `${label}.${namespace}.pod.${zone === '.' ? '' : zone}`;
    // A pod has no port in the server's books, which is not the same as having none.
    const targets: Target[] = [{ kind: 'address', address, host, port: 0 }];
    const cause = mode === 'insecure' ? `the address ${address}, written as a name` : `the address of a pod in namespace ${namespace}`; // prettier-ignore
    return { targets, absent: false, cause };
  }

  /** Whether a pod that has not ended and is not about to go has exactly this address. */
  #hasPod(namespace: string, address: string): boolean {
    const first = this.#controlPlane.podByAddress(address);
    if (!first) return false;
    // Pods on the host network share their node's address.
    const candidates = first.metadata.namespace === namespace ? [first] : this.#hostPods(namespace);
    return candidates.some((pod) => {
      const { phase, podIPs } = pod.status;
      const { labels } = this.#plugin;
      if (phase === 'Succeeded' || phase === 'Failed' || phase === 'Unknown') return false;
      if (pod.metadata.deletionTimestamp !== undefined) return false;
      if (labels && !matchesLabels(labels, pod.metadata.labels)) return false;
      return (podIPs ?? (pod.status.podIP === undefined ? [] : [{ ip: pod.status.podIP }])).some(({ ip }) => ip === address); // prettier-ignore
    });
  }

  #hostPods(namespace: string) {
    const groups = [...this.#controlPlane.podGroups(namespace)].filter(({ spec }) => spec.hostNetwork === true);
    return groups.flatMap((group) => this.#controlPlane.podsOf(group.key));
  }

  // ---------------------------------------------------------------- Services

  /** Models findServices. */
  #service(asked: ServiceName, zone: string): Targets {
    const key: NamespacedName = `${asked.namespace}/${asked.name}`;
    const service = this.#controlPlane.service(key);
    if (!service) return absent(this.#absence(key, asked));
    const label = `Service ${asked.name} in namespace ${asked.namespace}`;
    const { labels, ignoreEmptyService } = this.#plugin;
    if (labels && !matchesLabels(labels, service.metadata.labels))
      return absent(`the Corefile shows objects by their labels, and those of ${label} are others`, key);
    const isExternal = service.spec.type === 'ExternalName';
    if (ignoreEmptyService && !isExternal && !isHeadless(service) && this.#endpoints(key).length === 0)
      return absent(`${label} has no ready endpoints, and the Corefile hides such (ignore empty_service)`, key);
    if (asked.topology && !isHeadless(service)) return absent(`${label} is not headless: there are no names by zone`, key); // prettier-ignore
    if (isExternal) return this.#external(service, asked, label);
    const byEndpoints = isHeadless(service) || asked.host !== '';
    const targets = byEndpoints ? this.#endpointTargets(key, asked, zone) : this.#clusterTargets(service, asked, zone);
    if (targets.length === 0) {
      const cause = this.#emptiness(service, asked, label, zone);
      return asked.topology ? empty(cause, key) : absent(cause, key);
    }
    return { targets, absent: false, cause: byEndpoints ? `ready endpoints of ${label}` : label, service: key };
  }

  #absence(key: NamespacedName, { name, namespace }: ServiceName): string {
    const refused = this.#controlPlane.serviceObject(key);
    const where = `in namespace ${namespace}`;
    return refused ? `Service ${name} ${where} is refused by the API server` : `no Service ${name} ${where}`;
  }

  /** Why a Service that is there has nothing of what is asked for. */
  #emptiness(service: Service, asked: ServiceName, label: string, zone: string): string {
    if (!this.#plugin.endpoints && (isHeadless(service) || asked.host !== '')) return `the Corefile switches endpoints off (noendpoints), and ${label} is known by them`; // prettier-ignore
    if (asked.host !== '') return `${label} has no ready endpoint with the name ${asked.host}`;
    if (asked.topology) return `${label} has no ready endpoints in zone ${asked.topology.zone}`;
    const all = { ...asked, port: '', protocol: '' };
    const any = !isHeadless(service) || this.#endpointTargets(keyOf(service), all, zone).length > 0;
    if (any) return `${label} has no port ${asked.port} with protocol ${asked.protocol}`;
    return `${label} is headless and has no ready endpoints`;
  }

  #clusterTargets(service: Service, asked: ServiceName, zone: string): readonly Target[] {
    const { ports = [], clusterIPs = [] } = service.spec;
    const host = hostOf(keyOf(service), zone);
    return ports
      .filter((port) => matches(asked, port.name, port.protocol))
      .flatMap(({ port }) =>
        clusterIPs.map((address): Target => ({ kind: 'address', address: canonical(address), host, port })),
      );
  }

  #endpoints(key: NamespacedName) {
    if (!this.#plugin.endpoints) return [];
    return [...namedEndpoints(this.#controlPlane.endpointSlices(key), this.#naming)];
  }

  #endpointTargets(key: NamespacedName, asked: ServiceName, zone: string): readonly Target[] {
    const all = this.#endpoints(key);
    const near = asked.topology ? all.filter((endpoint) => endpoint.zone === asked.topology?.zone) : all;
    const chosen = near.length === 0 && asked.topology?.orAll ? all : near;
    return chosen
      .filter(({ host }) => asked.host === '' || host.toLowerCase() === asked.host)
      .filter(({ port }) => matches(asked, port?.name, port?.protocol))
      .map(({ address, host, port }): Target => ({
        kind: 'address',
        address: canonical(address),
        host: `${host}.${hostOf(key, zone)}`,
        port: port?.port,
      }));
  }

  #external(service: Service, asked: ServiceName, label: string): Targets {
    const key = keyOf(service);
    const { externalName = '' } = service.spec;
    if (asked.host !== '' || asked.port !== '' || asked.protocol !== '')
      return absent(`${label} is an ExternalName: there are no names under it`, key);
    if (parseIp(externalName)) return absent(`${label} is an ExternalName that holds an address, ${externalName}, where a name is wanted`, key); // prettier-ignore
    const name = absolute(externalName);
    const cause = `${label} is another name for ${withoutDot(name)}`;
    return { targets: [{ kind: 'alias', name }], absent: false, cause, service: key };
  }

  // ---------------------------------------------------------------- reverse

  /** Models plugin/kubernetes/reverse.go serviceRecordForIP: a cluster address goes before an endpoint. */
  pointers(address: string): Targets {
    const service = this.#controlPlane
      .servicesByAddress(address)
      .find((each) => this.#hasClusterAddress(each, address));
    if (service) {
      const key = keyOf(service);
      const targets: Target[] = [{ kind: 'alias', name: hostOf(key, this.#primaryZone) }];
      return { targets, absent: false, cause: `${address} is the cluster address of Service ${key}`, service: key };
    }
    const entries = this.#plugin.endpoints
      ? this.#reverse.at(address).filter((entry) => this.#shows(entry.service.split('/')[0]!))
      : [];
    if (entries.length === 0) return absent(`no Service and no ready endpoint has the address ${address}`);
    const targets = entries.map(({ host, service: key }): Target => ({ kind: 'alias', name: `${host}.${hostOf(key, this.#primaryZone)}` })); // prettier-ignore
    return { targets, absent: false, cause: `${address} is the address of an endpoint`, service: entries[0]!.service };
  }

  /** Reverse names are of all namespaces, but where the Corefile names some. */
  #shows(namespace: string): boolean {
    return this.#plugin.namespaces.length === 0 || !this.#hidden(namespace);
  }

  #hasClusterAddress(service: Service, address: string): boolean {
    const { labels } = this.#plugin;
    if (labels && !matchesLabels(labels, service.metadata.labels)) return false;
    if (!this.#shows(service.metadata.namespace)) return false;
    return (service.spec.clusterIPs ?? []).some((ip) => canonical(ip) === address);
  }
}

function absent(cause: string, service?: NamespacedName): Targets {
  return { targets: [], absent: true, cause, ...(service !== undefined && { service }) };
}

function empty(cause: string, service?: NamespacedName): Targets {
  return { targets: [], absent: false, cause, ...(service !== undefined && { service }) };
}

function keyOf(service: Service): NamespacedName {
  return `${service.metadata.namespace}/${service.metadata.name}`;
}

function hostOf(key: NamespacedName, zone: string): string {
  const [namespace, name] = key.split('/');
  return `${name}.${namespace}.svc.${zone === '.' ? '' : zone}`;
}

function canonical(address: string): string {
  const ip = parseIp(address);
  return ip ? printIp(ip) : address;
}

function matches(asked: ServiceName, port: string | undefined, protocol: string | undefined): boolean {
  if (asked.port !== '' && asked.port !== (port ?? '').toLowerCase()) return false;
  return asked.protocol === '' || asked.protocol === (protocol ?? '').toLowerCase();
}
