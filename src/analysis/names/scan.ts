/** Finds host names in a text. What is not surely a host is left out: a false name is worse than a missed one. */

import type { Span } from '#base/text';
import type { NameInText } from './names-in';

type Found = Omit<NameInText, 'path'>;

const host = String.raw`[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?\.?`;
/** What may stand behind a host or port; a brace, a dollar or a percent sign make it a part of something else. */
const end = String.raw`(?=$|[\s/?#"'\x60,;)\]|&\\<>])`;
/** A scheme is no longer than this: within a long word, each letter would else be tried as the first one of it. */
const url = new RegExp(
  String.raw`(?<![A-Za-z])([A-Za-z][A-Za-z0-9+.-]{0,40})://(?:[^\s/"'<>]*@)?(${host})(?::(\d{1,5}))?${end}`,
  'dg',
);
/** More hosts of one URL: `mongodb://a:27017,b:27017/`. */
const nextHost = new RegExp(String.raw`,(${host})(?::(\d{1,5}))?${end}`, 'dy');
const address = new RegExp(String.raw`(?:^|[\s,;=@"'\x60(\[|])(${host}):(\d{1,5})${end}`, 'dg');
const service = new RegExp(String.raw`(?:^|[\s,;=@"'\x60(\[|/:])(${host})(?::(\d{1,5}))?${end}`, 'dg');
/** `nc -z db 5432`, `nslookup db`: what scripts wait with. */
const waiting = new RegExp(String.raw`(?:^|[\s;&|(!])(?:nc|ncat|telnet|nslookup|getent hosts)(?:\s+-[A-Za-z]+(?:\s+\d+)?)*\s+(${host})(?:\s+(\d{1,5}))?${end}`, 'dg'); // prettier-ignore
const whole = new RegExp(String.raw`^(\s*)(${host})(?::(\d{1,5}))?\s*$`, 'd');

/** Schemes whose next part is no host, or none that DNS knows. */
const hostless = new Set([
  'file', 'unix', 'docker', 'oci', 's3', 'gs', 'gcs', 'abfs', 'abfss', 'wasb', 'hdfs', 'classpath', 'vault', 'secret',
  'spiffe', 'git', 'ssh', 'npipe', 'containerd', 'cri', 'arn', 'urn', 'jar', 'env', 'sqlite', 'data', 'android-app',
  'chrome-extension', 'azblob', 'memory', 'mem', 'k8s', 'kubernetes', 'projects', 'aws', 'gcp', 'sm', 'awssm',
]); // prettier-ignore

/** `variable` is what the text is the value of. */
export function scanText(text: string, variable: string | undefined): readonly Found[] {
  // A flag with its value in one word: `--db-host=db`.
  const flag = /^--?([A-Za-z][\w.-]*)=/.exec(text);
  const found: Found[] = [];
  const hasLines = text.includes('\n');
  const add = (name: Found) => {
    if (!isHost(name.host) || !isPort(name.port) || (hasLines && isComment(text, name.range.start))) return;
    const at = firstBehind(found, name.range.start);
    const [before, after] = [found[at - 1], found[at]];
    const isTaken = (before && before.range.end > name.range.start) || (after && after.range.start < name.range.end);
    if (!isTaken) found.splice(at, 0, name);
  };
  if (text.includes('://')) scanUrls(text, add);
  if (text.includes('.svc')) scanServices(text, add);
  if (flag) scanVariable(text, flag[0].length, flag[1]!, add);
  else if (variable !== undefined) scanVariable(text, 0, variable, add);
  scanAddresses(text, add);
  scanScripts(text, add);
  return found;
}

/** Index of the first of the names, which are in order, that begins at or behind the place: a list of hosts may be long. */
function firstBehind(found: readonly Found[], place: number): number {
  let [from, to] = [0, found.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (found[middle]!.range.start < place) from = middle + 1;
    else to = middle;
  }
  return from;
}

function scanUrls(text: string, add: (name: Found) => void): void {
  for (const match of text.matchAll(url)) {
    const scheme = match[1]!.toLowerCase();
    if (hostless.has(scheme)) continue;
    add({ ...named(match, 2), scheme, form: 'url' });
    nextHost.lastIndex = match.index + match[0].length;
    for (let next = nextHost.exec(text); next; next = nextHost.exec(text))
      add({ ...named(next, 1), scheme, form: 'url' });
  }
}

function scanServices(text: string, add: (name: Found) => void): void {
  for (const match of text.matchAll(service)) {
    if (!/^[^.].*\.svc(?:\.|$)/.test(match[1]!)) continue;
    // `/etc/web.svc` is a file.
    if (match[0].startsWith('/') && text[match.index - 1] !== '/') continue;
    add({ ...named(match, 1), form: 'service' });
  }
}

function scanAddresses(text: string, add: (name: Found) => void): void {
  if (!text.includes(':')) return;
  for (const match of text.matchAll(address)) add({ ...named(match, 1), form: 'address' });
}

function scanScripts(text: string, add: (name: Found) => void): void {
  if (!/\b(?:nc|ncat|telnet|nslookup|getent)\s/.test(text)) return;
  for (const match of text.matchAll(waiting)) {
    const words = text.slice(match.index, match.index + match[0].length);
    // Of nc and telnet both are asked for: a lone word may be an option's value.
    if (/\b(?:nc|ncat|telnet)\s/.test(words) && match[2] === undefined) continue;
    add({ ...named(match, 1), form: 'address' });
  }
}

/** Where a whole value is a host or a list of them, its variable has to say that it is one. */
function scanVariable(text: string, from: number, variable: string, add: (name: Found) => void): void {
  if (!isOfHost(variable)) return;
  let at = from;
  for (const part of text.slice(from).split(',')) {
    const match = whole.exec(part);
    if (match) {
      const { range, portRange, ...name } = named(match, 2);
      add({ ...name, range: moved(range, at), ...(portRange && { portRange: moved(portRange, at) }), form: 'variable', variable }); // prettier-ignore
    }
    at += part.length + 1;
  }
}

const hostWords = /^(?:host|hosts|hostname|addr|address|addresses|url|urls|uri|endpoint|endpoints|server|servers|service|svc|brokers?)$/; // prettier-ignore
const otherWords = /^(?:listen|listening|bind|advertise|advertised|virtual|public|external|ingress|cors|allowed|trusted|my|pod|node|self|own)$/; // prettier-ignore

/** `DB_HOST`, `dbHost`, `db-host`; neither `HOST` alone, which is mostly the program's own, nor `LISTEN_ADDR`. */
function isOfHost(variable: string): boolean {
  const words = variable.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase().split(/[_.-]+/); // prettier-ignore
  return words.length > 1 && hostWords.test(words.at(-1)!) && !words.some((word) => otherWords.test(word));
}

function named(match: RegExpMatchArray, index: number): Pick<Found, 'range' | 'host' | 'port' | 'portRange'> {
  const [start, stop] = match.indices![index]!;
  const digits = match.indices![index + 1];
  const name = { range: { start, end: stop }, host: match[index]! };
  if (!digits) return name;
  return { ...name, port: Number(match[index + 1]), portRange: { start: digits[0], end: digits[1] } };
}

function moved({ start, end: stop }: Span, by: number): Span {
  return { start: start + by, end: stop + by };
}

/** A name of DNS, and no address: one label has to hold a letter, and the last one must. */
function isHost(name: string): boolean {
  const labels = name.replace(/\.$/, '').split('.');
  return (
    name.length <= 253 &&
    labels.every((label) => /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(label)) &&
    /[A-Za-z]/.test(labels.at(-1)!) &&
    !/^localhost$/i.test(labels.at(-1)!)
  );
}

function isPort(port: number | undefined): boolean {
  return port === undefined || (port > 0 && port < 65536);
}

/** In a file of many lines: those that begin as comments do. */
function isComment(text: string, at: number): boolean {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  return /^\s*(?:#|\/\/|;|--|<!--|\*)/.test(text.slice(start, at));
}
