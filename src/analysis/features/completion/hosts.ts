/** Host names within texts: in variables, arguments and commands, in data of ConfigMaps, and the ports behind them. */

import { compareStrings } from '#base/compare';
import { valueAt, type JsonObject, type JsonPath } from '#base/json';
import { namespacedName, type NamespacedName, type Service } from '#model/kubernetes';
import { serviceOfHost } from '../../names/service-names';
import { templatePathOf } from '../mentions/workloads';
import { servicePorts } from './ports';
import { mostItems, type Completion, type Question } from './types';

/** A text that may hold hosts, up to the cursor. */
export interface HostText {
  readonly before: string;
  /** What the text is the value of, as far as that says what it is. */
  readonly variable: string | undefined;
  /** `full` where only a name in full makes sense. */
  readonly form: 'any' | 'full';
}

/** What is typed of a host, or of the port behind one. */
type TypedHost =
  | { readonly kind: 'host'; readonly typed: string }
  | { readonly kind: 'port'; readonly host: string; readonly typed: string };

/** Names of variables, flags and keys that say that their value is a host. */
const hostVariable = /(?:^|[_.-])(?:HOST|HOSTNAME|ADDR|ADDRESS|SERVER|SERVICE|ENDPOINT|URL|URI|UPSTREAM|TARGET)S?$/i;
const inUrl = /(?:^|[^a-z0-9+.-])[a-z][a-z0-9+.-]*:\/\/(?:[^\s/"'<>@]*@)?(?:[^\s/"'<>@]*,)?([a-z0-9.-]*)(?::(\d*))?$/i;
const whole = /^["']?([a-z0-9.-]*)(?::(\d*))?$/i;
/** `--db-host=web`, `db.host: web`. */
const assigned = /(?:^|\s)-{0,2}([A-Za-z][\w.-]*)\s*[=:]\s*["']?([a-z0-9.-]*)(?::(\d*))?$/;

/** The text that a field is, where it may hold hosts. */
function hostTextOf(question: Question): HostText | undefined {
  const { field, kind, group, typed, body, path } = question;
  if (kind === 'ConfigMap' && group === '' && path[0] === 'data' && path.length === 2)
    return { before: typed, variable: String(path[1]), form: 'any' };
  if (kind === 'Service' && field === 'spec.externalName') return { before: typed, variable: 'HOST', form: 'full' };
  if (!templatePathOf(group, kind)) return undefined;
  if (/\.env\.\[\]\.value$/.test(field))
    return { before: typed, variable: nameOf(body, [...path.slice(0, -1), 'name']), form: 'any' };
  if (/\.(?:args|command)\.\[\]$/.test(field)) return { before: typed, variable: flagBefore(body, path), form: 'any' };
  return undefined;
}

function nameOf(body: JsonObject, path: JsonPath): string | undefined {
  const name = valueAt(body, path);
  return typeof name === 'string' ? name : undefined;
}

/** The word before, where it is a flag that waits for its value. */
function flagBefore(body: JsonObject, path: JsonPath): string | undefined {
  const index = path.at(-1);
  const word = typeof index === 'number' ? nameOf(body, [...path.slice(0, -1), index - 1]) : undefined;
  return /^--?([A-Za-z][\w.-]+)$/.exec(word ?? '')?.[1];
}

/** Undefined where no host is being written. */
function typedHost({ before, variable }: HostText): TypedHost | undefined {
  const url = inUrl.exec(` ${before}`);
  if (url) return typedOf(url[1], url[2]);
  const assignment = assigned.exec(before);
  if (assignment && hostVariable.test(assignment[1]!)) return typedOf(assignment[2], assignment[3]);
  if (variable === undefined || !hostVariable.test(variable)) return undefined;
  const found = whole.exec(before);
  return found ? typedOf(found[1], found[2]) : undefined;
}

function typedOf(host = '', port: string | undefined): TypedHost {
  return port === undefined ? { kind: 'host', typed: host } : { kind: 'port', host, typed: port };
}

function completeHosts(found: TypedHost, form: HostText['form'], question: Question): readonly Completion[] {
  const { controlPlane } = question.state.simulation;
  if (found.kind === 'host') return hosts(found.typed, form, question);
  const service = serviceOfHost(found.host, question.namespace, controlPlane);
  return service ? servicePorts(namespacedName(service), 'number', controlPlane) : [];
}

/** Services of the own namespace come first. */
function hosts(typed: string, form: HostText['form'], question: Question): readonly Completion[] {
  const { state, namespace, index, kind, name: own } = question;
  const { controlPlane } = state.simulation;
  const others = [...controlPlane.namespaces().keys()].filter((each) => each !== namespace).sort(compareStrings);
  const found: Completion[] = [];
  for (const other of [namespace, ...others]) {
    const isOwn = other === namespace;
    const names = [...index.serviceNames(other)]
      .filter((name) => kind !== 'Service' || !isOwn || name !== own)
      .flatMap((name) => spellings(`${name}.${other}`, name, { typed, form, isOwn }, controlPlane.settings.clusterDomain).map((text) => ({ name, text }))); // prettier-ignore
    for (const { name, text } of names.sort((a, b) => compareStrings(a.text, b.text))) {
      if (found.length >= mostItems) return found;
      const service: NamespacedName = `${other}/${name}`;
      found.push({ label: text, insert: text, detail: detailOf(service, controlPlane.service(service)), kind: 'service' }); // prettier-ignore
    }
  }
  return found;
}

interface Wanted {
  readonly typed: string;
  readonly form: HostText['form'];
  /** Whether the Service is of the namespace of whoever reads the text. */
  readonly isOwn: boolean;
}

/** The shortest name that a pod's resolver takes for it, and longer ones as soon as somebody writes them. */
function spellings(name: string, short: string, { typed, form, isOwn }: Wanted, domain: string): readonly string[] {
  const isMatch = (text: string) => text.includes(typed.toLowerCase());
  if (form === 'full') return [`${name}.svc.${domain}`].filter(isMatch);
  if (typed.startsWith(`${name}.`)) return [`${name}.svc`, `${name}.svc.${domain}`].filter(isMatch);
  return [isOwn && !typed.includes('.') ? short : name].filter(isMatch);
}

function detailOf(name: NamespacedName, service: Service | undefined): string {
  const ports = (service?.spec.ports ?? []).map(({ port }) => port);
  const text = ports.length === 0 ? '' : `, ${ports.length === 1 ? 'port' : 'ports'} ${ports.slice(0, 4).join(', ')}`;
  return `Service ${name}${text}`;
}

/** What fits where a host, or the port behind one, is being written; `typed` is what it takes the place of. */
export function hostsIn(
  question: Question,
  text = hostTextOf(question),
): { readonly items: readonly Completion[]; readonly typed: string } | undefined {
  const found = text && typedHost(text);
  const items = text && found ? completeHosts(found, text.form, question) : [];
  return found && items.length > 0 ? { items, typed: found.typed } : undefined;
}
