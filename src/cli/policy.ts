/** `policy`: whether the network policies let a connection out of its source and into its destination. */

import type { ScopeState } from '#analysis/context';
import { printVerdict, verdictLines } from '#analysis/trace/policy-words';
import { placeOf } from '#analysis/places';
import { parseIp, printIp } from '#base/ip';
import type { NamespacedName } from '#model/kubernetes';
import type { ControlPlane, PolicyRuleReference, PolicyVerdict } from '#simulation/types';
import { Failure } from './failure';
import type { Loaded } from './load';
import { print, printValue, readRequests, type Format } from './output';
import { policyRequestOf, type PolicyRequest } from './requests';

type PolicyEnd = { readonly pod: NamespacedName } | { readonly address: string };

export async function policy(
  loaded: Loaded,
  state: ScopeState,
  flags: {
    readonly requests?: string;
    readonly from?: string;
    readonly to?: string;
    readonly port?: string;
    readonly protocol?: string;
    readonly output: Format;
  },
): Promise<void> {
  if (flags.requests !== undefined) {
    const answers = (await readRequests(flags.requests)).map((line) => {
      if ('error' in line) return line;
      try {
        return wire(decide(state, policyRequestOf(line.value)));
      } catch (error) {
        if (error instanceof Failure) return { error: error.message };
        throw error;
      }
    });
    printValue(answers, flags.output === 'text' ? 'jsonl' : flags.output);
    return;
  }
  const request = policyRequestOf({ from: flags.from, to: flags.to, port: flags.port, protocol: flags.protocol });
  const decision = decide(state, request);
  const placeOfRule = (rule: PolicyRuleReference): string[] => {
    const object = state.simulation.controlPlane.object(rule.object);
    const place = object && placeOf(object, rule.path, loaded.workspace);
    if (!place) return [];
    return [`${loaded.displayPath(place.file)}:${place.range.start.line + 1}:${place.range.start.character + 1}`];
  };
  if (flags.output !== 'text') printValue({ ...wire(decision), ...decision }, flags.output);
  else
    print(
      [
        ...sentences('egress', request.from, decision.egress, placeOfRule),
        ...sentences('ingress', request.to, decision.ingress, placeOfRule),
      ].join('\n'),
    );
}

interface Decision {
  readonly egress: PolicyVerdict | undefined;
  readonly ingress: PolicyVerdict | undefined;
}

function decide({ simulation }: ScopeState, request: PolicyRequest): Decision {
  const { controlPlane, dataPlane } = simulation;
  return dataPlane.policy({
    from: endOf(request.from, controlPlane),
    to: endOf(request.to, controlPlane),
    port: request.port,
    protocol: request.protocol,
  });
}

/** `pod NS/NAME`, `pod/NS/NAME`, `KIND NS/NAME` of a workload, or an address (a pod's own stands for the pod). */
function endOf(text: string, controlPlane: ControlPlane): PolicyEnd {
  const address = parseIp(text);
  if (address) {
    const pod = controlPlane.podByAddress(printIp(address));
    return pod ? { pod: `${pod.metadata.namespace}/${pod.metadata.name}` } : { address: printIp(address) };
  }
  const object = /^([a-z]+)[ /](?:([^/ ]+)\/)?([^/ ]+)$/i.exec(text.trim());
  if (!object) throw new Failure(`cannot read "${text}": write pod NS/NAME or an address`);
  const [, kind = '', namespace = 'default', name = ''] = object;
  if (/^pods?$/i.test(kind)) {
    if (!controlPlane.pod(`${namespace}/${name}`)) throw new Failure(`no pod ${namespace}/${name}`);
    return { pod: `${namespace}/${name}` };
  }
  for (const group of controlPlane.podGroups(namespace)) {
    if (group.object.name !== name || group.object.kind.toLowerCase() !== kind.toLowerCase()) continue;
    const pod = controlPlane.podsOf(group.key)[0];
    if (pod) return { pod: `${pod.metadata.namespace}/${pod.metadata.name}` };
  }
  throw new Failure(`no ${kind} ${namespace}/${name} with pods`);
}

/** What programs compare; beside it the verdicts in full, for one request. */
function wire(decision: Decision) {
  return { egressAllowed: decision.egress?.allowed ?? true, ingressAllowed: decision.ingress?.allowed ?? true };
}

/** The verdict, what else is to be said of it, and where its rule stands. */
function sentences(
  direction: string,
  end: string,
  verdict: PolicyVerdict | undefined,
  placeOfRule: (rule: PolicyRuleReference) => string[],
): string[] {
  if (!verdict) return [`${direction}: ${end} is no pod of the cluster: no policy on its side`];
  const rule = verdict.decidedBy ?? verdict.nearest;
  const lines = [...verdictLines(verdict), ...(rule ? placeOfRule(rule) : [])];
  return [`${direction} of ${verdict.pod}: ${printVerdict(verdict)}`, ...lines.map((line) => `  ${line}`)];
}
