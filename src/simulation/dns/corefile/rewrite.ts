/** The `rewrite` plugin: names on their way in, and names and targets of the answer on their way out. */

import { absolute } from '../parse';
import type { DnsRecord } from '../../types';
import type { RewriteRule, TextRewrite } from './plugins';

type ReadRule = RewriteRule | { readonly unknown: string } | { readonly problem: string };

const matchTypes = ['exact', 'prefix', 'suffix', 'substring', 'regex'] as const;

/** Models plugin/rewrite/rewrite.go newRule and name.go newNameRule of CoreDNS 1.15. */
export function readRewrite(words: readonly string[]): ReadRule {
  const first = (words[0] ?? '').toLowerCase();
  const moded = first === 'continue' || first === 'stop';
  const [type = '', ...args] = moded ? words.slice(1) : words;
  const continues = first === 'continue';
  switch (type.toLowerCase()) {
    case 'name':
      return readNameRule(args, continues);
    // What these change is no part of what is modelled here.
    case 'edns0':
    case 'ttl':
      return { unknown: '' };
    case 'class':
    case 'type':
      if (args.length !== 2) return { problem: `${type.toLowerCase()} rules must have exactly two arguments` };
      return { unknown: unknownPart(type) };
    case 'cname':
    case 'rcode':
      return { unknown: unknownPart(type) };
    case 'answer':
      return { problem: 'response rewrites must begin with a name rule' };
    default:
      return { problem: `invalid rule type "${words[0] ?? ''}"` };
  }
}

function unknownPart(type: string): string {
  return `the Corefile rewrites the ${type.toLowerCase()} of questions or answers, which is not modelled`;
}

function readNameRule(args: readonly string[], continues: boolean): ReadRule {
  if (args.length < 2) return { problem: 'too few arguments for a name rule' };
  const [kindWord, from = '', to = '', ...rest] = args.length === 2 ? ['exact', ...args] : args;
  const kind = matchTypes.find((each) => each === kindWord!.toLowerCase());
  if (!kind) return { problem: `name rule supports only exact, prefix, suffix, substring, and regex name matching, received: ${kindWord}` }; // prettier-ignore
  const answers = readAnswerRules(rest, kind);
  if ('problem' in answers || 'unknown' in answers) return answers;
  const name = kind === 'regex' ? regexRewrite(from, to) : plainRewrite(kind, from, to);
  if ('problem' in name || 'unknown' in name) return name;
  return { name, continues, ...answers, auto: kind === 'exact' || answers.auto };
}

function plainRewrite(kind: Exclude<TextRewrite['kind'], 'regex'>, from: string, to: string): TextRewrite {
  // As in the real one, names of all kinds get their final dot: a prefix that lacks it matches nothing but itself.
  return { kind, from: absolute(from), to: absolute(to) };
}

interface AnswerRules {
  readonly auto: boolean;
  readonly answerNames: readonly TextRewrite[];
  readonly answerValues: readonly TextRewrite[];
}

/** Models parseAnswerRules: `answer auto`, `answer name FROM TO`, `answer value FROM TO`. */
function readAnswerRules(
  words: readonly string[],
  kind: string,
): AnswerRules | { readonly problem: string } | { readonly unknown: string } {
  // prettier-ignore
  const names: TextRewrite[] = [];
  const values: TextRewrite[] = [];
  let auto = false;
  if (words.length === 1) return { problem: `invalid arguments for ${kind} rule` };
  for (let at = 0; at < words.length;) {
    if (words[at] === 'answer') at++;
    else if (at === 0) return { problem: `exceeded the number of arguments for a non-answer rule argument for ${kind} rule` }; // prettier-ignore
    const type = words[at++];
    if (type === 'auto') {
      auto = true;
      continue;
    }
    if (type !== 'name' && type !== 'value') return { problem: `invalid type "${type ?? ''}" for answer rule for ${kind} rule` }; // prettier-ignore
    const [from, to] = [words[at], words[at + 1]];
    if (from === undefined || to === undefined) return { problem: `${type} answer rule for ${kind} rule: 2 arguments required` }; // prettier-ignore
    const rewrite = regexRewrite(from, to);
    if ('problem' in rewrite || 'unknown' in rewrite) return rewrite;
    (type === 'name' ? names : values).push(rewrite);
    at += 2;
  }
  if (auto && names.length > 0) return { problem: 'auto name answer rule cannot be combined with explicit name answer rules' }; // prettier-ignore
  return { auto, answerNames: names, answerValues: values };
}

/** A repetition of what has a repetition in it takes JavaScript's matcher, unlike Go's, forever on some names. */
const intricate = /\([^()]*[+*}][^()]*\)\s*[+*{]/;

/** Go's syntax where it is JavaScript's too, with the few differences that are seen in practice. */
function regexRewrite(
  from: string,
  to: string,
): TextRewrite | { readonly problem: string } | { readonly unknown: string } {
  // prettier-ignore
  const expression = compile(from);
  if (!expression) return { problem: `invalid regex matching pattern: ${from}` };
  if (intricate.test(from)) return { unknown: `the Corefile rewrites names by the expression ${from}, which is not evaluated here` }; // prettier-ignore
  const used = new Set(to.match(/\{\d+\}/g));
  const groups = new RegExp(`${expression.source}|`).exec('')!.length - 1;
  if (used.size > groups) return { problem: `the rewrite regex pattern (${to}) uses more subexpressions than its corresponding matching regex pattern (${from})` }; // prettier-ignore
  return { kind: 'regex', from: expression, to: absolute(to) };
}

/** Go looks neither ahead nor behind nor back: it matches in linear time. */
const beyondGo = /\(\?<?[=!]|\\[1-9]/;

function compile(pattern: string): RegExp | undefined {
  if (beyondGo.test(pattern)) return undefined;
  const flags = /^\(\?([is]+)\)/.exec(pattern);
  const source = pattern.slice(flags?.[0].length ?? 0).replaceAll('(?P<', '(?<').replaceAll('\\z', '$').replaceAll('\\A', '^'); // prettier-ignore
  try {
    return new RegExp(source, flags?.[1] ?? '');
  } catch {
    return undefined;
  }
}

/** Whether Go would take it, as far as JavaScript can tell. */
export function isRegularExpression(pattern: string): boolean {
  return compile(pattern) !== undefined;
}

/** The new text; undefined where the rewrite does not match. */
export function rewriteText(rewrite: TextRewrite, text: string): string | undefined {
  const { kind, from, to } = rewrite;
  switch (kind) {
    case 'exact':
      return text === from ? to : undefined;
    case 'prefix':
      return text.startsWith(from) ? to + text.slice(from.length) : undefined;
    case 'suffix':
      return text.endsWith(from) ? text.slice(0, -from.length) + to : undefined;
    case 'substring':
      return text.includes(from) ? text.replaceAll(from, () => to) : undefined;
    case 'regex': {
      const groups = from.exec(text);
      if (!groups) return undefined;
      // A group that took no part stands for nothing.
      return to.replace(/\{(\d+)\}/g, (written, index: string) =>
        Number(index) < groups.length ? (groups[Number(index)] ?? '') : written,
      );
    }
  }
}

/** What turns the answer's records back; in the order in which they are applied. */
export type RecordRewrite = (record: DnsRecord) => DnsRecord;

/** Models nameRuleBase.responseRuleFor and newSuffixNameRule: how the answer to `to` becomes one to `from`. */
export function recordRewrites(rule: RewriteRule, from: string, to: string): readonly RecordRewrite[] {
  const revert = revertOf(rule, from, to);
  const rewrites: RecordRewrite[] = [];
  if (revert) rewrites.push((record) => withValue({ ...record, name: revert(record.name) }, revert));
  for (const each of rule.answerNames)
    rewrites.push((record) => ({ ...record, name: rewriteText(each, record.name) ?? record.name }));
  for (const each of rule.answerValues)
    rewrites.push((record) => withValue(record, (text) => rewriteText(each, text) ?? text));
  return rewrites.reverse();
}

function revertOf(rule: RewriteRule, from: string, to: string): ((text: string) => string) | undefined {
  if (!rule.auto) return undefined;
  const { name } = rule;
  if (name.kind === 'suffix') return (text) => (text.endsWith(name.to) ? text.slice(0, -name.to.length) + name.from : text); // prettier-ignore
  // Names below the one that was asked for turn back with it.
  return (text) => (text === to ? from : text.endsWith(`.${to}`) ? text.slice(0, -to.length) + from : text);
}

/** Models plugin/rewrite/reverter.go getRecordValueForRewrite: the name in the record's data, if it has one. */
function withValue(record: DnsRecord, change: (text: string) => string): DnsRecord {
  const words = record.value.split(' ');
  const place = record.type === 'SRV' ? 3 : ['CNAME', 'NS', 'PTR', 'SOA'].includes(record.type) ? 0 : -1;
  const word = words[place];
  if (word === undefined) return record;
  return { ...record, value: words.with(place, change(word)).join(' ') };
}
