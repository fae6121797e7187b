/** From the words of a Corefile to what its plugins do. */

import { compareStrings } from '#base/compare';
import { parseIp, printIp } from '#base/ip';
import { absolute, withoutDot } from '../parse';
import { isInZone, portOf, zonesOf } from '../zones';
import { argumentsOf, linesOf, parseCaddyfile, type Directive, type FindFiles, type ServerBlock } from './caddyfile';
import { pluginProblem } from './checks';
import { parseLabelSelector } from './label-selector';
import type {
  CachePlugin, CorefileReading, ForwardPlugin, HostsEntry, HostsPlugin, KubernetesPlugin, Plugin, RewritePlugin,
  ServerConfiguration, TemplatePlugin,
} from './plugins'; // prettier-ignore
import { readRewrite } from './rewrite';

/** The part of plugin.cfg that decides who answers, in its order; a block's own order counts for nothing. */
const order = [
  'any', 'chaos', 'rewrite', 'autopath', 'acl', 'cache', 'template', 'hosts', 'route53', 'azure', 'clouddns',
  'k8s_external', 'kubernetes', 'file', 'auto', 'secondary', 'etcd', 'forward', 'grpc', 'erratic', 'whoami', 'nomad',
]; // prettier-ignore

/** A server block with one of these answers, if only that it failed; the others of plugin.cfg set something. */
const handlers = new Set([
  ...order, 'metadata', 'geoip', 'cancel', 'nsid', 'bufsize', 'trace', 'shed', 'prometheus', 'errors', 'log', 'dnstap',
  'local', 'dns64', 'loadbalance', 'tsig', 'header', 'dnssec', 'minimal', 'transfer', 'loop', 'sign',
]); // prettier-ignore
const settingsOnly = new Set([
  'root', 'proxyproto', 'quic', 'grpc_server', 'https', 'https3', 'timeouts', 'multisocket', 'reload', 'bind', 'debug',
  'ready', 'health', 'pprof', 'tls', 'view', 'on',
]); // prettier-ignore

const dnsPort = '53';
const maxTtl = 3600;

/** Reads a Corefile as CoreDNS 1.15 does, as far as it decides what is answered on port 53. */
export function readCorefile(text: string, path: string, find: FindFiles): CorefileReading {
  const { blocks, error, unknown } = parseCaddyfile(text, path, find);
  const notes = [...unknown];
  if (error !== undefined) notes.push(`CoreDNS does not start with this Corefile: ${error}`);
  const servers: ServerConfiguration[] = [];
  const problems: string[] = [];
  const taken = new Set<string>();
  for (const block of blocks) {
    const problem = addressProblem(block, taken);
    if (problem !== undefined) problems.push(problem);
    const server = new BlockReader(block, find, problems, notes).read();
    if (server) servers.push(server);
  }
  for (const problem of problems) notes.push(`CoreDNS does not start with this Corefile: ${problem}`);
  return { servers, notes, starts: error === undefined && problems.length === 0 };
}

/** Models core/dnsserver/register.go InspectServerBlocks and validateZonesAndListeningAddresses. */
function addressProblem({ keys, directives }: ServerBlock, taken: Set<string>): string | undefined {
  // Blocks on addresses of their own, or for some clients, may share a zone.
  const isApart = directives.some(([name]) => name?.text === 'bind' || name?.text === 'view');
  for (const key of keys) {
    if (key.endsWith(':')) return `expecting data after last colon: "${key}"`;
    const scheme = /^([a-z0-9]+):\/\//.exec(key)?.[1] ?? 'dns';
    for (const zone of zonesOf(key)) {
      if (zone.includes('..')) return `zone is not a valid domain name: ${withoutDot(zone)}`;
      const address = `${scheme}://${zone}:${portOf(key) ?? dnsPort}`;
      if (taken.has(address) && !isApart) return `cannot serve ${address} - it is already defined`;
      taken.add(address);
    }
  }
  return undefined;
}

class BlockReader {
  readonly #block: ServerBlock;
  readonly #find: FindFiles;
  readonly #problems: string[];
  readonly #notes: string[];
  readonly #blockZones: readonly string[];

  constructor(block: ServerBlock, find: FindFiles, problems: string[], notes: string[]) {
    this.#block = block;
    this.#find = find;
    this.#problems = problems;
    this.#notes = notes;
    this.#blockZones = block.keys.flatMap((key) => zonesOf(key));
  }

  /** Undefined for a block that does not listen where pods ask. */
  read(): ServerConfiguration | undefined {
    const keys = this.#block.keys.filter((key) => /^(dns:\/\/|(?![a-z0-9]+:\/\/))/.test(key));
    const zones = keys.filter((key) => (portOf(key) ?? dnsPort) === dnsPort).flatMap((key) => zonesOf(key));
    if (zones.length === 0) return undefined;
    const named = new Map<string, Directive[]>();
    for (const directive of this.#block.directives) {
      const name = directive[0]!.text;
      if (!handlers.has(name) && !settingsOnly.has(name))
        this.#problems.push(`unknown directive '${name}', of no plugin that comes with CoreDNS`);
      const before = named.get(name);
      if (before) before.push(directive);
      else named.set(name, [directive]);
    }
    if (named.has('view')) this.#notes.push('the Corefile chooses a server block by an expression (view), which is not evaluated'); // prettier-ignore
    const plugins = order.flatMap((name) => {
      const directives = named.get(name);
      if (!directives) return [];
      const problem = pluginProblem(name, directives, this.#blockZones);
      if (problem !== undefined) this.#problems.push(problem);
      return this.#plugins(name, directives);
    });
    const handles = [...named.keys()].some((name) => handlers.has(name));
    return { zones, plugins, handles };
  }

  #plugins(name: string, directives: readonly Directive[]): readonly Plugin[] {
    switch (name) {
      case 'any':
        return [{ kind: 'any' }];
      case 'kubernetes':
        return directives.map((directive) => this.#kubernetes(directive));
      case 'hosts':
        return directives.map((directive) => this.#hosts(directive));
      case 'rewrite':
        return [this.#rewrite(directives)];
      case 'cache':
        return directives.map((directive) => this.#cache(directive));
      case 'autopath':
        return directives.map((directive) => {
          const args = argumentsOf(directive);
          return { kind: 'autopath', zones: this.#zones(args.slice(0, -1)), searchOf: args.at(-1) ?? '' };
        });
      case 'forward':
        return directives.map((directive) => this.#forward(directive));
      case 'template':
        return directives.map((directive) => this.#template(directive));
      case 'acl':
        this.#notes.push('the Corefile allows and blocks clients (acl), which is not modelled');
        return [];
      case 'chaos':
        return [];
      default:
        return directives.map((directive) => {
          const args = argumentsOf(directive);
          return { kind: 'opaque', name, zones: this.#zones(zonesArgument(name, args)) };
        });
    }
  }

  /** Models plugin/normalize.go OriginsFromArgsOrServerBlock. */
  #zones(args: readonly string[]): readonly string[] {
    return args.length === 0 ? this.#blockZones : args.flatMap((each) => zonesOf(each));
  }

  /** Models plugin/kubernetes/setup.go ParseStanza of CoreDNS 1.15. */
  #kubernetes(directive: Directive): KubernetesPlugin {
    const options = linesOf(directive);
    const zones = this.#zones(argumentsOf(directive));
    const says = (name: string) => options.filter((line) => line[0] === name);
    const last = (name: string) => says(name).at(-1)?.slice(1);
    const pods = last('pods')?.[0];
    const ttl = Number(last('ttl')?.[0] ?? 5);
    return {
      kind: 'kubernetes',
      zones,
      pods: pods === 'insecure' || pods === 'verified' ? pods : 'disabled',
      ttl: Number.isInteger(ttl) && ttl >= 0 && ttl <= maxTtl ? ttl : 5,
      fallthrough: fallthroughOf(options),
      namespaces: says('namespaces').flatMap((line) => line.slice(1)),
      labels: selectorOf(last('labels')),
      namespaceLabels: selectorOf(last('namespace_labels')),
      endpointPodNames: says('endpoint_pod_names').length > 0,
      ignoreEmptyService: says('ignore').some((line) => line[1] === 'empty_service'),
      endpoints: says('noendpoints').length === 0,
      zonal: says('zonal').length > 0,
      multicluster: says('multicluster').flatMap((line) => line.slice(1).flatMap((each) => zonesOf(each))),
    };
  }

  /** Models plugin/hosts/setup.go hostsParse and hostsfile.go parse. */
  #hosts(directive: Directive): HostsPlugin {
    const [path, ...zoneArguments] = argumentsOf(directive);
    const lines = linesOf(directive);
    const zones = this.#zones(zoneArguments);
    const files = path === undefined ? [] : this.#find(path);
    const own = ['fallthrough', 'fallthrough_unsupported', 'no_reverse', 'ttl', 'reload'];
    const inline = lines.filter(([first = '']) => !own.includes(first)).map((line) => line.join(' '));
    const written = [...(files ?? []).flatMap(({ text }) => text.split('\n')), ...inline];
    const ttl = Number(lines.findLast(([first]) => first === 'ttl')?.[1] ?? maxTtl);
    if (path !== undefined && !files)
      this.#notes.push(`the Corefile's hosts plugin reads ${path}, which is not known here`);
    return {
      kind: 'hosts',
      zones,
      ttl: Number.isInteger(ttl) ? ttl : maxTtl,
      fallthrough: fallthroughOf(lines),
      reverse: !lines.some(([first]) => first === 'no_reverse'),
      entries: written.flatMap((line) => hostsEntry(line, zones)),
      // The file of the server's container, where none is named, holds that container's own names alone.
      unknownFile: files ? undefined : path,
    };
  }

  #rewrite(directives: readonly Directive[]): RewritePlugin {
    const rules = directives.flatMap((directive) => {
      const written = argumentsOf(directive);
      const words = written.length < 2 ? [...written, ...linesOf(directive).flat()] : written;
      if (words.some((word, at) => at < 2 && word.toLowerCase() === 'ttl'))
        this.#notes.push('the Corefile rewrites how long answers may be kept (rewrite ttl), which is not modelled');
      const rule = readRewrite(words);
      if ('problem' in rule) this.#problems.push(`rewrite: ${rule.problem}`);
      return 'problem' in rule ? [] : [rule];
    });
    return { kind: 'rewrite', rules };
  }

  /** Models plugin/cache/setup.go cacheParse. */
  #cache(directive: Directive): CachePlugin {
    const args = argumentsOf(directive);
    const given = /^\d+$/.test(args[0] ?? '') ? Number(args[0]) : undefined;
    const zones = this.#zones(given === undefined ? args : args.slice(1));
    const lines = linesOf(directive);
    const disabled = lines
      .filter(([first]) => first === 'disable')
      .map(([, which = '', ...rest]) => ({ which, zones: this.#zones(rest) }));
    const bounds = (which: 'success' | 'denial', most: number) => {
      const line = lines.findLast(([first]) => first === which);
      return { least: Number(line?.[3] ?? 5), most: Number(line?.[2] ?? given ?? most) };
    };
    // Switching it off for a zone leaves the answers there as they are.
    const off = disabled.filter(({ which }) => which === 'success').flatMap((each) => each.zones);
    return {
      kind: 'cache',
      zones: zones.filter((zone) => !off.some((each) => isInZone(each, zone))),
      success: bounds('success', maxTtl),
      denial: bounds('denial', maxTtl / 2),
    };
  }

  /** Models plugin/forward/setup.go parseStanza. */
  #forward(directive: Directive): ForwardPlugin {
    const [from = '.', ...to] = argumentsOf(directive);
    const except = linesOf(directive)
      .filter(([first]) => first === 'except')
      .flatMap((line) => line.slice(1));
    return { kind: 'forward', zone: zonesOf(from)[0] ?? '.', to, except: except.flatMap((each) => zonesOf(each)) };
  }

  #template(directive: Directive): TemplatePlugin {
    const [, type = 'ANY', ...zones] = argumentsOf(directive);
    const lines = linesOf(directive);
    const word = lines.findLast(([first]) => first === 'rcode')?.[1]?.toUpperCase() ?? 'NOERROR';
    const rcode = (['NOERROR', 'NXDOMAIN', 'SERVFAIL', 'REFUSED'] as const).find((each) => each === word);
    const intricate = lines.some(([first = '']) => ['match', 'answer', 'additional', 'authority', 'fallthrough'].includes(first)); // prettier-ignore
    return {
      kind: 'template',
      zones: this.#zones(zones),
      type: type.toUpperCase(),
      rcode: rcode ?? 'NOERROR',
      intricate: intricate || !rcode,
    };
  }
}

/** The zones among a plugin's arguments; some have files, other servers or names of accounts beside them. */
function zonesArgument(name: string, args: readonly string[]): readonly string[] {
  switch (name) {
    case 'file':
      return args.slice(1);
    case 'grpc':
      return args.slice(0, 1);
    case 'route53':
    case 'clouddns':
      return args.map((each) => each.split(':')[0]!);
    case 'azure':
      return args.map((each) => each.split(':')[1] ?? each);
    default:
      return args;
  }
}

function selectorOf(args: readonly string[] | undefined) {
  return args && parseLabelSelector(args.join(' '));
}

/** Models plugin/pkg/fall F.SetZonesFromArgs. */
function fallthroughOf(lines: readonly (readonly string[])[]): readonly string[] {
  const line = lines.findLast(([first]) => first === 'fallthrough');
  if (!line) return [];
  return line.length === 1 ? ['.'] : line.slice(1).flatMap((each) => zonesOf(each));
}

function hostsEntry(line: string, zones: readonly string[]): readonly HostsEntry[] {
  const [first = '', ...rest] = line.replace(/#.*$/, '').trim().split(/\s+/);
  const ip = parseIp(first.replace(/%.*$/, ''));
  const names = rest.map(absolute).filter((name) => zones.some((zone) => isInZone(zone, name)));
  return ip && names.length > 0 ? [{ address: printIp(ip), names }] : [];
}

/** The files of a ConfigMap's keys that a pattern of `import` matches, in the order of their names. */
export function filesMatching(
  pattern: string,
  files: ReadonlyMap<string, string>,
): readonly { readonly path: string; readonly text: string }[] {
  const full = pattern.startsWith('/') ? pattern : `${corefileFolder}${pattern}`;
  const expression = new RegExp(
    `^${full.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('[^/]*')}$`,
  ); // prettier-ignore
  const paths = [...files.keys()].filter((path) => expression.test(path)).sort(compareStrings);
  return paths.map((path) => ({ path, text: files.get(path)! }));
}

/** Where the ConfigMap is mounted in every known installation. */
export const corefileFolder = '/etc/coredns/';
