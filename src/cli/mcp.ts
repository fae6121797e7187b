/** `mcp`: the tools of assistants over the Model Context Protocol, on standard input and output. */

import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { CallToolRequestSchema, ListToolsRequestSchema, type Tool } from '@modelcontextprotocol/sdk/types.js';
import { toJsonSchema } from '@valibot/to-json-schema';
import { assistantTools } from '#protocol/assistant';
import { askTool } from '#server/assistant';
import { follow, type LoadFlags } from './load';
import { version } from './version';

/** Serves until the input ends. Before each answer, files that changed on disk are read anew. */
export async function mcp(path: string, flags: LoadFlags): Promise<void> {
  const folder = await follow(path, flags);
  const asked = { ...folder, workspace: () => folder.workspace };
  const server = new Server(
    { name: 'service-topology', version },
    {
      capabilities: { tools: {} },
      instructions:
        'Answers why a request does not reach its pod in Kubernetes, from manifests: what the API server, the controllers, CoreDNS and kube-proxy would do with them. Nothing is ever written.',
    },
  );
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: toolList() }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
    await folder.refresh();
    const result = await askTool(params.name, params.arguments ?? {}, asked);
    if ('error' in result) return { isError: true, content: [{ type: 'text', text: result.error }] };
    const text = JSON.stringify(result.answer);
    return {
      content: [{ type: 'text', text }],
      structuredContent: JSON.parse(text) as Record<string, unknown>,
    };
  });
  const transport = new StdioServerTransport();
  const ended = new Promise<void>((resolve) => {
    server.onclose = resolve;
    process.stdin.once('end', resolve);
  });
  await server.connect(transport);
  await ended;
  await server.close();
}

function toolList(): Tool[] {
  return Object.entries(assistantTools).map(([name, { title, description, input }]) => ({
    name,
    title,
    description,
    inputSchema: toJsonSchema(input, { typeMode: 'input' }) as Tool['inputSchema'],
    annotations: { title, readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  }));
}
