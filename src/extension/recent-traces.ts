/** The requests that were traced last, for whoever is asked for one. */

import * as v from 'valibot';
import type * as vscode from 'vscode';
import { traceRequest } from '#protocol/values';
import type { AskedTrace } from './trace-command';

const memoryKey = 'recentTraces';
const mostRecent = 5;

const kept = v.array(v.object({ scope: v.string(), request: traceRequest }));

/** The latest first. */
export function recentTraces(memory: vscode.Memento): readonly AskedTrace[] {
  const found = v.safeParse(kept, memory.get(memoryKey));
  return found.success ? found.output : [];
}

export async function rememberTrace(memory: vscode.Memento, asked: AskedTrace): Promise<void> {
  const key = JSON.stringify(asked);
  const others = recentTraces(memory).filter((one) => JSON.stringify(one) !== key);
  await memory.update(memoryKey, [asked, ...others].slice(0, mostRecent));
}
