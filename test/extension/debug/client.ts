/** A debug client on a session of ours, over a real connection; the session's answers come from the core. */
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { DebugClient } from '@vscode/debugadapter-testsupport';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { onTestFinished } from 'vitest';
import { recordRequest } from '#analysis/debug/record';
import { stoppableLines } from '#analysis/debug/stoppable-lines';
import { rulesDocument } from '#analysis/rules-view/document';
import type { Workspace } from '#analysis/workspace';
import type { DebugHost, RulesSource } from '#extension/debug/host';
import { RequestDebugSession } from '#extension/debug/session';
import { Paths } from '#server/paths';
import { wireRecording } from '#server/wire-recording';
import { workspaceOf } from '../../analysis/trace/case-file';

const shop = new URL('../../../examples/shop/', import.meta.url);

/** The example shop, with each pod of the catalog at hand. */
export function shopWorkspace(): Workspace {
  const names = readdirSync(shop).filter((name) => name.endsWith('.yaml'));
  return workspaceOf(new Map(names.map((name) => [name, readFileSync(new URL(name, shop), 'utf8')])));
}

/** `changed` is called to tell the session of changes. */
export function hostOf(workspace: Workspace, changes: Set<() => void> = new Set()): DebugHost {
  const paths = new Paths([{ uri: 'file:///shop', name: 'shop' }]);
  const ruleset = ({ node, mode, family }: RulesSource) => workspace.scopes[0]!.simulation.dataPlane.rules(node, mode, family); // prettier-ignore
  return {
    record: ({ scope, node, choose, ...request }) => {
      const recording = recordRequest({ request, node, choose }, workspace, workspace.scopes[0]!);
      const answer = 'error' in recording ? recording : { recording: wireRecording(recording, scope, paths) };
      return Promise.resolve(answer);
    },
    rulesOf: (path) => {
      const [, scope, node, mode, family] = /^rules:([^ ]+) ([^ ]+) ([^ ]+) ([^ ]+)$/.exec(path) ?? [];
      return scope === undefined ? undefined : ({ scope, node, mode, family } as RulesSource);
    },
    ruleLines: (rules) => {
      const { lines, chains } = stoppableLines(rulesDocument(ruleset(rules)!));
      return Promise.resolve({ lines: [...lines], chains: [...chains] });
    },
    rulesSource: (rules) => ({ name: rules.node, path: pathOfRules(rules) }),
    yamlSource: ({ uri }) => ({ name: uri.slice(uri.lastIndexOf('/') + 1), path: new URL(uri).pathname }),
    onChanged: (listener) => {
      changes.add(listener);
      return { dispose: () => changes.delete(listener) };
    },
  };
}

export function pathOfRules({ scope, node, mode, family }: RulesSource): string {
  return `rules:${scope} ${node} ${mode} ${family}`;
}

/** The lines, from 1, of a node's rules that contain a text. */
export function linesWith(workspace: Workspace, rules: RulesSource, text: string): readonly number[] {
  const ruleset = workspace.scopes[0]!.simulation.dataPlane.rules(rules.node, rules.mode, rules.family)!;
  return rulesDocument(ruleset).lines.flatMap((line, i) => (line.text.includes(text) ? i + 1 : []));
}

export async function connect(workspace: Workspace, changes?: Set<() => void>): Promise<DebugClient> {
  const sessions: RequestDebugSession[] = [];
  const server = createServer((socket) => {
    const session = new RequestDebugSession(hostOf(workspace, changes));
    session.setRunAsServer(true);
    sessions.push(session);
    session.start(socket, socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new DebugClient('node', '', 'service-topology');
  client.setMaxListeners(0);
  await client.start((server.address() as AddressInfo).port);
  onTestFinished(async () => {
    await client.stop().catch(() => undefined);
    for (const session of sessions) session.dispose();
    server.close();
  });
  return client;
}

/** Launches, sets what is asked for in between as an editor does, and waits for the first stop. */
export async function launch(
  client: DebugClient,
  configuration: Readonly<Record<string, unknown>>,
  configure: () => Promise<unknown> = () => Promise.resolve(),
): Promise<DebugProtocol.StoppedEvent> {
  const stopped = client.waitForEvent('stopped') as Promise<DebugProtocol.StoppedEvent>;
  const initialized = client.waitForEvent('initialized');
  await client.initializeRequest();
  await initialized;
  const launched = client.launchRequest({ scope: '.', ...configuration } as DebugProtocol.LaunchRequestArguments);
  await configure();
  await client.configurationDoneRequest();
  await launched;
  return stopped;
}

/** Sends a request that moves, and waits for what it leads to: a stop, or the end. */
export async function move(client: DebugClient, send: () => Promise<unknown>): Promise<DebugProtocol.Event> {
  const event = Promise.race([client.waitForEvent('stopped'), client.waitForEvent('terminated')]);
  await send();
  return event as Promise<DebugProtocol.Event>;
}

/** What an editor shows at a stop: the stack, and each scope with its variables. */
export async function shown(client: DebugClient) {
  const { stackFrames } = (await client.stackTraceRequest({ threadId: 1 })).body;
  const { scopes } = (await client.scopesRequest({ frameId: stackFrames[0]!.id })).body;
  const entries = await Promise.all(
    scopes.map(async ({ name, variablesReference }) => {
      const { variables } = (await client.variablesRequest({ variablesReference })).body;
      return [name, Object.fromEntries(variables.map((variable) => [variable.name, variable.value]))] as const;
    }),
  );
  const stack = stackFrames.map(({ name, line, source }) => ({ name, line, path: source?.path }));
  return { stack, scopes: Object.fromEntries(entries) as Record<string, Record<string, string>> };
}
