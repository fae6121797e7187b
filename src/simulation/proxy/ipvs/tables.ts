/** The iptables rules of IPVS mode: they are few, ask sets, and mark, filter and translate sources around IPVS. */

import { compareStrings } from '#base/compare';
import type { IpFamily } from '#base/ip';
import type { Chain, Rule, RuleMatch, RuleTarget, Table } from '../../types';
import { fromPodOf } from '../iptables/service-rules';
import type { LocalDetector } from '../local-detector';
import type { BarredAddress } from './port-part';
import { setComment, setNameOf, type IpSets, type SetName } from './sets';

export interface TablesContext {
  readonly family: IpFamily;
  readonly detector: LocalDetector | undefined;
  readonly masqueradeAll: boolean;
  readonly masqueradeMark: number;
  /** Whether the kernel took the filter table's rules. */
  readonly takesFilter: boolean;
}

type Part = 'src' | 'dst';

/**
 * Models iptablesJumpChain, ipsetWithIptablesChain, writeIptablesRules and acceptIPVSTraffic in
 * pkg/proxy/ipvs/proxier.go (v1.37).
 */
export function ipvsTables(sets: IpSets, barred: readonly BarredAddress[], context: TablesContext): readonly Table[] {
  return new TablesWriter(sets, context).write(barred);
}

function rule(target: RuleTarget | string, ...matches: readonly RuleMatch[]): Rule {
  return { matches, target: typeof target === 'string' ? { kind: 'jump', chain: target } : target, cause: undefined };
}

function note(text: string): RuleMatch {
  return { kind: 'comment', text };
}

function marked(mark: number, negated: boolean): RuleMatch {
  return { kind: 'mark', negated, value: mark, mask: mark };
}

const localDestination: RuleMatch = { kind: 'destination-type', negated: false, type: 'LOCAL' };
const accept: RuleTarget = { kind: 'accept' };
const drop: RuleTarget = { kind: 'drop' };
const goBack: RuleTarget = { kind: 'return' };

class TablesWriter {
  readonly #sets: IpSets;
  readonly #context: TablesContext;
  readonly #rules = new Map<string, Rule[]>();

  constructor(sets: IpSets, context: TablesContext) {
    this.#sets = sets;
    this.#context = context;
  }

  write(barred: readonly BarredAddress[]): readonly Table[] {
    this.#writeNat();
    if (this.#context.takesFilter) this.#writeFilter(barred);
    return [this.#filter(), this.#nat()];
  }

  /** Rules about a set that is empty are left out, but for the filter's own ones. */
  #writeNat(): void {
    const { family, masqueradeMark } = this.#context;
    const loopback = family === 'IPv4' ? '127.0.0.0/8' : '::1/128';
    const nat = (chain: string, ...rules: readonly Rule[]) => this.#append(`nat ${chain}`, ...rules);
    nat('KUBE-SERVICES', rule(goBack, { kind: 'source', negated: false, prefix: loopback }));
    this.#ifAny('KUBE-LOOP-BACK', (told) =>
      nat('KUBE-POSTROUTING', rule({ kind: 'masquerade', ports: 'kept' }, ...told('dst', 'dst', 'src'))),
    );
    this.#ifAny('KUBE-LOAD-BALANCER', (told) =>
      nat('KUBE-SERVICES', rule('KUBE-LOAD-BALANCER', ...told('dst', 'dst'))),
    );
    this.#ifAny('KUBE-LOAD-BALANCER-LOCAL', (told) => nat('KUBE-LOAD-BALANCER', rule(goBack, ...told('dst', 'dst'))));
    this.#writeNodePorts();
    this.#ifAny('KUBE-CLUSTER-IP', (told) => nat('KUBE-SERVICES', this.#masqueradeClusterIP(told)));
    this.#ifAny('KUBE-EXTERNAL-IP', (told) => nat('KUBE-SERVICES', rule('KUBE-MARK-MASQ', ...told('dst', 'dst'))));
    for (const set of ['KUBE-EXTERNAL-IP', 'KUBE-EXTERNAL-IP-LOCAL'] as const) this.#acceptExternal(set);
    nat('KUBE-SERVICES', rule('KUBE-NODE-PORT', localDestination));
    nat('KUBE-LOAD-BALANCER', rule('KUBE-MARK-MASQ'));
    for (const set of ['KUBE-CLUSTER-IP', 'KUBE-LOAD-BALANCER'] as const)
      this.#ifAny(set, () => nat('KUBE-SERVICES', rule(accept, this.#inSet(set, 'dst', 'dst'))));
    nat(
      'KUBE-POSTROUTING',
      rule(goBack, marked(masqueradeMark, true)),
      rule({ kind: 'mark', value: masqueradeMark, mask: 0 }),
      rule({ kind: 'masquerade' }, note('kubernetes service traffic requiring SNAT')),
    );
    nat('KUBE-MARK-MASQ', rule({ kind: 'mark', value: masqueradeMark, mask: masqueradeMark }));
  }

  #writeNodePorts(): void {
    for (const [protocol, suffix] of [
      ['tcp', 'TCP'],
      ['udp', 'UDP'],
      ['sctp', 'SCTP-HASH'],
    ] as const) {
      // prettier-ignore
      const parts: readonly Part[] = protocol === 'sctp' ? ['dst', 'dst'] : ['dst'];
      const match: RuleMatch = { kind: 'protocol', negated: false, protocol };
      this.#ifAny(`KUBE-NODE-PORT-LOCAL-${suffix}`, (told) =>
        this.#append('nat KUBE-NODE-PORT', rule(goBack, match, ...told(...parts))),
      );
      this.#ifAny(`KUBE-NODE-PORT-${suffix}`, (told) =>
        this.#append('nat KUBE-NODE-PORT', rule('KUBE-MARK-MASQ', match, ...told(...parts))),
      );
    }
  }

  /** Of what goes to a cluster IP: all, what is from no pod, or, where nothing tells pods, what the node sends itself. */
  #masqueradeClusterIP(told: (...parts: readonly Part[]) => readonly RuleMatch[]): Rule {
    const { masqueradeAll, detector } = this.#context;
    if (masqueradeAll) return rule('KUBE-MARK-MASQ', ...told('dst', 'dst'));
    if (detector) return rule('KUBE-MARK-MASQ', ...told('dst', 'dst'), fromPodOf(detector, true));
    return rule('KUBE-MARK-MASQ', ...told('src', 'dst'));
  }

  #acceptExternal(set: 'KUBE-EXTERNAL-IP' | 'KUBE-EXTERNAL-IP-LOCAL'): void {
    const fromElsewhere: readonly RuleMatch[] = [
      { kind: 'bridge-port-in', negated: true },
      { kind: 'source-type', negated: true, type: 'LOCAL' },
    ];
    this.#ifAny(set, (told) =>
      this.#append(
        'nat KUBE-SERVICES',
        rule(accept, ...told('dst', 'dst'), ...fromElsewhere),
        rule(accept, ...told('dst', 'dst'), localDestination),
      ),
    );
  }

  #writeFilter(barred: readonly BarredAddress[]): void {
    const { family, masqueradeMark } = this.#context;
    const filter = (chain: string, ...rules: readonly Rule[]) => this.#append(`filter ${chain}`, ...rules);
    this.#ifAny('KUBE-LOAD-BALANCER-FW', (told) =>
      filter('KUBE-PROXY-FIREWALL', rule('KUBE-SOURCE-RANGES-FIREWALL', ...told('dst', 'dst'))),
    );
    for (const set of ['KUBE-LOAD-BALANCER-SOURCE-CIDR', 'KUBE-LOAD-BALANCER-SOURCE-IP'] as const)
      this.#ifAny(set, (told) => filter('KUBE-SOURCE-RANGES-FIREWALL', rule(goBack, ...told('dst', 'dst', 'src'))));
    filter('KUBE-SOURCE-RANGES-FIREWALL', rule(drop));
    for (const { address, protocol, port, cause } of barred) {
      const source: RuleMatch = {
        kind: 'source',
        negated: false,
        prefix: `${address}/${family === 'IPv4' ? 32 : 128}`,
      };
      const scheduled: RuleMatch = { kind: 'virtual-server', protocol, address, port };
      filter('KUBE-IPVS-OUT-FILTER', { ...rule(drop, source, scheduled), cause });
    }
    filter(
      'KUBE-FORWARD',
      rule(accept, note('kubernetes forwarding rules'), marked(masqueradeMark, false)),
      rule(accept, note('kubernetes forwarding conntrack rule'), states('RELATED', 'ESTABLISHED')),
    );
    filter('KUBE-NODE-PORT', rule(accept, ...this.#told('KUBE-HEALTH-CHECK-NODE-PORT')('dst')));
    for (const set of ['KUBE-LOAD-BALANCER', 'KUBE-CLUSTER-IP', 'KUBE-EXTERNAL-IP', 'KUBE-EXTERNAL-IP-LOCAL'] as const)
      filter('KUBE-IPVS-FILTER', rule(goBack, this.#inSet(set, 'dst', 'dst')));
    filter('KUBE-IPVS-FILTER', rule(goBack, this.#inSet('KUBE-HEALTH-CHECK-NODE-PORT', 'dst')));
    const reject: RuleTarget = {
      kind: 'reject',
      with: family === 'IPv4' ? 'icmp-port-unreachable' : 'icmp6-port-unreachable',
    };
    filter('KUBE-IPVS-FILTER', rule(reject, states('NEW'), this.#inSet('KUBE-IPVS-IPS', 'dst')));
  }

  #filter(): Table {
    const health = note('kubernetes health check rules');
    const firewall = note('kube-proxy firewall rules');
    const access = note('kubernetes ipvs access filter');
    const builtIn = [
      chain('INPUT', [
        rule('KUBE-IPVS-FILTER', access),
        rule('KUBE-PROXY-FIREWALL', firewall),
        rule('KUBE-NODE-PORT', health),
      ]),
      chain('FORWARD', [
        rule('KUBE-PROXY-FIREWALL', firewall),
        rule('KUBE-FORWARD', note('kubernetes forwarding rules')),
      ]),
      chain('OUTPUT', [rule('KUBE-IPVS-OUT-FILTER', access)]),
    ];
    const own = [
      'KUBE-FORWARD', 'KUBE-IPVS-FILTER', 'KUBE-IPVS-OUT-FILTER', 'KUBE-NODE-PORT', 'KUBE-PROXY-FIREWALL',
      'KUBE-SOURCE-RANGES-FIREWALL',
    ]; // prettier-ignore
    return this.#table('filter', builtIn, own);
  }

  #nat(): Table {
    const portals = note('kubernetes service portals');
    const builtIn = [
      chain('PREROUTING', [rule('KUBE-SERVICES', portals)]),
      chain('INPUT', []),
      chain('OUTPUT', [rule('KUBE-SERVICES', portals)]),
      chain('POSTROUTING', [rule('KUBE-POSTROUTING', note('kubernetes postrouting rules'))]),
    ];
    const own = ['KUBE-LOAD-BALANCER', 'KUBE-MARK-MASQ', 'KUBE-NODE-PORT', 'KUBE-POSTROUTING', 'KUBE-SERVICES'];
    return this.#table('nat', builtIn, own);
  }

  #table(name: 'filter' | 'nat', builtIn: readonly Chain[], own: readonly string[]): Table {
    const chains = own.toSorted(compareStrings).map((chainName) => ({
      name: chainName,
      policy: undefined,
      rules: this.#rules.get(`${name} ${chainName}`) ?? [],
    }));
    return { name, chains: new Map([...builtIn, ...chains].map((one) => [one.name, one])) };
  }

  #append(chainOfTable: string, ...rules: readonly Rule[]): void {
    const before = this.#rules.get(chainOfTable);
    if (before) before.push(...rules);
    else this.#rules.set(chainOfTable, [...rules]);
  }

  #ifAny(set: SetName, write: (told: (...parts: readonly Part[]) => readonly RuleMatch[]) => void): void {
    if (!this.#sets.isEmpty(set)) write(this.#told(set));
  }

  /** The set's comment, and the question to it. */
  #told(set: SetName): (...parts: readonly Part[]) => readonly RuleMatch[] {
    return (...parts) => [note(setComment(set)), this.#inSet(set, ...parts)];
  }

  #inSet(set: SetName, ...parts: readonly Part[]): RuleMatch {
    return { kind: 'set', negated: false, set: setNameOf(set, this.#context.family), parts };
  }
}

function chain(name: string, rules: readonly Rule[]): Chain {
  return { name, policy: 'ACCEPT', rules };
}

function states(...names: readonly string[]): RuleMatch {
  return { kind: 'connection-state', negated: false, states: names };
}
