/** Gives the tools to the language models of VS Code; the server answers them. */

import * as v from 'valibot';
import * as vscode from 'vscode';
import { assistantRequest, assistantTools } from '#protocol/assistant';
import type { Server } from './client';

const named = v.object({ scope: v.optional(v.string()) });

/** What package.json contributes under the same names says when a model may take them. */
export function provideAssistantTools(server: Server): vscode.Disposable {
  const tools = Object.entries(assistantTools).map(([name, { title }]) =>
    vscode.lm.registerTool(toolName(name), {
      prepareInvocation: () => ({ invocationMessage: title }),
      invoke: async ({ input }) => {
        const scope = v.is(named, input) ? input.scope : undefined;
        const result = await server.ask(assistantRequest, { tool: name, input, scope });
        return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(JSON.stringify(result))]);
      },
    }),
  );
  return vscode.Disposable.from(...tools);
}

function toolName(name: string): string {
  return `service_topology_${name}`;
}
