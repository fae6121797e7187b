/** What is remembered of a cluster between windows: its context's name and the namespaces, nothing else. */

import * as v from 'valibot';
import type * as vscode from 'vscode';

const memoryKey = 'cluster';

const kept = v.object({
  context: v.string(),
  namespaces: v.optional(v.array(v.string())),
  /** Whether it was connected when the window closed. */
  connected: v.boolean(),
});
export type KeptCluster = v.InferOutput<typeof kept>;

export function keptCluster(memory: vscode.Memento): KeptCluster | undefined {
  const read = v.safeParse(kept, memory.get(memoryKey));
  return read.success ? read.output : undefined;
}

export async function keepCluster(memory: vscode.Memento, cluster: KeptCluster): Promise<void> {
  await memory.update(memoryKey, cluster);
}
