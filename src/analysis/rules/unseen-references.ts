/** Why a ConfigMap, Secret, claim or ServiceAccount may be there although no manifest of the scope has it. */

import { isJsonObject, type JsonValue } from '#base/json';
import { objectKey, type KubernetesObject } from '#model/object';
import { itemsOf, specOf, textOf } from '#simulation/http/read';
import type { ControlPlane } from '#simulation/types';
import type { AnalysisContext } from '../context';
import { textsOf } from '../names/names-in';
import type { PodReference } from './pod-references';
import { isCustom } from './unseen-objects';

/** Whether somebody of the scope may make it, another scope has it, or the scope is no whole one. */
export function mayBeMade(reference: PodReference, object: KubernetesObject, context: AnalysisContext): boolean {
  return (
    namespaceNotSaid(reference, object, context) ||
    inOtherScope(reference, object, context) ||
    isMentioned(reference, context.simulation.controlPlane)
  );
}

/** A manifest without a namespace goes to whichever `kubectl -n` says: perhaps to where there is one. */
function namespaceNotSaid({ kind, name }: PodReference, object: KubernetesObject, { simulation }: AnalysisContext): boolean {
  const found = [...simulation.controlPlane.objectsOfKind('', kind)].filter((other) => other.name === name);
  return found.some((other) => !object.namespaceGiven || !other.namespaceGiven);
} // prettier-ignore

function inOtherScope({ kind, name }: PodReference, { namespace }: KubernetesObject, context: AnalysisContext): boolean {
  const key = objectKey('', kind, namespace, name);
  for (const { simulation } of context.others()) if (simulation.controlPlane.object(key)) return true;
  return false;
} // prettier-ignore

/**
 * Whether anything that may make it says its name: a custom resource (a sealed Secret, a certificate), a script or an
 * argument of a job, a role for it alone, a StatefulSet for its claims, an Ingress or Gateway that asks for a certificate.
 */
function isMentioned({ kind, name }: PodReference, controlPlane: ControlPlane): boolean {
  for (const object of controlPlane.objects()) {
    // What a cluster holds beside the manifests is not read.
    if (object.origin.kind === 'cluster') return true;
    if (isCustom(object.group) && (object.name === name || says(object.body, name))) return true;
    if (kind === 'PersistentVolumeClaim' && makesClaim(object, name)) return true;
    if (kind === 'Secret' && /^(?:Ingress|Gateway)$/.test(object.kind) && says(object.body.spec, name)) return true;
    if (kind !== 'ServiceAccount' && textsOf(object).some(({ text }) => hasWord(text, name))) return true;
    if (/Role$/.test(object.kind) && says(object.body.rules, name)) return true;
  }
  return false;
}

/** `data-db-0`: of each claim template and each pod. */
function makesClaim(object: KubernetesObject, name: string): boolean {
  return itemsOf(specOf(object).volumeClaimTemplates).some(({ value }) => {
    const { metadata } = value;
    const template = isJsonObject(metadata) ? textOf(metadata.name) : undefined;
    const start = `${template ?? ''}-${object.name}-`;
    return name.startsWith(start) && /^\d+$/.test(name.slice(start.length));
  });
}

function says(value: JsonValue | undefined, name: string): boolean {
  if (typeof value === 'string') return hasWord(value, name);
  if (Array.isArray(value)) return value.some((item) => says(item, name));
  return isJsonObject(value) && Object.values(value).some((item) => says(item, name));
}

/** Whether the text has the name, and not as a part of a longer one. */
function hasWord(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1))
    if (!/[\w-]/.test(text[at - 1] ?? '') && !/[\w-]/.test(text[at + name.length] ?? '')) return true;
  return false;
}
