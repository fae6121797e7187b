/** DNS answers for people, as `dig` lays them out, and a resolver's search, try by try. */

import type { DnsAnswer, DnsRecord, DnsTry, RecordType, Resolution, ResolvConf, ResolverFile } from '#simulation/types';

/** The columns at which dig starts the parts of a record. */
const columns = { ttl: 24, class: 32, type: 40, data: 48 };
const tabWidth = 8;
const port = 53;

interface Server {
  readonly addresses: readonly string[];
  readonly notes: readonly string[];
}

/** One message as dig shows it, and why it is this one. */
export function answerText(name: string, type: RecordType, answer: DnsAnswer, server: Server): string {
  const { answers, authority = [], additional = [] } = answer;
  const counts = `QUERY: 1, ANSWER: ${answers.length}, AUTHORITY: ${authority.length}, ADDITIONAL: ${additional.length}`;
  const question = name.endsWith('.') ? name : `${name}.`;
  return [
    `;; ->>HEADER<<- opcode: QUERY, status: ${answer.rcode}`,
    `;; flags: ${flagsOf(answer)}; ${counts}`,
    '',
    ';; QUESTION SECTION:',
    `;${line([
      [0, question],
      [columns.class, 'IN'],
      [columns.type, type],
    ])}`,
    '',
    ...section('ANSWER', answers),
    ...section('AUTHORITY', authority),
    ...section('ADDITIONAL', additional),
    ...server.addresses.slice(0, 1).map((address) => `;; SERVER: ${address}#${port}`),
    '',
    `;; ${answer.cause}`,
    ...server.notes.map((note) => `;; ${note}`),
  ].join('\n');
}

/** CoreDNS speaks for its zones (`aa`) where it answers at all, and never offers recursion. */
function flagsOf({ rcode }: DnsAnswer): string {
  return rcode === 'NOERROR' || rcode === 'NXDOMAIN' ? 'qr aa rd' : 'qr rd';
}

function section(title: string, records: readonly DnsRecord[]): readonly string[] {
  return records.length === 0 ? [] : [`;; ${title} SECTION:`, ...records.map(recordText), ''];
}

function recordText({ name, ttl, type, value }: DnsRecord): string {
  return line([
    [0, name],
    [columns.ttl, String(ttl ?? 0)],
    [columns.class, 'IN'],
    [columns.type, type],
    [columns.data, value],
  ]);
}

/** Parts at their columns, with tabs; a part that comes too late follows after one space. */
function line(parts: readonly (readonly [column: number, text: string])[]): string {
  let text = '';
  let at = 0;
  for (const [column, part] of parts) {
    if (text !== '') {
      const to = at >= column ? at + 1 : column;
      const tabs = Math.floor(to / tabWidth) - Math.floor(at / tabWidth);
      text += '\t'.repeat(tabs) + ' '.repeat(to - (tabs > 0 ? Math.floor(to / tabWidth) * tabWidth : at));
      at = to;
    }
    text += part;
    at += part.length;
  }
  return text;
}

/** The search of a resolver: each name that it asks for, with both answers, and what it ends with. */
export function resolutionText(
  name: string,
  from: string,
  resolution: Resolution,
  conf: ResolvConf | undefined,
): string {
  // prettier-ignore
  const { tries, addresses, answered, hosts, unknown, musl } = resolution;
  const names = [...new Set(tries.map((tried) => tried.name))];
  const end =
    addresses.length > 0 ? addresses.join(', ') : unknown === undefined ? 'does not resolve' : 'not known here';
  return [
    `;; ${name} from ${from}: ${end}`,
    ...(hosts === undefined ? [] : [`;; ${hosts}`]),
    ...(tries.length === 0 ? [] : ['', ...resolvConfLines(conf), '']),
    ...names.flatMap((each, index) => [`;; try ${index + 1} of ${names.length}: ${each}`, ...tryLines(tries, each)]),
    ...(answered === undefined || tries.length === 0 ? [] : ['', `;; ${answered} is the first with an address`]),
    ...(unknown === undefined ? [] : ['', `;; ${unknown}`]),
    ...(musl === undefined ? [] : ['', `;; ${musl}`]),
  ].join('\n');
}

function tryLines(tries: readonly DnsTry[], name: string): readonly string[] {
  const own = tries.filter((tried) => tried.name === name);
  const records = own.flatMap(({ answer }) => answer.answers);
  const seen = [...new Set(records.map(recordText))];
  if (seen.length > 0) return seen;
  const rcodes = [...new Set(own.map(({ answer }) => answer.rcode))];
  const cause = own[0]?.answer.cause ?? '';
  return [`;;   ${rcodes.map((rcode) => (rcode === 'NOERROR' ? 'NOERROR, no address' : rcode)).join(', ')}: ${cause}`];
}

function resolvConfLines(conf: ResolvConf | undefined): readonly string[] {
  if (!conf) return [];
  return [';; /etc/resolv.conf', ...commented(conf)];
}

function commented({ text, notes }: ResolverFile): readonly string[] {
  const lines = text.split('\n').slice(0, -1);
  return [...lines.map((each) => `;;   ${each}`), ...notes.map((note) => `;;   # ${note}`)];
}

/** The files that decide how a pod finds names, as its kubelet writes them. */
export function resolverFilesText(from: string, conf: ResolvConf | undefined, hosts: ResolverFile | undefined): string {
  const file = (path: string, each: ResolverFile | undefined) =>
    each ? [`# ${path} of ${from}`, each.text.trimEnd(), ...each.notes.map((note) => `# ${note}`), ''] : [];
  return [...file('/etc/resolv.conf', conf), ...file('/etc/hosts', hosts)].filter((each, i, all) => each !== '' || i < all.length - 1).join('\n'); // prettier-ignore
}
