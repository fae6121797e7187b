/** What keeps CoreDNS from starting: the mistakes in plugins' options that its own setup refuses. */

import { isReverseZone, zonesOf } from '../zones';
import { argumentsOf, linesOf, type Directive } from './caddyfile';
import { parseLabelSelector } from './label-selector';
import { isRegularExpression } from './rewrite';

type Lines = readonly (readonly string[])[];

/** Of the plugins that decide answers, those that a block has once at most. */
const onlyOnce = new Set(['kubernetes', 'hosts', 'cache', 'autopath', 'any']);

/** Models the setup of the plugin in CoreDNS 1.15; undefined where it takes all appearances in a block. */
export function pluginProblem(
  name: string,
  directives: readonly Directive[],
  blockZones: readonly string[],
): string | undefined {
  // prettier-ignore
  if (onlyOnce.has(name) && directives.length > 1) return `${name}: this plugin can only be used once per Server Block`;
  for (const directive of directives) {
    const problem = checks[name]?.(argumentsOf(directive), linesOf(directive), blockZones);
    if (problem !== undefined) return `${name}: ${problem}`;
  }
  return undefined;
}

type Check = (args: readonly string[], lines: Lines, blockZones: readonly string[]) => string | undefined;

const checks: Readonly<Record<string, Check>> = {
  kubernetes: checkKubernetes,
  hosts: (_, lines) => checkHosts(lines),
  cache: checkCache,
  template: checkTemplate,
  autopath: (args) => (args.length === 0 ? 'no resolv-conf specified' : undefined),
  any: (args) => (args.length > 0 ? wrongCount(args.at(-1)!) : undefined),
  forward: (args) => (args.length < 2 ? wrongCount(args.at(-1) ?? 'forward') : undefined),
};

function wrongCount(word: string): string {
  return `Wrong argument count or unexpected line ending after '${word}'`;
}

/** Zero, one, or at least one argument; undefined is any number. */
const kubernetesOptions: Readonly<Record<string, 0 | 1 | '1 or more' | undefined>> = {
  endpoint_pod_names: 0, noendpoints: 0, zonal: 0, pods: 1, apiserver_qps: 1, apiserver_burst: 1,
  apiserver_max_inflight: 1, ttl: '1 or more', namespaces: '1 or more', labels: '1 or more',
  namespace_labels: '1 or more', endpoint: '1 or more', kubeconfig: '1 or more', startup_timeout: '1 or more',
  tls: undefined, fallthrough: undefined, ignore: undefined, multicluster: undefined,
}; // prettier-ignore
const maxTtl = 3600;

/** Models plugin/kubernetes/setup.go ParseStanza. */
function checkKubernetes(args: readonly string[], lines: Lines, blockZones: readonly string[]): string | undefined {
  const zones = args.length === 0 ? blockZones : args.flatMap((each) => zonesOf(each));
  if (zones.every(isReverseZone)) return 'non-reverse zone name must be used';
  for (const [name = '', ...values] of lines) {
    // `upstream` and `resyncperiod` were options of old releases.
    if (!Object.hasOwn(kubernetesOptions, name)) return `unknown property '${name}'`;
    const count = kubernetesOptions[name];
    const isCount = count === undefined || (count === '1 or more' ? values.length > 0 : values.length === count);
    if (!isCount) return wrongCount(values.at(-1) ?? name);
    const problem = kubernetesValueProblem(name, values);
    if (problem !== undefined) return problem;
  }
  const has = (name: string) => lines.some(([first]) => first === name);
  if (has('namespaces') && has('namespace_labels')) return 'namespaces and namespace_labels cannot both be set';
  if (has('zonal') && has('noendpoints')) return 'zonal requires the endpoint cache; remove noendpoints';
  const others = lines.filter(([first]) => first === 'multicluster').flatMap((line) => line.slice(1).flatMap((each) => zonesOf(each))); // prettier-ignore
  const foreign = others.find((zone) => !zones.includes(zone));
  return foreign === undefined ? undefined : `is not authoritative for the multicluster zone ${foreign}`;
}

function kubernetesValueProblem(name: string, values: readonly string[]): string | undefined {
  const [value = ''] = values;
  switch (name) {
    case 'pods':
      if (['disabled', 'insecure', 'verified'].includes(value)) return undefined;
      return `wrong value for pods: ${value}, must be one of: disabled, verified, insecure`;
    case 'ttl':
      return /^\d+$/.test(value) && Number(value) <= maxTtl
        ? undefined
        : `ttl must be in range [0, ${maxTtl}]: ${value}`;
    case 'ignore':
      return value === '' || value === 'empty_service' ? undefined : `unable to parse ignore value: '${value}'`;
    case 'labels':
    case 'namespace_labels':
      if (parseLabelSelector(values.join(' '))) return undefined;
      return `unable to parse label selector value: '${values.join(' ')}'`;
    default:
      return undefined;
  }
}

/** Models plugin/hosts/setup.go hostsParse. */
function checkHosts(lines: Lines): string | undefined {
  const words = ['fallthrough', 'fallthrough_unsupported', 'no_reverse', 'ttl', 'reload'];
  let fallsThrough = false;
  for (const [name = '', value = ''] of lines) {
    // Entries come before `fallthrough`, or not at all.
    if (!words.includes(name) && fallsThrough) return `unknown property '${name}'`;
    fallsThrough ||= name === 'fallthrough';
    if (name === 'ttl' && value === '') return 'ttl needs a time in second';
    if (name === 'ttl' && !(/^\d+$/.test(value) && Number(value) >= 1 && Number(value) <= 65535)) return 'ttl provided is invalid'; // prettier-ignore
    if (name === 'reload' && !/^(0|([\d.]+(ns|us|µs|ms|s|m|h))+)$/.test(value)) return `invalid duration for reload '${value}'`; // prettier-ignore
  }
  const unsupported = lines.some(([name]) => name === 'fallthrough_unsupported');
  return unsupported && !fallsThrough ? 'fallthrough_unsupported requires fallthrough' : undefined;
}

/** Models plugin/cache/setup.go cacheParse. */
function checkCache([first = '']: readonly string[], lines: Lines): string | undefined {
  if (/^-?\d+$/.test(first) && Number(first) <= 0) return `cache TTL can not be zero or negative: ${first}`;
  const words = ['success', 'denial', 'prefetch', 'serve_stale', 'servfail', 'disable', 'keepttl'];
  for (const [name = '', ...values] of lines) {
    if (!words.includes(name)) return wrongCount(name);
    if (name !== 'success' && name !== 'denial') {
      if (name === 'disable' && !['success', 'denial'].includes(values[0] ?? '')) return 'cache type for disable must be "success" or "denial"'; // prettier-ignore
      continue;
    }
    if (values.length === 0) return wrongCount(name);
    if (!values.every((value) => /^-?\d+$/.test(value))) return `invalid number in ${name}`;
    if (values[1] !== undefined && Number(values[1]) <= 0) return `cache TTL can not be zero or negative: ${values[1]}`;
  }
  return undefined;
}

/** Models plugin/template/setup.go templateParse. */
function checkTemplate(args: readonly string[], lines: Lines): string | undefined {
  const [className, type = ''] = args;
  if (className === undefined || type === '') return wrongCount(className ?? 'template');
  if (!/^(any|[a-z][a-z0-9]*|type\d+)$/i.test(type) || !types.has(type.toUpperCase()))
    return `invalid RR class ${type}`;
  const words = ['match', 'answer', 'additional', 'authority', 'rcode', 'ederror', 'fallthrough', 'upstream'];
  for (const [name = '', ...values] of lines) {
    if (!words.includes(name)) return wrongCount(name);
    if (name === 'rcode' && !rcodes.has(values[0]?.toUpperCase() ?? '')) return `unknown rcode ${values[0] ?? ''}`;
    const wrong = name === 'match' ? values.find((value) => !isRegularExpression(value)) : undefined;
    if (wrong !== undefined) return `could not parse regex: ${wrong}`;
  }
  return undefined;
}

const types = new Set([
  'A', 'AAAA', 'AFSDB', 'ANY', 'APL', 'AXFR', 'CAA', 'CDNSKEY', 'CDS', 'CERT', 'CNAME', 'CSYNC', 'DHCID', 'DLV', 'DNAME',
  'DNSKEY', 'DS', 'EUI48', 'EUI64', 'HINFO', 'HIP', 'HTTPS', 'IPSECKEY', 'ISDN', 'IXFR', 'KEY', 'KX', 'L32', 'L64',
  'LOC', 'LP', 'MX', 'NAPTR', 'NID', 'NS', 'NSEC', 'NSEC3', 'NSEC3PARAM', 'NULL', 'OPENPGPKEY', 'OPT', 'PTR', 'PX', 'RP',
  'RRSIG', 'RT', 'SIG', 'SMIMEA', 'SOA', 'SPF', 'SRV', 'SSHFP', 'SVCB', 'TA', 'TALINK', 'TKEY', 'TLSA', 'TSIG', 'TXT',
  'UINFO', 'URI', 'X25', 'ZONEMD',
]); // prettier-ignore

const rcodes = new Set([
  'NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED', 'YXDOMAIN', 'YXRRSET', 'NXRRSET', 'NOTAUTH',
  'NOTZONE', 'BADSIG', 'BADVERS', 'BADKEY', 'BADTIME', 'BADMODE', 'BADNAME', 'BADALG', 'BADTRUNC', 'BADCOOKIE',
]); // prettier-ignore
