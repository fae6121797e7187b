/** What a debugger asks the server: a request as a list of stops, and in which lines of rules it can be stopped. */

import * as v from 'valibot';
import { request } from './request';
import { rulesQuestion } from './server';
import { cause, outcome, place, protocolName, proxyMode } from './values';

const family = v.picklist(['IPv4', 'IPv6']);

/** A request to debug, as a launch configuration writes it. */
export const recordParams = v.object({
  scope: v.string(),
  from: v.optional(v.string()),
  to: v.string(),
  port: v.optional(v.number()),
  protocol: v.optional(protocolName),
  mode: v.optional(proxyMode),
  family: v.optional(family),
  /** The node on which the request starts, or by which it comes in. */
  node: v.optional(v.string()),
  /** Which of the ways: its number from 0, or words of where it ends; without it the most probable one. */
  choose: v.optional(v.union([v.number(), v.string()])),
});
export type RecordParams = v.InferOutput<typeof recordParams>;

/** `rules`: a line, from 0, of a node's rules. */
const frame = v.object({
  name: v.string(),
  rules: v.optional(v.object({ node: v.string(), family, mode: proxyMode, line: v.number() })),
  yaml: v.optional(place),
});
export type WireFrame = v.InferOutput<typeof frame>;

const packet = v.object({
  node: v.string(),
  family,
  protocol: v.string(),
  saddr: v.string(),
  sport: v.number(),
  daddr: v.string(),
  dport: v.number(),
  iif: v.string(),
  oif: v.optional(v.string()),
  mark: v.number(),
  ipvs: v.optional(v.string()),
  conntrack: v.object({
    state: v.string(),
    status: v.array(v.string()),
    original: v.string(),
    reply: v.string(),
  }),
});
export type WirePacket = v.InferOutput<typeof packet>;

const rule = v.object({
  text: v.string(),
  chain: v.string(),
  table: v.string(),
  matched: v.picklist(['yes', 'no', 'chance']),
  words: v.string(),
  owner: v.optional(v.string()),
  sets: v.array(v.object({ name: v.string(), key: v.string(), found: v.optional(v.string()), size: v.number() })),
});
export type WireRule = v.InferOutput<typeof rule>;

const way = v.object({ path: v.number(), text: v.string(), probability: v.number() });
export type WireWay = v.InferOutput<typeof way>;

const stop = v.object({
  kind: v.picklist(['request', 'name', 'http', 'service', 'hook', 'rule', 'policy', 'route', 'plugin', 'pod', 'reply']),
  title: v.string(),
  lines: v.array(v.string()),
  frame,
  /** Index into `callers` of the recording. */
  callers: v.number(),
  hook: v.optional(v.number()),
  /** Index into `packets` of the recording. */
  packet: v.optional(v.number()),
  rule: v.optional(rule),
  choice: v.array(way),
  causes: v.array(cause),
});
export type WireStop = v.InferOutput<typeof stop>;

export const recording = v.object({
  scope: v.string(),
  from: v.string(),
  to: v.string(),
  verdict: v.string(),
  symptom: v.string(),
  assumptions: v.array(v.string()),
  fixes: v.array(v.string()),
  ways: v.array(way),
  path: v.number(),
  /** The frames around stops, from the inside out; many stops have the same. */
  callers: v.array(v.array(frame)),
  packets: v.array(packet),
  stops: v.array(stop),
  outcome,
  causes: v.array(cause),
});
export type WireRecording = v.InferOutput<typeof recording>;

const recordResult = v.union([v.object({ recording }), v.object({ error: v.string() })]);

export const recordRequestMessage = request('record', recordParams, recordResult);

const ruleLines = v.object({
  /** Lines, from 0, in which a rule or server stands. */
  lines: v.array(v.number()),
  /** Lines that declare a chain, each with the line of the chain's first rule. */
  chains: v.array(v.object({ line: v.number(), first: v.number() })),
});
export type RuleLines = v.InferOutput<typeof ruleLines>;

/** Where a breakpoint can stand. */
export const ruleLinesRequest = request('ruleLines', rulesQuestion, ruleLines);
