/** The cluster's DNS server: a question goes to the server block of its zone, and there from plugin to plugin. */

import type { NamespacedName, Pod } from '#model/kubernetes';
import type { ControlPlane, DnsAnswer, RecordType } from '../types';
import { failed, nxdomain, unknown } from './answers';
import { Configurations, type DnsConfiguration } from './configuration';
import type { AutopathPlugin, ForwardPlugin, Plugin, ServerConfiguration } from './corefile/plugins';
import { KubernetesZones, type NameServerName } from './kubernetes';
import { absolute, withoutDot } from './parse';
import { anyObsoleted, cached, fromHosts, rewritten, templated, withAlias, withoutAuthority, type Next, type Question } from './plugin-answers'; // prettier-ignore
import { dnsAddresses, dnsService } from './server-address';
import { isInZone, matchingZone } from './zones';

interface Link {
  readonly plugin: Plugin;
  readonly kubernetes: KubernetesZones | undefined;
}

interface Chain extends ServerConfiguration {
  readonly links: readonly Link[];
}

/** The server's own questions to itself end somewhere. */
const maxDepth = 8;

export class DnsServer {
  readonly #controlPlane: ControlPlane;
  readonly #configurations: Configurations;
  #configuration: DnsConfiguration | undefined;
  #chains: readonly Chain[] = [];

  constructor(controlPlane: ControlPlane) {
    this.#controlPlane = controlPlane;
    this.#configurations = new Configurations(controlPlane);
  }

  /** What was noted when the configuration was read. */
  notes(): readonly string[] {
    this.#refresh();
    return this.#configuration?.notes ?? [];
  }

  /** Models core/dnsserver/server.go ServeDNS of CoreDNS 1.15. */
  query(name: string, type: RecordType, client?: Pod): DnsAnswer {
    return this.#query({ name: absolute(name), type, client, depth: 0, zone: '.' });
  }

  #query(question: Question): DnsAnswer {
    this.#refresh();
    const { name, depth } = question;
    if (depth > maxDepth) return failed('SERVFAIL', `${withoutDot(name)} leads in a circle`);
    const { starts = true, notes = [] } = this.#configuration ?? {};
    if (!starts) return unknown(notes.at(-1) ?? '');
    const zone = matchingZone(
      this.#chains.flatMap(({ zones }) => zones),
      name,
    );
    const chain = this.#chains.find(({ zones }) => zone !== undefined && zones.includes(zone));
    if (!chain) return failed('REFUSED', `the Corefile has no server block for ${withoutDot(name)}${this.#disagreement(name)}`); // prettier-ignore
    if (!chain.handles)
      return failed('REFUSED', `the server block for ${withoutDot(zone!)} has no plugin that answers`);
    return this.#run(chain.links, 0, { ...question, zone: zone! }, undefined);
  }

  #refresh(): void {
    const configuration = this.#configurations.current();
    if (configuration === this.#configuration) return;
    this.#configuration = configuration;
    this.#chains = configuration.servers.map((server) => ({
      ...server,
      links: server.plugins.map((plugin) => ({ plugin, kubernetes: this.#kubernetesOf(plugin) })),
    }));
  }

  #kubernetesOf(plugin: Plugin): KubernetesZones | undefined {
    if (plugin.kind !== 'kubernetes') return undefined;
    const zones: KubernetesZones = new KubernetesZones(this.#controlPlane, plugin, {
      lookup: (name, type) => this.#query({ name, type, client: undefined, depth: this.#depth + 1, zone: '.' }),
      nameServers: (zone) => nameServersOf(this.#controlPlane, zones, zone),
    });
    return zones;
  }

  /** The depth of the question that a plugin is answering: its own questions are one deeper. */
  #depth = 0;

  #run(links: readonly Link[], at: number, question: Question, passed: DnsAnswer | undefined): DnsAnswer {
    const link = links[at];
    const next: Next = (asked) => this.#run(links, at + 1, asked, passed);
    if (!link) return this.#end(question.name, passed);
    const { plugin, kubernetes } = link;
    switch (plugin.kind) {
      case 'any':
        return question.type === 'ANY' ? anyObsoleted(question.name) : next(question);
      case 'rewrite':
        return rewritten(plugin, question, next);
      case 'autopath':
        return this.#autopath(plugin, links, question, next);
      case 'cache':
        return cached(plugin, question.name, next(question));
      case 'template':
        return templated(plugin, question, next);
      case 'hosts':
        return fromHosts(plugin, question, next);
      case 'opaque':
        if (matchingZone(plugin.zones, question.name) === undefined) return next(question);
        return unknown(`the Corefile answers ${withoutDot(question.name)} with ${plugin.name}, which is not modelled`);
      case 'kubernetes': {
        const before = this.#depth;
        this.#depth = question.depth;
        const result = kubernetes?.serve(question.name, question.type);
        this.#depth = before;
        if (!result) return next(question);
        return 'answer' in result ? result.answer : this.#run(links, at + 1, question, result.passed);
      }
      case 'forward':
        return this.#forwarded(plugin, question, next);
      case 'nothing-outside':
        return passed ? withoutAuthority(passed) : nxdomain(this.#outside(question.name));
    }
  }

  /** Models plugin.NextOrFailure: nobody is left to ask. */
  #end(name: string, passed: DnsAnswer | undefined): DnsAnswer {
    const why = passed ? `: ${passed.cause}, and the next plugin is asked (fallthrough)` : this.#disagreement(name);
    return failed('SERVFAIL', `no plugin of the Corefile answers for ${withoutDot(name)}${why}`);
  }

  #outside(name: string): string {
    return `${withoutDot(name)} is outside the cluster domain ${this.#controlPlane.settings.clusterDomain}`;
  }

  /** Where kubelets send pods to another zone than the server has: nothing of the cluster is found then. */
  #disagreement(name: string): string {
    const domain = absolute(this.#controlPlane.settings.clusterDomain);
    const zones = this.#kubernetesZones();
    if (!isInZone(domain, name) || matchingZone(zones, name) !== undefined) return '';
    const served = zones.length === 0 ? 'has no kubernetes plugin' : `serves ${zones.map(withoutDot).join(', ')}`;
    return `; the cluster domain is ${withoutDot(domain)}, and the Corefile ${served}`;
  }

  #kubernetesZones(): readonly string[] {
    const plugins = this.#chains.flatMap((chain) => chain.plugins);
    const zones = plugins.flatMap((plugin) => (plugin.kind === 'kubernetes' ? plugin.zones : []));
    return zones.filter((zone) => !zone.endsWith('arpa.'));
  }

  /** Models plugin/forward/forward.go match; what the other server says is not known. */
  #forwarded({ zone, to, except }: ForwardPlugin, question: Question, next: Next): DnsAnswer {
    const { name } = question;
    const isExcepted = name !== zone && except.some((each) => isInZone(each, name));
    if (!isInZone(zone, name) || isExcepted) return next(question);
    const servers = to.map((each) => this.#serverLabel(each)).join(', ');
    const forwarded = zone === '.' ? question.zone : zone;
    const what = forwarded === '.' ? withoutDot(name) : withoutDot(forwarded);
    const which = to.length === 1 ? 'that server answers' : 'those servers answer';
    const answers = servers.includes('resolv.conf') ? 'they answer' : which;
    return unknown(`the Corefile forwards ${what} to ${servers}: what ${answers} is not known here${this.#disagreement(name)}`); // prettier-ignore
  }

  #serverLabel(to: string): string {
    if (to.endsWith('resolv.conf')) return `the servers of ${to}`;
    const address = to
      .replace(/^[a-z]+:\/\//, '')
      .replace(/^\[|\](:\d+)?$/g, '')
      .replace(/^([\d.]+):\d+$/, '$1');
    const [service] = this.#controlPlane.servicesByAddress(address);
    return service ? `${to} (Service ${service.metadata.namespace}/${service.metadata.name})` : to;
  }

  /** Models plugin/autopath ServeDNS with plugin/kubernetes AutoPath: the server walks the search list itself. */
  #autopath(plugin: AutopathPlugin, links: readonly Link[], question: Question, next: Next): DnsAnswer {
    const { name, client } = question;
    if (plugin.searchOf !== '@kubernetes' || !client || matchingZone(plugin.zones, name) === undefined)
      return next(question);
    const kubernetes = links.map((link) => link.plugin).find((each) => each.kind === 'kubernetes');
    const zone = kubernetes?.kind === 'kubernetes' ? matchingZone(kubernetes.zones, name) : undefined;
    // The server knows its clients' namespaces only where it watches pods.
    if (zone === undefined || kubernetes?.kind !== 'kubernetes' || kubernetes.pods !== 'verified')
      return next(question);
    const first = `${client.metadata.namespace}.svc.${zone}`;
    if (!isInZone(first, name)) return next(question);
    // The server stumbles over a question for the first search domain itself.
    if (name === first)
      return failed('SERVFAIL', `${withoutDot(name)} is a search domain, and the Corefile's autopath stumbles over it`);
    const base = name.slice(0, -first.length);
    let reply: DnsAnswer | undefined;
    for (const search of [first, `svc.${zone}`, zone, '']) {
      const answer = next({ ...question, name: `${base}${search}` });
      reply ??= answer;
      if (answer.rcode !== 'NXDOMAIN') return withAlias(answer, name);
    }
    return reply!;
  }
}

/** Models plugin/kubernetes/ns.go nsAddrs: the Services that hold the DNS server's pods, else the server's address. */
function nameServersOf(controlPlane: ControlPlane, zones: KubernetesZones, zone: string): readonly NameServerName[] {
  const below = zone === '.' ? '' : zone;
  const service = controlPlane.service(dnsService);
  const endpoint = controlPlane.endpointSlices(dnsService).flatMap((slice) => slice.endpoints ?? []).find(({ conditions }) => conditions.ready !== false); // prettier-ignore
  const own = service && endpoint ? zones.servicesOfEndpoint(endpoint.addresses[0] ?? '') : [];
  const named = own.flatMap((key) => addressesOf(controlPlane, key).map((address) => ({ name: nameOf(key, below), address }))); // prettier-ignore
  if (named.length > 0) return named;
  return dnsAddresses(controlPlane).map((address) => ({ name: `ns.dns.${below}`, address }));
}

function addressesOf(controlPlane: ControlPlane, key: NamespacedName): readonly string[] {
  return (controlPlane.service(key)?.spec.clusterIPs ?? []).filter((address) => address !== 'None');
}

function nameOf(key: NamespacedName, zone: string): string {
  const [namespace, name] = key.split('/');
  return `${name}.${namespace}.svc.${zone}`;
}
