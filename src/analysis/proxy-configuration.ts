/** What a scope's own ConfigMap says about its kube-proxy, read out of the text that it holds. */

import { valueAt, type JsonPath } from '#base/json';
import type { Range } from '#base/text';
import { readEmbedded } from '#manifest/index';
import { compareOrigins, type KubernetesObject, type ObjectKey } from '#model/object';
import { readProxyConfiguration, type ProxyConfiguration } from '#simulation/proxy/configuration';

/** Where installers put it, in the namespace kube-system: kubeadm (and kind, k0s), and EKS. */
const configMaps = [
  { name: 'kube-proxy', file: 'config.conf' },
  { name: 'kube-proxy-config', file: 'config' },
] as const;

export const proxyConfigMapKeys: readonly ObjectKey[] = configMaps.map(({ name }) => `/ConfigMap/kube-system/${name}`);

export interface ProxyConfigurationProblem {
  /** In kube-proxy's words. */
  readonly message: string;
  readonly fatal: boolean;
  /** In the text. */
  readonly range: Range;
}

export interface ProxyConfigurationText {
  readonly configuration: ProxyConfiguration;
  readonly problems: readonly ProxyConfigurationProblem[];
  /** From the object to the text. */
  readonly path: JsonPath;
}

const known = new WeakMap<KubernetesObject, ProxyConfigurationText | undefined>();

/** Undefined for any other object, and for a ConfigMap without the file. */
export function proxyConfigurationText(object: KubernetesObject): ProxyConfigurationText | undefined {
  if (!proxyConfigMapKeys.includes(object.key)) return undefined;
  if (!known.has(object)) known.set(object, readText(object));
  return known.get(object);
}

/** What the last of the documents says, as the API server would have it; undefined where none says anything. */
export function proxyConfigurationOf(candidates: Iterable<KubernetesObject>): ProxyConfiguration | undefined {
  const texts = [...candidates].sort((a, b) => compareOrigins(a.origin, b.origin)).map(proxyConfigurationText);
  return texts.findLast((text) => text !== undefined)?.configuration;
}

function readText(object: KubernetesObject): ProxyConfigurationText | undefined {
  const file = configMaps.find(({ name }) => name === object.name)?.file;
  const path = ['data', file ?? ''];
  const text = valueAt(object.body, path);
  if (typeof text !== 'string') return undefined;
  const embedded = readEmbedded(text);
  if (embedded.problem) {
    const { message, range } = embedded.problem;
    return {
      configuration: {},
      problems: [{ message: `failed complete: failed to decode: ${message}`, range, fatal: true }],
      path,
    };
  }
  const { configuration, problems } = readProxyConfiguration(embedded.value);
  return {
    configuration,
    problems: problems.map(({ message, fatal, path: at }) => ({ message, fatal, range: embedded.rangeOf(at) })),
    path,
  };
}
