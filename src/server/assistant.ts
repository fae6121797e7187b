/** Runs the tools of assistants on a workspace: what is asked is checked, what is answered is plain JSON. */

import * as v from 'valibot';
import { explainService } from '#analysis/assistant/explain-service';
import { fileNamed, plainPath } from '#analysis/assistant/files';
import { listFindings } from '#analysis/assistant/findings';
import { simulateChange } from '#analysis/assistant/simulate-change';
import { explainRequest } from '#analysis/assistant/trace-request';
import type { Workspace } from '#analysis/workspace';
import { plansTouchedBy, type ChangedRender } from '#analysis/with-change';
import { assistantRequest, assistantTools, type AssistantTool } from '#protocol/assistant';
import type { Answer } from './answering';
import type { View } from './session';

type Input<T extends AssistantTool> = v.InferOutput<(typeof assistantTools)[T]['input']>;
/** Files as they are now, and an engine for what they would come to otherwise. */
export type Asked = Pick<View, 'workspace' | 'renderWith'>;

const run: { readonly [T in AssistantTool]: (input: Input<T>, asked: Asked) => object | Promise<object> } = {
  explain_service: (input, asked) => explainService(input, asked.workspace()),
  trace_request: (input, asked) => explainRequest(input, asked.workspace()),
  list_findings: (input, asked) => listFindings(input, asked.workspace()),
  simulate_change: simulated,
};

export function registerAssistant(answer: Answer): void {
  answer(assistantRequest, async ({ tool, input }, _, view) => {
    await view.reading?.();
    return askTool(tool, input, view);
  });
}

/** `error` says in a sentence what is wrong with the question, so that it can be asked again. */
export function askTool(tool: string, input: unknown, asked: Asked): Promise<{ answer: object } | { error: string }> {
  if (!isTool(tool)) return Promise.resolve({ error: `There is no tool ${tool}; there are ${toolNames.join(', ')}.` });
  return ask(tool, input, asked);
}

async function ask<T extends AssistantTool>(tool: T, input: unknown, asked: Asked) {
  const parsed = v.safeParse(assistantTools[tool].input, withoutNulls(input));
  if (!parsed.success) return { error: `The question is not as ${tool} takes it:\n${v.summarize(parsed.issues)}` };
  const answer = await run[tool](parsed.output as Input<T>, asked);
  return 'error' in answer ? { error: String(answer.error) } : { answer };
}

/** A model says `null` of what it does not mean to say. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const said = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(said.map(([key, member]) => [key, withoutNulls(member)]));
}

/** What is rendered is rendered first: from then on nothing can change in between. */
async function simulated(input: Input<'simulate_change'>, asked: Asked): Promise<object> {
  const outside = input.files.find(({ file }) => isOutside(file));
  if (outside) return { error: outsideText(outside.file, asked.workspace()) };
  const files = input.files.map(({ file, text }) => ({ file: plainPath(file), text }));
  const texts = new Map(files.map(({ file, text }) => [file, text]));
  const renders: ChangedRender[] = [];
  for (const plan of plansTouchedBy(files, asked.workspace()))
    if (!plan.isAsWritten) renders.push({ plan, result: await asked.renderWith?.(plan, texts) });
  return simulateChange({ ...input, files }, asked.workspace(), renders);
}

function outsideText(file: string, workspace: Workspace): string {
  const known = fileNamed(file, workspace);
  const meant = typeof known === 'string' ? `: ${known} may be meant` : '';
  return `${file} is no path in the workspace: paths are relative to its folder${meant}.`;
}

function isOutside(file: string): boolean {
  return /^(?:[/\\]|[a-z]:)/i.test(file) || file.split(/[/\\]/).includes('..');
}

const toolNames = Object.keys(assistantTools);

function isTool(name: string): name is AssistantTool {
  return Object.hasOwn(assistantTools, name);
}
