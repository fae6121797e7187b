/** Runs the tools of assistants on a workspace: what is asked is checked, what is answered is plain JSON. */

import * as v from 'valibot';
import { explainService } from '#analysis/assistant/explain-service';
import { listFindings } from '#analysis/assistant/findings';
import { simulateChange } from '#analysis/assistant/simulate-change';
import { explainRequest } from '#analysis/assistant/trace-request';
import type { Workspace } from '#analysis/workspace';
import { assistantRequest, assistantTools, type AssistantTool } from '#protocol/assistant';
import type { Answer } from './answering';

type Input<T extends AssistantTool> = v.InferOutput<(typeof assistantTools)[T]['input']>;

const run: { readonly [T in AssistantTool]: (input: Input<T>, workspace: Workspace) => object } = {
  explain_service: explainService,
  trace_request: explainRequest,
  list_findings: listFindings,
  simulate_change: simulateChange,
};

export function registerAssistant(answer: Answer): void {
  answer(assistantRequest, ({ tool, input }, workspace) => askTool(tool, input, workspace));
}

/** `error` says in a sentence what is wrong with the question, so that it can be asked again. */
export function askTool(tool: string, input: unknown, workspace: Workspace): { answer: object } | { error: string } {
  if (!isTool(tool)) return { error: `There is no tool ${tool}.` };
  return ask(tool, input, workspace);
}

function ask<T extends AssistantTool>(tool: T, input: unknown, workspace: Workspace) {
  const parsed = v.safeParse(assistantTools[tool].input, input);
  if (!parsed.success) return { error: `The question is not as ${tool} takes it:\n${v.summarize(parsed.issues)}` };
  const answer = run[tool](parsed.output as Input<T>, workspace);
  return 'error' in answer ? { error: String(answer.error) } : { answer };
}

function isTool(name: string): name is AssistantTool {
  return Object.hasOwn(assistantTools, name);
}
