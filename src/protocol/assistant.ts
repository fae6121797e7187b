/** The tools that assistants are given, by editors and over the Model Context Protocol: names, words, inputs. */

import * as v from 'valibot';
import { request } from './request';

const scope = v.optional(
  v.pipe(v.string(), v.description('The scope (kustomization, chart, folder or cluster) that is meant; needed only where there are several.')), // prettier-ignore
);
const severity = v.picklist(['error', 'warning', 'info', 'hint']);

const traced = {
  from: v.pipe(
    v.string(),
    v.description('Who sends: deployment/NAME, pod/NAMESPACE/NAME, node/NAME, outside, or an address.'),
  ),
  to: v.pipe(v.string(), v.description('What is called, as the client writes it: http://web/, web.shop:80, 10.96.0.10:53, service/NAMESPACE/NAME.')), // prettier-ignore
  port: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65535), v.description('The port, where `to` does not say it.'))), // prettier-ignore
  protocol: v.optional(v.picklist(['TCP', 'UDP', 'SCTP'])),
  mode: v.optional(v.pipe(v.picklist(['iptables', 'ipvs', 'nftables']), v.description('kube-proxy’s mode; without it the cluster’s own.'))), // prettier-ignore
};

/** Each is read-only: what it tells comes from the simulation of the cluster that the manifests describe. */
export const assistantTools = {
  explain_service: {
    title: 'Explain a Kubernetes Service',
    description:
      'What Kubernetes makes of a Service in these manifests: addresses, DNS names, ports and their targets, the workloads that its selector matches, endpoints with their state, who calls it, and what is wrong with it, with files and lines.',
    input: v.strictObject({
      service: v.pipe(v.string(), v.description('NAME or NAMESPACE/NAME of the Service.')),
      scope,
    }),
  },
  trace_request: {
    title: 'Trace a request to a Service or pod',
    description:
      'Follows a request from its client through DNS, kube-proxy’s rules (iptables, IPVS or nftables), routes and network policies to the pod, or to where and why it ends; with the YAML line of each cause and the smallest changes that were tried and would make it arrive.',
    input: v.strictObject({ ...traced, scope }),
  },
  list_findings: {
    title: 'List what is wrong with the manifests',
    description:
      'Findings about Services, selectors, labels, ports, names, policies, Ingresses and routes in the workspace’s Kubernetes manifests: cause, effect, place and fixes as edits. The gravest first.',
    input: v.strictObject({
      scope,
      file: v.optional(v.pipe(v.string(), v.description('Only of this file, relative to the workspace.'))),
      code: v.optional(v.pipe(v.string(), v.description('Only of this kind, such as selector-matches-nothing.'))),
      severity: v.optional(v.pipe(severity, v.description('This severity and graver ones; info unless told.'))),
      limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(500))),
      offset: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
    }),
  },
  simulate_change: {
    title: 'Simulate a change of the manifests',
    description:
      'What would become of the cluster if files had other texts, without writing them: findings that come and go, Services whose endpoints change, what the API server would refuse, and how given requests would end before and after.',
    input: v.strictObject({
      files: v.pipe(
        v.array(
          v.strictObject({
            file: v.pipe(v.string(), v.description('Path relative to the workspace; a new one adds a file.')),
            text: v.optional(
              v.pipe(v.string(), v.description('The whole new text; without it the file would be deleted.')),
            ),
          }),
        ),
        v.minLength(1),
      ),
      requests: v.optional(v.array(v.strictObject(traced))),
      scope,
    }),
  },
} as const;

export type AssistantTool = keyof typeof assistantTools;

/** Asks a tool; what it answers is told to the assistant as it is. */
export const assistantRequest = request(
  'assistant',
  /** `scope`: the one that the input names, if any, so that the right workspace is asked. */
  v.object({ tool: v.string(), input: v.unknown(), scope: v.optional(v.string()) }),
  v.union([v.object({ answer: v.unknown() }), v.object({ error: v.string() })]),
);
