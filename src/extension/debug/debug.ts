/** Requests as debug sessions in VS Code: from the palette, the trace panel, a launch.json, or the list of all Services. */

import * as v from 'valibot';
import * as vscode from 'vscode';
import { recordRequestMessage, ruleLinesRequest, type WireFrame } from '#protocol/debug';
import { traceChoicesRequest } from '#protocol/server';
import { traceRequest } from '#protocol/values';
import { section, type Server } from '../client';
import { activePosition } from '../places';
import { parseRulesUri, rulesUri } from '../rules-uri';
import { findScopes, scopeChoices, tellNoScopes } from '../scopes';
import { askSteps } from '../steps';
import { askTrace, type TraceTarget } from '../trace-command';
import type { DebugHost } from './host';
import { readLaunch } from './launch';
import { RequestDebugSession } from './session';

export const debugType = 'service-topology';

/** How many configurations the list of all Services offers. */
const mostOffered = 200;

export function provideDebugger(server: Server): vscode.Disposable {
  const host = hostOf(server);
  const provider: vscode.DebugConfigurationProvider = {
    resolveDebugConfiguration: (_, configuration) => complete(server, configuration),
    resolveDebugConfigurationWithSubstitutedVariables: (_, configuration) => checked(configuration),
  };
  const offers: vscode.DebugConfigurationProvider = { provideDebugConfigurations: () => offered(server) };
  return vscode.Disposable.from(
    vscode.debug.registerDebugAdapterDescriptorFactory(debugType, {
      createDebugAdapterDescriptor: () => new vscode.DebugAdapterInlineImplementation(new RequestDebugSession(host)),
    }),
    vscode.debug.registerDebugConfigurationProvider(debugType, provider),
    vscode.debug.registerDebugConfigurationProvider(
      debugType,
      offers,
      vscode.DebugConfigurationProviderTriggerKind.Dynamic,
    ),
    vscode.commands.registerCommand(`${section}.debug.askSource`, () => askEnd(server, 'sources')),
    vscode.commands.registerCommand(`${section}.debug.askDestination`, () => askEnd(server, 'destinations')),
  );
}

/** What the trace panel hands over: the request that it shows, and the way that is looked at. */
const shownRequest = v.object({ scope: v.string(), request: traceRequest, way: v.optional(v.number()) });

/** Debug Request…: asks what is not known yet, as Trace Request… does. */
export async function debugRequest(server: Server, argument: unknown, target: TraceTarget): Promise<void> {
  const shown = v.safeParse(shownRequest, argument);
  const asked = shown.success ? shown.output : await askTrace(server, target);
  if (!asked) return;
  const { scope, request } = asked;
  const way = shown.success ? shown.output.way : undefined;
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const name = vscode.l10n.t('Request to {0}', request.to.replace(/^service /, ''));
  const { from, to, port, protocol, mode } = request;
  await vscode.debug.startDebugging(folder, {
    ...withoutGaps({ from, to, port, protocol, mode, choose: way === undefined ? undefined : way + 1 }),
    type: debugType,
    request: 'launch',
    name,
    scope,
  });
}

function withoutGaps(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** Asks for what a configuration leaves open; undefined where the user leaves. */
async function complete(
  server: Server,
  configuration: vscode.DebugConfiguration,
): Promise<vscode.DebugConfiguration | undefined> {
  const { scope, from, to, node, port } = configuration as Readonly<Record<string, unknown>>;
  const base = { ...configuration, type: debugType, request: 'launch', name: configuration.name ?? 'Request' };
  const said = (value: unknown): value is string => typeof value === 'string' && value !== '';
  if (said(to) && (said(from) || said(node))) {
    const found = said(scope) ? scope : await chooseScope(server);
    return found === undefined ? undefined : { ...base, scope: found };
  }
  const active = activePosition();
  const asked = await askTrace(server, {
    ...(said(scope) ? { scope } : active && { uri: active.uri }),
    ...(said(from) && { from }),
    ...(said(to) && { to }),
    ...(active && !said(to) && { position: { line: active.position.line, character: active.position.character } }),
    ...(typeof port === 'number' && { port }),
  });
  return asked && { ...base, scope: asked.scope, ...asked.request };
}

/** With variables in place: what is wrong is told with a way to the configuration. */
async function checked(
  configuration: vscode.DebugConfiguration,
): Promise<vscode.DebugConfiguration | undefined | null> {
  const launch = readLaunch(configuration);
  if (!('error' in launch)) return configuration;
  const open = vscode.l10n.t('Open launch.json');
  const message = vscode.l10n.t('The configuration “{0}” cannot be started.', configuration.name);
  const chosen = await vscode.window.showErrorMessage(message, { modal: true, detail: launch.error }, open);
  return chosen === open ? null : undefined;
}

async function chooseScope(server: Server): Promise<string | undefined> {
  const { all, certain } = await findScopes(server, activePosition()?.uri);
  if (certain !== undefined) return certain;
  if (all.length === 0) {
    tellNoScopes();
    return undefined;
  }
  const title = vscode.l10n.t('Debug Request');
  const placeholder = vscode.l10n.t('Which manifests make up the cluster?');
  const answers = await askSteps((given) => (given.length === 0 ? { title, placeholder, choices: scopeChoices(all) } : undefined), () => 1); // prettier-ignore
  return answers?.[0];
}

/** One configuration for each port of each Service; who calls is asked when it starts. */
async function offered(server: Server): Promise<vscode.DebugConfiguration[]> {
  const { certain, all } = await findScopes(server, activePosition()?.uri);
  const scope = certain ?? all[0]?.name;
  if (scope === undefined) return [];
  const { destinations } = await server.ask(traceChoicesRequest, { scope });
  const services = destinations.filter(({ value }) => value.startsWith('service '));
  return services
    .flatMap(({ value, label, ports }) =>
      ports.map((port) => ({
        type: debugType,
        request: 'launch',
        name: vscode.l10n.t('Request to {0}, port {1}', label, port.label),
        scope,
        to: value,
        port: port.port,
      })),
    )
    .slice(0, mostOffered);
}

function hostOf(server: Server): DebugHost {
  return {
    record: (params) => server.ask(recordRequestMessage, params),
    rulesOf: (source) => {
      // VS Code gives back the document's URI in an encoded spelling.
      const name = /^[a-z][\w+.-]+:/.test(source) ? parseRulesUri(vscode.Uri.parse(source)) : undefined;
      const { scope, node, mode, family, version, at } = name ?? {};
      // Rules of another release or of saved files are not those that a request goes by.
      if (scope === undefined || !node || !mode || !family || version !== undefined || at !== undefined)
        return undefined;
      return { scope, node, mode, family };
    },
    ruleLines: (rules) => server.ask(ruleLinesRequest, rules),
    rulesSource: (rules) => {
      const uri = rulesUri(rules);
      return { name: nameOf(uri), path: uri.toString(true) };
    },
    yamlSource: ({ uri }: NonNullable<WireFrame['yaml']>) => {
      const parsed = vscode.Uri.parse(uri, true);
      const name = nameOf(parsed);
      return { name, path: parsed.scheme === 'file' ? parsed.fsPath : parsed.toString(true) };
    },
    onChanged: (listener) => server.onChanged(listener),
  };
}

function nameOf({ path }: vscode.Uri): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** `${command:askSource}` and `${command:askDestination}` of a launch.json. */
async function askEnd(server: Server, end: 'sources' | 'destinations'): Promise<string | undefined> {
  const scope = await chooseScope(server);
  if (scope === undefined) return undefined;
  const choices = (await server.ask(traceChoicesRequest, { scope }))[end];
  const placeHolder = end === 'sources' ? vscode.l10n.t('Who sends the request?') : vscode.l10n.t('Where to?');
  const picked = await vscode.window.showQuickPick([...choices], { placeHolder, matchOnDescription: true });
  return picked?.value;
}
