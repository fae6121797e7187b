/** What a stop shows as variables: the packet, its marks, conntrack, sets, the rule, and the ways that lead on. */

import { Handles, Scope, Variable } from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { WireRecording, WireWay } from '#protocol/debug';
import { hex, type Seen } from './evaluate';

/** Lists longer than this are only counted. */
const mostShown = 100;

interface Row {
  readonly name: string;
  readonly value: string;
  readonly evaluateName?: string;
  readonly children?: () => readonly Row[];
  /** Whether another value can be set. */
  readonly isSettable?: boolean;
}

/** The field of the packet that a row is, for breakpoints on its changes. */
const watchable = new Set(['saddr', 'sport', 'daddr', 'dport', 'mark', 'node', 'iif', 'oif', 'protocol', 'ipvs']);

export class VariablesAtStop {
  readonly #handles = new Handles<() => readonly Row[]>();
  readonly #scopes: readonly Scope[];

  constructor(seen: Seen, recording: WireRecording) {
    const scopes: Scope[] = [];
    const add = (name: string, rows: readonly Row[]) => {
      if (rows.length > 0)
        scopes.push(
          new Scope(
            name,
            this.#handles.create(() => rows),
            false,
          ),
        );
    };
    add('Packet', packetRows(seen));
    add('Marks', markRows(seen));
    add('Conntrack', conntrackRows(seen));
    add('Sets', setRows(seen));
    add('Rule', ruleRows(seen));
    add('Ways', wayRows(seen, recording));
    this.#scopes = scopes;
  }

  get scopes(): Scope[] {
    return [...this.#scopes];
  }

  variables(reference: number): DebugProtocol.Variable[] {
    return (this.#handles.get(reference)?.() ?? []).map((row) => this.#variableOf(row));
  }

  #variableOf({ name, value, evaluateName, children, isSettable }: Row): DebugProtocol.Variable {
    const variable: DebugProtocol.Variable = new Variable(name, value, children ? this.#handles.create(children) : 0);
    if (evaluateName !== undefined) variable.evaluateName = evaluateName;
    variable.presentationHint = { kind: 'property', ...(isSettable ? {} : { attributes: ['readOnly'] }) };
    return variable;
  }
}

/** The field on whose changes one can stop; undefined for any other variable. */
export function watchedField(name: string): string | undefined {
  const field = name.replace(/^packet\./, '');
  return watchable.has(field) ? field : undefined;
}

function packetRows({ packet }: Seen): readonly Row[] {
  if (!packet) return [];
  const { saddr, sport, daddr, dport, protocol, family, iif, oif, node } = packet;
  const rows = { saddr, sport, daddr, dport, protocol, family, iif, oif: oif ?? 'not decided yet', node };
  return Object.entries(rows).map(([name, value]) => ({ name, value: String(value), evaluateName: `packet.${name}` }));
}

function markRows({ packet }: Seen): readonly Row[] {
  if (!packet) return [];
  const words = packet.mark === 0 ? '' : ' (its source will be hidden: KUBE-MARK-MASQ)';
  return [{ name: 'mark', value: `${hex(packet.mark)}${words}`, evaluateName: 'packet.mark' }];
}

function conntrackRows({ packet }: Seen): readonly Row[] {
  if (!packet) return [];
  const { state, status, original, reply } = packet.conntrack;
  return [
    { name: 'state', value: state, evaluateName: 'conntrack.state' },
    { name: 'status', value: status.length === 0 ? 'nothing translated' : status.join(', '), evaluateName: 'conntrack.status' }, // prettier-ignore
    { name: 'original', value: original, evaluateName: 'conntrack.original' },
    { name: 'reply', value: reply, evaluateName: 'conntrack.reply' },
    ...(packet.ipvs === undefined ? [] : [{ name: 'ipvs', value: packet.ipvs, evaluateName: 'packet.ipvs' }]),
  ];
}

function setRows({ rule }: Seen): readonly Row[] {
  return (rule?.sets ?? []).map(({ name, key, found, size }) => ({
    name,
    value: found ?? `has no ${key}`,
    children: () => [
      { name: 'key', value: key },
      { name: 'found', value: found ?? 'no such entry' },
      { name: 'entries', value: String(size) },
    ],
  }));
}

function ruleRows({ rule }: Seen): readonly Row[] {
  if (!rule) return [];
  const matched = { yes: 'yes', no: 'no', chance: 'yes, but chance leads past it' }[rule.matched];
  return [
    { name: 'matched', value: matched, evaluateName: 'rule.matched' },
    { name: rule.matched === 'no' ? 'because' : 'effect', value: rule.words, evaluateName: 'rule.words' },
    ...(rule.owner === undefined ? [] : [{ name: 'owner', value: rule.owner, evaluateName: 'rule.owner' }]),
    { name: 'chain', value: `${rule.chain} (table ${rule.table})`, evaluateName: 'rule.chain' },
    { name: 'text', value: rule.text, evaluateName: 'rule.text' },
  ];
}

function wayRows({ stop }: Seen, { ways, path }: WireRecording): readonly Row[] {
  if (ways.length < 2) return [];
  const taken = ways.find((way) => way.path === path);
  const list = (title: string, all: readonly WireWay[]): Row => ({
    name: title,
    value: `${all.length}`,
    children: () => all.slice(0, mostShown).map((way) => ({ name: String(way.path + 1), value: wayWords(way) })),
  });
  return [
    { name: 'way', value: taken ? `${path + 1}: ${wayWords(taken)}` : String(path + 1), isSettable: true },
    ...(stop.choice.length > 0 ? [list('from here', stop.choice)] : []),
    list('all', ways),
  ];
}

/** `shop/web-1:8080 (33.3 %)`. */
export function wayWords({ text, probability }: WireWay): string {
  return `${text} (${Number((probability * 100).toFixed(1))} %)`;
}
