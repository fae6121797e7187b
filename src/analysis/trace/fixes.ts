/** What would mend a failed request: the fixes of the findings that explain it, and those that only a trace shows. */

import { namespacedName, type Protocol, type Service } from '#model/kubernetes';
import type { WalkPath } from '#simulation/types';
import { changeValue } from '../rules/edits';
import type { Fix, Severity, TraceFix, TraceRequest } from '../types';
import { serious, troublesOfService, type Tracing } from './causes';
import { droppingPolicy, type RuleStep } from './packet-hops';
import { denialFixes } from './policy-fixes';
import { printServicePort } from './port';
import { withoutPort } from './request';

/** `target` is what was called. */
export function fixesOf(
  request: TraceRequest,
  paths: readonly WalkPath[],
  services: readonly Service[],
  target: { readonly port: number; readonly protocol: Protocol },
  tracing: Tracing,
): TraceFix[] {
  const wrongPort = services.flatMap((service) => portFix(request, service, target) ?? []);
  const all = [
    ...wrongPort,
    ...trafficFixes(paths, tracing),
    ...findingFixes(services, serious, tracing),
    ...paths.flatMap((path) => networkPolicyFixes(path, tracing)),
  ];
  return distinctFixes(all);
}

/** Several paths, and several findings, may ask for the same. */
export function distinctFixes(fixes: readonly TraceFix[]): TraceFix[] {
  return [...new Map([...fixes].reverse().map((fix) => [fix.title, fix])).values()].reverse();
}

function networkPolicyFixes({ steps }: WalkPath, tracing: Tracing): Fix[] {
  return steps.flatMap((step) => (step.kind === 'policy' && !step.verdict.allowed ? denialFixes(step, tracing) : []));
}

/** For a client that calls a port which the Service does not have: often the pods' port, or the other protocol. */
function portFix(
  request: TraceRequest,
  service: Service,
  { port, protocol }: { readonly port: number; readonly protocol: Protocol },
): TraceFix | undefined {
  const ports = service.spec.ports ?? [];
  if (
    ports.length === 0 ||
    ports.some((known) => (known.port === port || known.nodePort === port) && known.protocol === protocol)
  )
    return undefined;
  const meant =
    ports.find((known) => known.targetPort === port && known.protocol === protocol) ??
    ports.find((known) => known.port === port) ??
    (ports.length === 1 ? ports[0] : undefined);
  if (!meant) return undefined;
  const why =
    meant.targetPort === port
      ? `; ${port} is the port of its pods`
      : meant.port === port
        ? `; it is not ${protocol}`
        : '';
  return {
    title: `Call port ${printServicePort(meant)} of Service ${namespacedName(service)}${why}`,
    edits: [],
    preferred: false,
    request: { ...request, to: withoutPort(request.to), port: meant.port, protocol: meant.protocol },
  };
}

/** The fixes that the findings of the Services, or of what they target, offer. */
export function findingFixes(services: readonly Service[], severities: readonly Severity[], tracing: Tracing): Fix[] {
  return services.flatMap((service) =>
    troublesOfService(namespacedName(service), severities, tracing).flatMap(({ fixes }) => fixes),
  );
}

/** Where `Local` drops what other nodes could answer: `Cluster`. No finding says so, since it may be meant. */
function trafficFixes(paths: readonly WalkPath[], tracing: Tracing): Fix[] {
  const fixes = new Map<string, Fix>();
  for (const { steps } of paths) {
    const last = steps.at(-1);
    const fix = last?.kind === 'rule' ? trafficFix(last, tracing) : undefined;
    if (fix) fixes.set(fix.title, fix);
  }
  return [...fixes.values()];
}

function trafficFix(step: RuleStep, tracing: Tracing): Fix | undefined {
  const { controlPlane } = tracing.context.simulation;
  const name = step.cause?.service;
  const service = name === undefined ? undefined : controlPlane.service(name);
  const field = droppingPolicy(step, service);
  const object = name === undefined ? undefined : controlPlane.serviceObject(name);
  const edit = field && object && changeValue(object, ['spec', field], 'Cluster', tracing.context);
  if (!field || !edit) return undefined;
  const loss = field === 'externalTrafficPolicy' ? "; the pods then see a node's address as the source" : '';
  return { title: `Change ${field} to Cluster${loss}`, edits: [edit], preferred: false };
}
