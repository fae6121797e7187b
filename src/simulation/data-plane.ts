/** The data plane: each node's rules, the walk of a packet through them, and the network policies on its way. */

import type { IpFamily } from '#base/ip';
import type { NamespacedName } from '#model/kubernetes';
import type { ProxyMode } from '#model/settings';
import { askedSets } from './network/asked-sets';
import { decide, type PolicyEnd } from './network/policy';
import { Fabric } from './network/fabric';
import { passedOver, reasonsPast } from './network/explain';
import { nodeRulesOf } from './network/modes';
import { Trail } from './network/trail';
import { walk } from './network/walk';
import { settingsOfMode } from './proxy/configuration';
import { createProxier, printRuleset, type NodeProxier } from './proxy/modes';
import { addressesOf } from './proxy/proxier';
import { watchServices, type ServiceList } from './proxy/service-list';
import { canonical } from './proxy/service-port';
import type { ControlPlane, DataPlane, Impact, PacketHeader, PolicyVerdict, Ruleset } from './types';

export interface DataPlaneEngine extends DataPlane {
  /** To be told of each change of the control plane. */
  changed(impact: Impact): void;
}

/** Reads the control plane as it is when asked; rules are kept per node and Service. */
export function createDataPlane(controlPlane: ControlPlane): DataPlaneEngine {
  const proxiers = new Map<string, NodeProxier>();
  const watched = watchServices(controlPlane);
  /** Undefined after a change, until somebody asks. */
  let list: ServiceList | undefined;
  const services = () => (list ??= watched());
  const fabric = new Fabric(controlPlane);

  const rulesFor = (entries: ServiceList, node: string, mode: ProxyMode, family: IpFamily): Ruleset | undefined => {
    const key = `${mode} ${family} ${node}`;
    let proxier = proxiers.get(key);
    if (!proxier) proxiers.set(key, (proxier = createProxier(mode, controlPlane, node, family)));
    return proxier.rules(entries, settingsOfMode(controlPlane.settings, mode));
  };

  const end = (address: string): PolicyEnd => ({ pod: controlPlane.podByAddress(address), address });

  const unrestricted = (direction: PolicyVerdict['direction'], pod: NamespacedName): PolicyVerdict => ({
    direction,
    pod,
    allowed: true,
    policies: [],
    allowedBy: undefined,
  });

  const onWay = (direction: PolicyVerdict['direction'], name: NamespacedName, header: PacketHeader): PolicyVerdict => {
    const pod = controlPlane.pod(name);
    if (!pod) return unrestricted(direction, name);
    // A node may always reach its own pods: kubelet's probes come from there.
    if (direction === 'ingress' && isOwnNode(controlPlane, pod.spec.nodeName, header.source))
      return unrestricted(direction, name);
    const [from, to] =
      direction === 'egress'
        ? [{ pod, address: header.source }, end(header.destination)]
        : [end(header.source), { pod, address: header.destination }];
    const connection = { from, to, port: header.destinationPort, protocol: header.protocol };
    return decide(direction, connection, controlPlane) ?? unrestricted(direction, name);
  };

  const walkWith = (trail: Trail | undefined): DataPlane['walk'] => {
    return (source, { address, port, protocol }, mode) => {
      // Nothing changes while a packet is on its way: all nodes go by one list.
      const current = services();
      return walk(
        { source, address: canonical(address), port, protocol },
        {
          controlPlane,
          fabric,
          mode,
          rules: (node, family) => {
            const ruleset = rulesFor(current, node.metadata.name, mode, family);
            return ruleset && nodeRulesOf(ruleset, fabric.localAddresses(node), trail);
          },
          egress: (pod, header) => onWay('egress', pod, header),
          ingress: (pod, header) => onWay('ingress', pod, header),
        },
      );
    };
  };

  return {
    changed: (impact) => {
      list = undefined;
      fabric.hostPorts.changed(impact);
    },
    rules: (node, mode, family) => rulesFor(services(), node, mode, family),
    print: printRuleset,
    passedOver: (step, limit) => {
      const node = controlPlane.node(step.node);
      if (!node) return [];
      return passedOver(step, limit, { addresses: fabric.localAddresses(node) });
    },
    walk: walkWith(undefined),
    record: walkWith(Trail.start),
    reasons: (ruleset, event) => {
      const node = controlPlane.node(ruleset.node);
      return node ? reasonsPast(ruleset, event, { addresses: fabric.localAddresses(node) }) : [];
    },
    asked: (ruleset, met, packet) => {
      const node = controlPlane.node(ruleset.node);
      return node ? askedSets(ruleset, met, packet, fabric.localAddresses(node)) : [];
    },
    policy: ({ from, to, port, protocol }) => {
      const resolve = (side: typeof from): PolicyEnd =>
        'pod' in side ? { pod: controlPlane.pod(side.pod), address: undefined } : end(side.address);
      const connection = { from: resolve(from), to: resolve(to), port, protocol };
      return {
        egress: decide('egress', connection, controlPlane),
        ingress: decide('ingress', connection, controlPlane),
      };
    },
  };
}

function isOwnNode(controlPlane: ControlPlane, node: string | undefined, address: string): boolean {
  const own = node === undefined ? undefined : controlPlane.node(node);
  return own !== undefined && addressesOf(own).includes(address);
}
