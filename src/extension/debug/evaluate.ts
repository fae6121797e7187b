/** Expressions of watches, hovers, conditions and log messages: fields by their names, and comparisons of them. */

import { parseIp, parsePrefix, prefixContains } from '#base/ip';
import type { WirePacket, WireRule, WireStop } from '#protocol/debug';

/** What there is to see at a stop. */
export interface Seen {
  readonly packet: WirePacket | undefined;
  readonly rule: WireRule | undefined;
  readonly stop: WireStop;
}

/** Every field with its name; those of the packet go without `packet.`, too. */
export function fieldsOf({ packet, rule, stop }: Seen): ReadonlyMap<string, string> {
  const fields = new Map<string, string>([['hop', stop.title]]);
  if (packet) {
    const { conntrack, mark, oif, ipvs, ...own } = packet;
    for (const [name, value] of Object.entries({ ...own, oif: oif ?? 'not decided yet', mark: hex(mark) }))
      for (const key of [`packet.${name}`, name]) fields.set(key, String(value));
    if (ipvs !== undefined) fields.set('packet.ipvs', ipvs);
    for (const [name, value] of Object.entries(conntrack)) fields.set(`conntrack.${name}`, Array.isArray(value) ? value.join(', ') : String(value)); // prettier-ignore
  }
  if (rule) {
    const { text, chain, table, matched, words, owner } = rule;
    for (const [name, value] of Object.entries({ text, chain, table, matched, words, owner: owner ?? '' }))
      fields.set(`rule.${name}`, value);
    for (const { name, found } of rule.sets) fields.set(name, found ?? 'no such entry');
  }
  return fields;
}

export function hex(mark: number): string {
  return `0x${mark.toString(16)}`;
}

export type Evaluated = { readonly value: string } | { readonly error: string };

/** `packet.daddr`, `mark == 0x4000`, `daddr in 10.96.0.0/12 && dport == 80`, `rule.matched != "no"`. */
export function evaluate(expression: string, seen: Seen): Evaluated {
  const any = expression.split('||');
  if (any.length > 1) return joined(any, seen, (values) => values.includes('true'));
  const all = expression.split('&&');
  if (all.length > 1) return joined(all, seen, (values) => values.every((value) => value === 'true'));
  const compared = /^(.+?)\s*(==|!=|\bin\b)\s*(.+)$/s.exec(expression.trim());
  if (!compared) return field(expression.trim(), seen);
  const [, left = '', operator, right = ''] = compared;
  const value = field(left.trim(), seen);
  if ('error' in value) return value;
  const other = literal(right.trim(), seen);
  if (operator === 'in') return isIn(value.value, other);
  return { value: String(sameValue(value.value, other) === (operator === '==')) };
}

/** Whether a condition holds; one that cannot be evaluated stops, so that somebody sees it. */
export function holds(condition: string, seen: Seen): boolean {
  const result = evaluate(condition, seen);
  if ('value' in result) return !['', 'false', '0', '0x0'].includes(result.value);
  // Where there is no packet or rule, a condition about it does not hold.
  return !(seen.packet && seen.rule);
}

/** A log message with what stands in braces evaluated. */
export function interpolate(message: string, seen: Seen): string {
  return message.replace(/\{([^{}]+)\}/g, (_, expression: string) => {
    const result = evaluate(expression, seen);
    return 'value' in result ? result.value : `{${result.error}}`;
  });
}

function joined(parts: readonly string[], seen: Seen, decide: (values: readonly string[]) => boolean): Evaluated {
  const results = parts.map((part) => evaluate(part, seen));
  const failed = results.find((result) => 'error' in result);
  return failed ?? { value: String(decide(results.flatMap((result) => ('value' in result ? result.value : [])))) };
}

function field(name: string, seen: Seen): Evaluated {
  const value = fieldsOf(seen).get(name);
  if (value !== undefined) return { value };
  return { error: `There is no ${name} here. Try packet.daddr, mark, conntrack.status, rule.matched or the name of a set.` };
} // prettier-ignore

function literal(text: string, seen: Seen): string {
  return fieldsOf(seen).get(text) ?? text.replace(/^(["'])(.*)\1$/s, '$2');
}

function sameValue(left: string, right: string): boolean {
  const isNumber = (text: string) => /^(0x[0-9a-f]+|\d+)$/i.test(text);
  return isNumber(left) && isNumber(right)
    ? Number(left) === Number(right)
    : left.toLowerCase() === right.toLowerCase();
}

function isIn(address: string, range: string): Evaluated {
  const [ip, prefix] = [parseIp(address), parsePrefix(range)];
  if (!ip || !prefix)
    return { error: `${ip ? range : address} is no ${ip ? 'range such as 10.96.0.0/12' : 'address'}.` };
  return { value: String(prefixContains(prefix, ip)) };
}
