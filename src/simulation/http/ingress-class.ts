/** Which controllers an Ingress means: its class, by field, annotation or default. */

import { compareStrings } from '#base/compare';
import type { KubernetesObject } from '#model/object';
import type { ControlPlane } from '../types';
import { annotationOf, compareAges, createdAt, specOf, textOf } from './read';
import type { HttpEntry } from './types';

export interface IngressGroup {
  readonly entry: Extract<HttpEntry, { kind: 'ingress' }>;
  /** The oldest first. */
  readonly ingresses: readonly KubernetesObject[];
  readonly notes: readonly string[];
}

const group = 'networking.k8s.io';

/** The Ingresses by class, in the order of the classes' names; those that mean none come last. */
export function ingressesByClass(controlPlane: ControlPlane): readonly IngressGroup[] {
  const classes = [...controlPlane.objectsOfKind(group, 'IngressClass')];
  const chosen = defaultClass(classes);
  const byClass = new Map<string, KubernetesObject[]>();
  for (const ingress of controlPlane.objectsOfKind(group, 'Ingress')) {
    const name = classOf(ingress) ?? chosen?.name ?? '';
    byClass.set(name, [...(byClass.get(name) ?? []), ingress]);
  }
  return [...byClass]
    .sort(([a], [b]) => Number(a === '') - Number(b === '') || compareStrings(a, b))
    .map(([name, ingresses]) => groupOf(name, ingresses.sort(compareAges), classes));
}

function groupOf(
  name: string,
  ingresses: readonly KubernetesObject[],
  classes: readonly KubernetesObject[],
): IngressGroup {
  const entry = entryOf(name, classes);
  return { entry, ingresses, notes: classNotes(entry.className, entry.ingressClass) };
}

function entryOf(name: string, classes: readonly KubernetesObject[]): IngressGroup['entry'] {
  const ingressClass = classes.find((known) => known.name === name);
  return { kind: 'ingress', className: name === '' ? undefined : name, ingressClass };
}

/** Whose controller serves the Ingress. */
export function entryOfIngress(ingress: KubernetesObject, controlPlane: ControlPlane): IngressGroup['entry'] {
  const classes = [...controlPlane.objectsOfKind(group, 'IngressClass')];
  return entryOf(classOf(ingress) ?? defaultClass(classes)?.name ?? '', classes);
}

function classNotes(className: string | undefined, ingressClass: KubernetesObject | undefined): string[] {
  if (className === undefined)
    return ['the Ingress names no class, and no IngressClass is the default: whether a controller serves it is its own choice']; // prettier-ignore
  return ingressClass
    ? []
    : [`IngressClass ${className} is not among the manifests: a controller is taken to serve it`];
}

/** The annotation is older than the field; controllers are asked to honour it still. */
function classOf(ingress: KubernetesObject): string | undefined {
  return annotationOf(ingress, 'kubernetes.io/ingress.class') ?? textOf(specOf(ingress).ingressClassName);
}

/** Models plugin/pkg/admission/network/defaultingressclass getDefaultClass (v1.37): the youngest, then the first by name. */
function defaultClass(classes: readonly KubernetesObject[]): KubernetesObject | undefined {
  const marked = classes.filter(
    (known) => annotationOf(known, 'ingressclass.kubernetes.io/is-default-class') === 'true',
  );
  return marked.sort((a, b) => compareStrings(createdAt(b), createdAt(a)) || compareStrings(a.name, b.name))[0];
}
