/** Steps as people write them, one a line, and back: `pod shop/web-1 dies`, `deployment shop/web scales to 5`. */

import { assertNever } from '#base/assert';
import { printPath, type JsonValue } from '#base/json';
import { parsePath } from './fields';
import {
  nodeActions, podActions, zoneActions, type NodeAction, type ObjectName, type PodAction, type PodName, type Step, type ZoneAction,
} from './types'; // prettier-ignore

export interface GrammarError {
  readonly error: string;
}

/** kubectl's short names, beside those of the trace. */
const aliases: Readonly<Record<string, string>> = {
  po: 'pod', no: 'node', svc: 'service', deploy: 'deployment', sts: 'statefulset', ds: 'daemonset', rs: 'replicaset',
  rc: 'replicationcontroller', cj: 'cronjob', netpol: 'networkpolicy', ns: 'namespace', ing: 'ingress', cm: 'configmap',
  ep: 'endpoints', eps: 'endpointslice',
}; // prettier-ignore

/** What can be written, for messages and help; NAME is `NAMESPACE/NAME`, or `NAME` where that is clear. */
export const stepForms: readonly string[] = [
  `pod NAME ${podActions.join(' | ')}`,
  'a pod of KIND NAME … (the first pod of a workload, in place of pod NAME)',
  'pod NAME moves to NODE',
  `node NAME ${nodeActions.join(' | ')}`,
  `zone NAME ${zoneActions.join(' | ')}`,
  'KIND NAME scales to NUMBER',
  'KIND NAME gets label KEY=VALUE',
  'KIND NAME loses label KEY',
  'KIND NAME sets PATH=VALUE (VALUE as JSON, or a text)',
  'KIND NAME unsets PATH',
  'KIND NAME restarts',
  'KIND NAME is deleted',
];

export function parseStep(text: string): Step | GrammarError {
  const line = text.trim();
  const words = /^(a pod of )?(\S+?)(?:\s+|\/(?=[^/\s]+(?:\/[^/\s]+)?\s))(\S+)\s+(.+)$/s.exec(line);
  if (!words) return unreadable(line);
  const [, of, kindText, nameText, rest] = words;
  const kind = kindOf(kindText!);
  const object = objectName(kind, nameText!);
  if (!object) return { error: `cannot read the name ${nameText ?? ''}: write NAMESPACE/NAME or NAME` };
  if (of) return podStep({ by: 'workload', workload: object }, rest!, line);
  if (kind === 'pod') {
    const step = podStep({ by: 'name', namespace: object.namespace, name: object.name }, rest!, line);
    return 'error' in step ? objectStep(object, rest!, line) : step;
  }
  if (kind === 'zone') return wordStep(rest!, zoneActions, (action: ZoneAction) => ({ kind: 'zone', zone: object.name, action }), line); // prettier-ignore
  if (kind === 'node') {
    const step = wordStep(rest!, nodeActions, (action: NodeAction) => ({ kind: 'node', node: object.name, action }), line); // prettier-ignore
    return 'error' in step ? objectStep(object, rest!, line) : step;
  }
  return objectStep(object, rest!, line);
}

function unreadable(line: string): GrammarError {
  return { error: `cannot read "${line}": write one of\n${stepForms.map((form) => `  ${form}`).join('\n')}` };
}

function kindOf(text: string): string {
  const lower = text.toLowerCase();
  if (Object.hasOwn(aliases, lower)) return aliases[lower]!;
  if (lower === 'endpoints' || !lower.endsWith('s')) return lower;
  return lower.endsWith('policies') || lower.endsWith('ingresses') || lower.endsWith('classes')
    ? lower.replace(/ies$/, 'y').replace(/ses$/, 's')
    : lower === 'ingress'
      ? lower
      : lower.slice(0, -1);
}

function objectName(kind: string, text: string): ObjectName | undefined {
  const parts = text.split('/');
  if (parts.length > 2 || parts.some((part) => part === '')) return undefined;
  return parts.length === 2
    ? { kind, namespace: parts[0], name: parts[1]! }
    : { kind, namespace: undefined, name: parts[0]! };
}

function podStep(pod: PodName, rest: string, line: string): Step | GrammarError {
  const move = /^moves to (\S+)$/.exec(rest);
  if (move) return { kind: 'move', pod, node: move[1]! };
  return wordStep(rest, podActions, (action: PodAction) => ({ kind: 'pod', pod, action }), line);
}

function wordStep<A extends string>(
  rest: string,
  actions: readonly A[],
  make: (action: A) => Step,
  line: string,
): Step | GrammarError {
  const action = actions.find((each) => each === rest.replace(/\s+/g, ' '));
  return action === undefined ? unreadable(line) : make(action);
}

function objectStep(object: ObjectName, rest: string, line: string): Step | GrammarError {
  const scale = /^scales to (\d{1,6})$/.exec(rest);
  if (scale) return { kind: 'scale', object, replicas: Number(scale[1]) };
  const gets = /^gets label ([^\s=]+)=(\S*)$/.exec(rest);
  if (gets) return { kind: 'label', object, key: gets[1]!, value: gets[2]! };
  const loses = /^loses label ([^\s=]+)$/.exec(rest);
  if (loses) return { kind: 'label', object, key: loses[1]!, value: undefined };
  const set = /^sets ([^\s=]+)=(.*)$/s.exec(rest);
  if (set) return setStep(object, set[1]!, valueOf(set[2]!));
  const unset = /^unsets (\S+)$/.exec(rest);
  if (unset) return setStep(object, unset[1]!, undefined);
  if (rest === 'restarts') return { kind: 'restart', object };
  if (rest === 'is deleted') return { kind: 'delete', object };
  return unreadable(line);
}

function setStep(object: ObjectName, text: string, value: JsonValue | undefined): Step | GrammarError {
  const path = parsePath(text);
  if (!path) return { error: `cannot read the field ${text}: write it as spec.ports[0].port` };
  return { kind: 'set', object, path, value };
}

/** JSON where it is that, else the text itself. */
function valueOf(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}

/** As `parseStep` reads it. */
export function printStep(step: Step): string {
  switch (step.kind) {
    case 'pod':
      return `${printPod(step.pod)} ${step.action}`;
    case 'move':
      return `${printPod(step.pod)} moves to ${step.node}`;
    case 'node':
      return `node ${step.node} ${step.action}`;
    case 'zone':
      return `zone ${step.zone} ${step.action}`;
    case 'scale':
      return `${printObject(step.object)} scales to ${step.replicas}`;
    case 'label':
      return step.value === undefined
        ? `${printObject(step.object)} loses label ${step.key}`
        : `${printObject(step.object)} gets label ${step.key}=${step.value}`;
    case 'set':
      return step.value === undefined
        ? `${printObject(step.object)} unsets ${printPath(step.path)}`
        : `${printObject(step.object)} sets ${printPath(step.path)}=${printValue(step.value)}`;
    case 'delete':
      return `${printObject(step.object)} is deleted`;
    case 'restart':
      return `${printObject(step.object)} restarts`;
    default:
      return assertNever(step);
  }
}

function printPod(pod: PodName): string {
  if (pod.by === 'workload') return `a pod of ${printObject(pod.workload)}`;
  return printObject({ kind: 'pod', namespace: pod.namespace, name: pod.name });
}

export function printObject({ kind, namespace, name }: ObjectName): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

function printValue(value: JsonValue): string {
  return JSON.stringify(value);
}
