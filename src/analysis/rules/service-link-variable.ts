/** service-link-variable: a `$(NAME_PORT)` that nobody sets, and that becomes a Service's URL. */

import { isJsonObject, valueAt, type JsonPath } from '#base/json';
import type { Container, NamespacedName } from '#model/kubernetes';
import { objectKey, printReference, type KubernetesObject } from '#model/object';
import type { ServiceLink } from '#simulation/environment/types';
import type { PodGroup } from '#simulation/types';
import type { AnalysisContext } from '../context';
import type { Fix } from '../types';
import { changeValue, fixBy, fixInWords, putMember } from './edits';
import { writtenContainers } from './container-ports';
import type { Rule } from './index';
import type { Report } from './report';
import { relatedName } from './report';
import { list } from './words';

/** A reference in a container, with the text that it stands in. */
interface Reference {
  readonly name: string;
  readonly text: string;
  /** From the container to the text. */
  readonly path: JsonPath;
}

export const serviceLinkVariable: Rule = {
  codes: ['service-link-variable'],
  check(object, context, report) {
    for (const { group, container, path } of writtenContainers(object, context.simulation.controlPlane)) {
      const references = urlReferences(container);
      if (references.length === 0) continue;
      // A Service that comes or goes makes or unmakes the variable.
      report.dependsOn(`kind /Service ${object.namespace}`, `kind /ConfigMap ${object.namespace}`);
      checkContainer(group, container, path, references, context, report);
    }
  },
};

/**
 * References to variables that look as if a Service link could set them to a URL: `$(APP_PORT)`, the one form that
 * applications use for a number of their own. `$(APP_SERVICE_HOST)` and the like are what links are for.
 */
function urlReferences(container: Container): readonly Reference[] {
  const { command, args, env } = container as Container & {
    readonly command?: readonly string[] | null;
    readonly args?: readonly string[] | null;
    readonly env?: readonly unknown[] | null;
  };
  const texts: { text: string; path: JsonPath }[] = [];
  command?.forEach((text, index) => texts.push({ text, path: ['command', index] }));
  args?.forEach((text, index) => texts.push({ text, path: ['args', index] }));
  env?.forEach((item, index) => {
    if (isJsonObject(item) && typeof item.value === 'string')
      texts.push({ text: item.value, path: ['env', index, 'value'] });
  });
  return texts.flatMap(({ text, path }) => referencesIn(text).map((name) => ({ name, text, path })));
}

/** `$$` is a dollar sign, so `$$(APP_PORT)` refers to nothing. */
function referencesIn(text: string): readonly string[] {
  if (!text.includes('_PORT)')) return [];
  const names = [...text.matchAll(/\$\$|\$\(([A-Z][A-Z0-9_]*_PORT)\)/g)].flatMap((match) => match[1] ?? []);
  return [...new Set(names)].filter((name) => !name.endsWith('_SERVICE_PORT'));
}

function checkContainer(
  group: PodGroup,
  container: Container,
  path: JsonPath,
  references: readonly Reference[],
  context: AnalysisContext,
  report: Report,
): void {
  const { controlPlane, environment } = context.simulation;
  const [pod] = controlPlane.podsOf(group.key);
  if (!pod) return;
  const name: NamespacedName = `${group.namespace}/${pod.metadata.name}`;
  const { variables = [] } = environment.containers(name).find((found) => found.container === container.name) ?? {};
  // Names that a Secret or a ConfigMap gives are not known: any of them may be this one.
  if (variables.some((variable) => variable.name.endsWith('*'))) return;
  const links = new Map<string, ServiceLink>();
  for (const variable of variables)
    if (variable.service !== undefined && variable.value !== undefined && /^[a-z]+:\/\//.test(variable.value))
      links.set(variable.name, { name: variable.name, value: variable.value, service: variable.service });
  for (const reference of references) {
    const link = links.get(reference.name);
    if (link && link.service !== 'default/kubernetes')
      reportLink({ group, container, path, reference, link }, context, report);
  }
}

interface Collision {
  readonly group: PodGroup;
  readonly container: Container;
  /** From the object's root to the container. */
  readonly path: JsonPath;
  readonly reference: Reference;
  readonly link: ServiceLink;
}

function reportLink(collision: Collision, context: AnalysisContext, report: Report): void {
  const { group, path, reference, link } = collision;
  const service = serviceObject(link.service, context);
  const becomes = reference.text.replaceAll(`$(${link.name})`, link.value);
  report.add({
    code: 'service-link-variable',
    severity: 'warning',
    message: `$(${link.name}) is set by no env and becomes ${link.value}`,
    place: report.place([...path, ...reference.path]),
    details: [
      {
        label: 'cause',
        text: `each Service that is there before the pod starts gives it variables (enableServiceLinks is true by default), and Service ${link.service} gives ${link.name}`,
      },
      {
        label: 'effect',
        text: `${printReference(group.object)} gets ${shortened(becomes)} in ${list(reference.path.slice(0, 1).map(String))}, where a port number is expected; a pod that starts before the Service is there gets $(${link.name}) as it is written`,
      },
    ],
    related: [service && relatedName(service, `Service ${link.service} gives the variable`, context)],
    fixes: fixesOf(collision, context),
  });
}

function serviceObject(name: NamespacedName, { simulation }: AnalysisContext): KubernetesObject | undefined {
  const [namespace = '', service = ''] = name.split('/');
  return simulation.controlPlane.object(objectKey('', 'Service', namespace, service));
}

function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/** The container's only port is what the variable was meant to be. Without links the reference would stay as it is. */
function fixesOf(
  { group, container, path, reference, link }: Collision,
  context: AnalysisContext,
): readonly (Fix | undefined)[] {
  const [only, ...more] = container.ports ?? [];
  if (!only || more.length > 0) return [fixInWords(`Set ${link.name} in env, or write the number`)];
  const number = String(only.containerPort);
  const env = valueAt(group.object.body, [...path, 'env']);
  const set =
    env === undefined
      ? fixBy(`Set ${link.name} to ${number} in env`, true, [
          putMember(group.object, path, 'env', [{ name: link.name, value: number }], context),
        ])
      : fixInWords(`Set ${link.name} to ${number} in env`);
  const text = reference.text.replaceAll(`$(${link.name})`, number);
  const write = fixBy(`Write ${number} in place of $(${link.name})`, env !== undefined, [
    changeValue(group.object, [...path, ...reference.path], text, context),
  ]);
  return [set, write];
}
