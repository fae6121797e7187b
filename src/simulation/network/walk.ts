/** The walk of a packet from where it starts to where it ends, through the very rules of the nodes on its way. */

import { familyOf, type IpFamily } from '#base/ip';
import type { NamespacedName, Node, Pod, Protocol } from '#model/kubernetes';
import { namespacedName } from '#model/kubernetes';
import type { ProxyMode } from '#model/settings';
import { hasEnded } from '../control-plane/pod-status';
import { addressesOf } from '../proxy/proxier';
import { canonical } from '../proxy/service-port';
import type {
  ControlPlane,
  Outcome,
  PacketHeader,
  PacketSource,
  PolicyVerdict,
  Walk,
  WalkPath,
  WalkStep,
} from '../types';
import { outsideClients, type Fabric } from './fabric';
import { comesFirst, translateHostPort } from './host-port-rules';
import type { Hook, NodeRules, Passage, Verdict } from './node-rules';
import type { Packet } from './packet';
import { follow, withTranslation, type Translation } from './reply';
import type { HookTrail } from './trail';

/** A port that no Service uses: what a client's kernel would draw. */
const clientPort = 41312;
/** A packet that is still on its way after so many nodes goes round in circles. */
const mostNodes = 6;

export interface WalkRequest {
  readonly source: PacketSource;
  readonly address: string;
  readonly port: number;
  readonly protocol: Protocol;
}

export interface WalkEnvironment {
  readonly controlPlane: ControlPlane;
  readonly fabric: Fabric;
  readonly mode: ProxyMode;
  /** Undefined where the node's rules are not known. */
  rules(node: Node, family: IpFamily): NodeRules | undefined;
  egress(pod: NamespacedName, header: PacketHeader): PolicyVerdict;
  ingress(pod: NamespacedName, header: PacketHeader): PolicyVerdict;
}

/** Where the packet is: about to enter a node from its network, or sent by one of the node's own processes. */
interface Travel {
  readonly packet: Packet;
  readonly node: Node;
  readonly entry: 'PREROUTING' | 'OUTPUT';
  readonly probability: number;
  readonly steps: readonly WalkStep[];
  readonly translations: readonly Translation[];
  /** What each rule did, where that is recorded. */
  readonly hooks?: readonly HookTrail[];
  /** Whether the network plugin wants it to leave this node with the node's address. */
  readonly pluginMasquerade: boolean;
  /** The pod that sent it, until its egress policies have been asked. */
  readonly sender: NamespacedName | undefined;
  readonly nodesPassed: number;
}

/** All ways of the first packet of a connection. */
export function walk(request: WalkRequest, environment: WalkEnvironment): Walk {
  const walker = new Walker(request, environment);
  return { paths: walker.start() };
}

class Walker {
  readonly #request: WalkRequest;
  readonly #environment: WalkEnvironment;
  readonly #fabric: Fabric;
  readonly #family: IpFamily;

  constructor(request: WalkRequest, environment: WalkEnvironment) {
    this.#request = request;
    this.#environment = environment;
    this.#fabric = environment.fabric;
    this.#family = familyOf(request.address) ?? 'IPv4';
  }

  start(): WalkPath[] {
    const { source } = this.#request;
    if (source.kind === 'outside') return this.#fromOutside(source.node);
    const pod = source.kind === 'pod' ? this.#environment.controlPlane.pod(source.pod) : undefined;
    if (source.kind === 'pod' && !pod) return [this.#nowhere(`there is no pod ${source.pod}`)];
    const nodeName = pod ? pod.spec.nodeName : source.kind === 'node' ? source.node : undefined;
    const node = nodeName === undefined ? undefined : this.#environment.controlPlane.node(nodeName);
    if (!node)
      return [
        this.#nowhere(
          `${pod ? `pod ${namespacedName(pod)} is on no known node` : `there is no node ${nodeName ?? ''}`}`,
        ),
      ];
    return pod && !pod.spec.hostNetwork ? this.#fromPod(pod, node) : this.#fromNode(node);
  }

  #fromPod(pod: Pod, node: Node): WalkPath[] {
    const own = podAddresses(pod);
    const address = own.find((candidate) => familyOf(candidate) === this.#family);
    if (address === undefined) return [this.#nowhere(`pod ${namespacedName(pod)} has no ${this.#family} address`)];
    if (isLoopback(this.#request.address)) return [this.#toItself(pod, node, this.#request.address)];
    if (own.includes(this.#request.address)) return [this.#toItself(pod, node, address)];
    return this.#travel(this.#departure(node, 'PREROUTING', address, namespacedName(pod)));
  }

  #fromNode(node: Node): WalkPath[] {
    // Towards an address of its own, kube-ipvs0's included, the kernel takes that very address as the source.
    const isOwn = this.#environment.rules(node, this.#family)?.addresses.isLocal(this.#request.address);
    const own = isOwn ? sourceTowards(this.#request.address) : addressesOf(node, this.#family)[0];
    if (own === undefined) return [this.#nowhere(`node ${node.metadata.name} has no ${this.#family} address`)];
    return this.#travel(this.#departure(node, 'OUTPUT', own, undefined));
  }

  #fromOutside(via: string): WalkPath[] {
    const name = this.#fabric.entryFor(this.#request.address, via);
    const entry = this.#environment.controlPlane.node(name);
    if (!entry) return [this.#nowhere(`there is no node ${name}`)];
    return this.#travel(this.#departure(entry, 'PREROUTING', outsideClients[this.#family], undefined));
  }

  #departure(node: Node, entry: Travel['entry'], source: string, sender: NamespacedName | undefined): Travel {
    const { address, port, protocol } = this.#request;
    const header: PacketHeader = {
      protocol,
      source,
      sourcePort: clientPort,
      destination: address,
      destinationPort: port,
    };
    const from = sender !== undefined ? 'pod' : entry === 'OUTPUT' ? 'node' : 'network';
    const packet: Packet = { header, mark: 0, translated: false, from };
    const start = { probability: 1, steps: [], translations: [], nodesPassed: 0, pluginMasquerade: false };
    return { ...start, packet, node, entry, sender };
  }

  /** Through one node: translate the destination, decide the route, filter, translate the source. */
  #travel(travel: Travel): WalkPath[] {
    if (travel.nodesPassed >= mostNodes)
      return [
        this.#unreachable(travel, 'host unreachable', 'the packet goes back and forth until its time to live ends'),
      ];
    const rules = this.#environment.rules(travel.node, this.#family);
    if (!rules) {
      const reason = `the rules of ${travel.node.metadata.name} are not known`;
      return [this.#end(travel, { kind: 'timeout', reason })];
    }
    const { entry, packet } = travel;
    if (packet.from === 'network' && rules.addresses.isLocal(packet.header.source)) return [this.#martian(travel)];
    const mapped = comesFirst(this.#environment.mode) ? this.#mapHostPort(travel, rules) : undefined;
    if (mapped) return this.#route(mapped, rules);
    return this.#each(travel, rules.translate(travel.packet, entry), entry, (translated, passage) => {
      const next = isDecided(passage) ? undefined : this.#mapHostPort(translated, rules);
      return this.#route(next ?? translated, rules);
    });
  }

  /** Undefined where no hostPort of the node takes the packet. */
  #mapHostPort(travel: Travel, rules: NodeRules): Travel | undefined {
    const node = travel.node.metadata.name;
    const { addresses } = rules;
    const place = { node, hook: travel.entry, addresses, ports: this.#fabric.hostPorts };
    const mapped = translateHostPort(travel.packet, place);
    if (!mapped) return undefined;
    return {
      ...travel,
      packet: mapped.packet,
      pluginMasquerade: mapped.masquerade,
      steps: [...travel.steps, mapped.step],
      translations: withTranslation(travel.translations, node, travel.packet.header, mapped.packet.header),
    };
  }

  /** Goes on with what a hook let through; what it did not ends there. */
  #each(
    travel: Travel,
    passages: readonly Passage[],
    hook: Hook,
    goOn: (next: Travel, passage: Passage) => readonly WalkPath[],
  ): WalkPath[] {
    return passages.flatMap((passage) => {
      const next = this.#passed(travel, passage, hook);
      if (passage.verdict !== 'accept') return [this.#end(next, this.#refusal(passage.verdict, hook))];
      return goOn(next, passage);
    });
  }

  #passed(travel: Travel, passage: Passage, hook: Hook): Travel {
    const node = travel.node.metadata.name;
    const at = { at: travel.steps.length, count: passage.steps.length, node, hook, mode: this.#environment.mode };
    return {
      ...travel,
      packet: passage.packet,
      probability: travel.probability * passage.probability,
      steps: [...travel.steps, ...passage.steps],
      translations: withTranslation(travel.translations, node, travel.packet.header, passage.packet.header),
      ...(passage.trail && { hooks: [...(travel.hooks ?? []), { ...at, events: passage.trail.events() }] }),
    };
  }

  #route(travel: Travel, rules: NodeRules): WalkPath[] {
    const isLocal = rules.addresses.isLocal(travel.packet.header.destination);
    // IPVS translates behind the filter of INPUT, and what the policies see is translated.
    if (isLocal && rules.schedule && travel.entry === 'PREROUTING') return this.#enterNode(travel, rules);
    const { left, denied } = this.#askEgress(travel);
    if (denied) return [denied];
    if (left.entry === 'OUTPUT') return this.#sendFromNode(left, rules);
    if (isLocal) return this.#enterNode(left, rules);
    return this.#each(left, rules.filter(left.packet, 'FORWARD'), 'FORWARD', (next) => this.#leaveBy(next, rules));
  }

  /** Up to the node itself: one of its processes, or a virtual server that sends the packet on. */
  #enterNode(travel: Travel, rules: NodeRules): WalkPath[] {
    return this.#each(travel, rules.filter(travel.packet, 'INPUT'), 'INPUT', (entered) => {
      const passages = rules.schedule?.(entered.packet, 'INPUT') ?? [unchanged(entered.packet)];
      return this.#each(entered, passages, 'INPUT', (sent) => {
        const { left, denied } = this.#askEgress(sent);
        if (denied) return [denied];
        // A real server of the node itself is reached without leaving INPUT.
        const isHere = rules.addresses.isLocal(left.packet.header.destination);
        return isHere ? this.#arriveAtNode(left) : this.#sendFiltered(left, rules);
      });
    });
  }

  #sendFromNode(travel: Travel, rules: NodeRules): WalkPath[] {
    const scheduled = rules.schedule?.(travel.packet, 'OUTPUT');
    if (!scheduled) return this.#sendFiltered(travel, rules);
    return this.#each(travel, scheduled, 'OUTPUT', (sent) => this.#sendFiltered(sent, rules));
  }

  #sendFiltered(travel: Travel, rules: NodeRules): WalkPath[] {
    return this.#each(travel, rules.filter(travel.packet, 'OUTPUT'), 'OUTPUT', (sent) => this.#leaveBy(sent, rules));
  }

  /** Through POSTROUTING. A node's packet to itself goes over the loopback: it leaves and comes in again. */
  #leaveBy(travel: Travel, rules: NodeRules): WalkPath[] {
    return this.#each(travel, rules.leave(travel.packet), 'POSTROUTING', (posted, passage) => {
      const sent = passage.masquerade || posted.pluginMasquerade ? this.#masquerade(posted, passage) : posted;
      if (!rules.addresses.isLocal(sent.packet.header.destination)) return this.#leave(sent);
      return this.#each(sent, rules.filter(sent.packet, 'INPUT'), 'INPUT', (entered) => this.#arriveAtNode(entered));
    });
  }

  #masquerade(travel: Travel, passage: Passage): Travel {
    const own = addressesOf(travel.node, this.#family)[0];
    if (own === undefined) return travel;
    const before = travel.packet.header;
    const after = { ...before, source: own };
    const node = travel.node.metadata.name;
    const message = 'the network plugin masquerades: the answer has to come back by the node';
    const steps: readonly WalkStep[] = passage.masquerade
      ? withLastAfter(travel.steps, after)
      : [...travel.steps, { kind: 'plugin', node, hook: 'POSTROUTING', message, before, after }];
    const translations = withTranslation(travel.translations, node, before, after);
    return { ...travel, packet: { ...travel.packet, header: after }, steps, translations };
  }

  /** From the node to the next place. */
  #leave(travel: Travel): WalkPath[] {
    const { source, destination } = travel.packet.header;
    const here = travel.node.metadata.name;
    if (isLoopback(source)) {
      const reason = `a packet from ${source} does not leave ${here}, and nothing tells its sender`;
      return [this.#end(travel, { kind: 'timeout', reason })];
    }
    const owner = this.#fabric.owner(destination);
    switch (owner.kind) {
      case 'pod':
        if (owner.node === here) return [this.#arriveAtPod(travel, owner.pod)];
        return this.#toNode(travel, owner.node, `${here} routes to ${owner.node}, where pod ${owner.pod} is`);
      case 'node':
        return this.#toNode(travel, owner.node, `${here} routes to ${owner.node}`);
      case 'vacant': {
        if (owner.node === here) return [this.#backFromTheRouter(travel, destination)];
        const route = `${here} routes to ${owner.node}, whose range of pods ${destination} is in`;
        return this.#toNode(travel, owner.node, route);
      }
      case 'router':
        return [this.#deaf(travel, `${destination} is the router`)];
      case 'silent':
        return [
          this.#unreachable(travel, 'host unreachable', `nobody on the segment of ${destination} has that address`),
        ];
      case 'outside':
        return [this.#deaf(travel, `${destination} is the client outside`)];
      default:
        return [this.#atTheRouter(travel, destination)];
    }
  }

  /**
   * An address in the node's own range that no pod has: the packet leaves by the default route, and the router sends it
   * back. What the node itself sent it then takes for forged (IPv6 does not look); what it translated comes back as
   * another connection, and the error in the end is about an address that the client never asked for.
   */
  #backFromTheRouter(travel: Travel, destination: string): WalkPath {
    const here = travel.node.metadata.name;
    const missing = `no pod on ${here} has the address ${destination}`;
    const { source } = travel.packet.header;
    if (this.#family === 'IPv4' && this.#environment.rules(travel.node, 'IPv4')?.addresses.isLocal(source)) {
      const reason = `${missing}: the router sends the packet back, and ${here} drops what comes from elsewhere with its own source ${source}`;
      return this.#end(travel, { kind: 'timeout', reason });
    }
    if (travel.translations.some(({ node }) => node === here)) {
      const reason = `${missing}: the packet goes back and forth until its time to live ends, and the error names ${destination}, which the client does not know`;
      return this.#end(travel, { kind: 'timeout', reason });
    }
    return this.#unreachable(travel, 'host unreachable', missing);
  }

  #atTheRouter(travel: Travel, destination: string): WalkPath {
    if (this.#request.source.kind === 'outside' && destination === this.#request.address)
      return this.#unreachable(
        travel,
        'host unreachable',
        `no node translates ${destination}: the packet goes back and forth between node and router until its time to live ends`,
      );
    return this.#unreachable(
      travel,
      'network unreachable',
      `no rule translates ${destination} and nobody has that address: it leaves by the default route, and the router knows no way`,
    );
  }

  /** A router says so by ICMP. Linux tells a TCP client that is connecting, and keeps it from a UDP or SCTP socket. */
  #unreachable(travel: Travel, kind: 'host unreachable' | 'network unreachable', reason: string): WalkPath {
    if (this.#request.protocol === 'TCP') return this.#end(travel, { kind, reason });
    return this.#end(travel, {
      kind: 'timeout',
      reason: `${reason}; the answer "${kind}" does not reach a ${this.#request.protocol} client`,
    });
  }

  #toNode(travel: Travel, name: string, message: string): WalkPath[] {
    const node = this.#environment.controlPlane.node(name);
    const step: WalkStep = { kind: 'route', node: travel.node.metadata.name, message, header: travel.packet.header };
    const steps = [...travel.steps, step];
    if (!node) return [this.#unreachable({ ...travel, steps }, 'host unreachable', `there is no node ${name}`)];
    const packet: Packet = { header: travel.packet.header, mark: 0, translated: false, from: 'network' };
    const nodesPassed = travel.nodesPassed + 1;
    return this.#travel({ ...travel, node, entry: 'PREROUTING', packet, steps, nodesPassed, pluginMasquerade: false });
  }

  #arriveAtNode(travel: Travel): WalkPath[] {
    const { destinationPort, protocol, destination } = travel.packet.header;
    const node = travel.node.metadata.name;
    const isNamed =
      travel.packet.translated || travel.translations.length > 0
        ? this.#environment.controlPlane.podByAddress(destination)
        : undefined;
    const pod =
      this.#fabric.hostPorts.listener(node, destinationPort, protocol) ??
      (isNamed?.spec.hostNetwork && isNamed.spec.nodeName === node && !hasEnded(isNamed) ? isNamed : undefined);
    if (!pod)
      return [
        this.#end(travel, {
          kind: 'refused',
          reason: `nothing listens on ${destination}:${destinationPort}: node ${node} refuses`,
        }),
      ];
    return [this.#deliver(travel, namespacedName(pod))];
  }

  #arriveAtPod(travel: Travel, pod: NamespacedName): WalkPath {
    const verdict = this.#environment.ingress(pod, travel.packet.header);
    const steps: WalkStep[] = [...travel.steps, { kind: 'policy', verdict, header: travel.packet.header }];
    const arrived = { ...travel, steps };
    if (!verdict.allowed)
      return this.#end(arrived, {
        kind: 'timeout',
        reason: `network policies of ${pod} (${verdict.policies.join(', ')}) do not let it in`,
      });
    // A kernel takes no packet off the wire that has one of its own addresses as its source.
    const from = this.#fabric.owner(travel.packet.header.source);
    if (from.kind === 'pod' && from.pod === pod)
      return this.#end(arrived, {
        kind: 'timeout',
        reason: `the packet comes back to ${pod} with the pod's own address as its source: its kernel drops it, since no rule masquerades it`,
      });
    return this.#deliver(arrived, pod);
  }

  #deliver(travel: Travel, pod: NamespacedName): WalkPath {
    const { header } = travel.packet;
    const reply = follow(travel.translations, travel.node.metadata.name, header, this.#fabric);
    const answered = { ...travel, steps: [...travel.steps, ...reply.steps] };
    if (!reply.arrives) return this.#end(answered, { kind: 'timeout', reason: reply.reason });
    return this.#end(answered, {
      kind: 'delivered',
      pod,
      port: header.destinationPort,
      source: this.#sourceOf(header.source),
    });
  }

  #sourceOf(address: string): string {
    const owner = this.#fabric.owner(address);
    if (owner.kind === 'pod') return `pod ${owner.pod}`;
    if (owner.kind === 'node') return `node ${owner.node}`;
    if (owner.kind === 'outside') return 'outside';
    return isLoopback(address)
      ? `node ${this.#request.source.kind === 'node' ? this.#request.source.node : ''}`
      : address;
  }

  #toItself(pod: Pod, node: Node, address: string): WalkPath {
    const { port, protocol } = this.#request;
    const name = namespacedName(pod);
    const header: PacketHeader = {
      protocol,
      source: address,
      sourcePort: clientPort,
      destination: this.#request.address,
      destinationPort: port,
    };
    const message = 'the packet stays inside the pod: no rule sees it';
    const step: WalkStep = { kind: 'route', node: node.metadata.name, message, header };
    return { probability: 1, steps: [step], outcome: { kind: 'delivered', pod: name, port, source: `pod ${name}` } };
  }

  /** The sending pod's policies see the packet with its destination translated, and only on its own node. */
  #askEgress(travel: Travel): { readonly left: Travel; readonly denied?: WalkPath } {
    if (travel.sender === undefined) return { left: travel };
    const verdict = this.#environment.egress(travel.sender, travel.packet.header);
    const steps: WalkStep[] = [...travel.steps, { kind: 'policy', verdict, header: travel.packet.header }];
    const left = { ...travel, steps, sender: undefined };
    if (verdict.allowed) return { left };
    const reason = `network policies of ${travel.sender} (${verdict.policies.join(', ')}) do not let it out`;
    return { left, denied: this.#end(left, { kind: 'timeout', reason }) };
  }

  /** A rule of a node's own OUTPUT path fails the sender at once; TCP notices only what comes back to it. */
  #refusal(verdict: Exclude<Verdict, 'accept'>, hook: Hook): Outcome {
    const word = verdict === 'reject' ? 'rejects' : 'drops';
    const reason = `a rule ${word} it`;
    const { protocol } = this.#request;
    if (hook === 'OUTPUT' && protocol === 'UDP') return { kind: 'not permitted', reason: `${reason} as it is sent` };
    // An ICMP answer counts for SCTP only once it has given up trying: sctp_v4_err_handle in net/sctp/input.c.
    if (verdict === 'reject' && protocol === 'SCTP')
      return { kind: 'timeout', reason: `${reason}, and an SCTP client goes on trying` };
    return verdict === 'reject' ? { kind: 'refused', reason } : { kind: 'timeout', reason };
  }

  /** A source that the node has itself cannot come from elsewhere: the kernel drops it without a word. */
  #martian(travel: Travel): WalkPath {
    const reason = `${travel.node.metadata.name} has the source ${travel.packet.header.source} itself and drops what comes from elsewhere with it`;
    return this.#end(travel, { kind: 'timeout', reason });
  }

  #nowhere(reason: string): WalkPath {
    return { probability: 1, steps: [], outcome: { kind: 'network unreachable', reason } };
  }

  #deaf(travel: Travel, who: string): WalkPath {
    return this.#end(travel, { kind: 'refused', reason: `${who}, and nothing listens there` });
  }

  #end(travel: Travel, outcome: Outcome): WalkPath {
    const { probability, steps, hooks } = travel;
    return { probability, steps, outcome, ...(hooks && { hooks }) };
  }
}

/** The kernel's choice of a source towards one of the node's own addresses. */
function sourceTowards(own: string): string {
  return own.startsWith('127.') ? '127.0.0.1' : own;
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

/** Whether a rule took the packet out of the table, past all that stands behind. */
function isDecided({ steps }: Passage): boolean {
  const last = steps.at(-1);
  return last?.kind === 'rule' && last.action.kind === 'accept';
}

/** The steps, with what the last rule made of the packet. */
function withLastAfter(steps: readonly WalkStep[], after: PacketHeader): readonly WalkStep[] {
  const last = steps.at(-1);
  return last?.kind === 'rule' ? [...steps.slice(0, -1), { ...last, after }] : steps;
}

function unchanged(packet: Packet): Passage {
  return { probability: 1, packet, verdict: 'accept', masquerade: false, steps: [] };
}

function podAddresses(pod: Pod): readonly string[] {
  const all = (pod.status.podIPs ?? []).map(({ ip }) => ip);
  return (all.length > 0 || pod.status.podIP === undefined ? all : [pod.status.podIP]).map(canonical);
}
