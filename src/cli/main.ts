/** The command line: `service-topology COMMAND PATH`. Exit status 0: nothing found, 1: found, 2: could not run. */

import { Command, CommanderError, Option } from 'commander';
import { balance, type BalanceFlags } from './balance';
import { features } from '#live/roles';
import { check, checkFormats, type CheckFlags } from './check';
import { compare, type CompareFlags } from './compare';
import type { DiffFlags } from './diff';
import { diffScopes } from './diff-scopes';
import { dns } from './dns';
import { env } from './env';
import { explain, type ExplainFormat } from './explain';
import { Failure } from './failure';
import { graph } from './graph';
import { http, type HttpFlags } from './http';
import { chooseScope, load, type Loaded, type LoadFlags, type OriginsWanted } from './load';
import { get, lookupKinds } from './lookup';
import type { Format } from './output';
import { policy } from './policy';
import { rbac, type RbacFlags } from './rbac';
import { render } from './render';
import type { ReportFlags } from './report-page';
import { rules } from './rules';
import { test, testFormats, type TestFlags } from './test';
import { trace, traceExports, type TraceFlags } from './trace';
import { version } from './version';
import type { WatchFlags } from './watch';
import { readWhatIfFlags, whatIf, whatIfHelp, type WhatIfFlags } from './what-if';

const formats = ['text', 'json', 'yaml', 'jsonl'];
let status: 0 | 1 | 2 = 0;

function several(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...value.split(',')];
}

function one(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** With `--live` there is no PATH on the command line: what stands in its place is for the arguments after it. */
class ProgramCommand extends Command {
  override createCommand(name?: string): Command {
    return new ProgramCommand(name);
  }

  override parseOptions(argv: string[]): { operands: string[]; unknown: string[] } {
    const parsed = super.parseOptions(argv);
    const at = this.registeredArguments.findIndex((argument) => argument.name() === 'path');
    if (at >= 0 && this.opts<LoadFlags>().live) parsed.operands.splice(at, 0, '');
    return parsed;
  }
}

/** A command that reads PATH, with the flags that all of them share. */
function reading(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option('--live', 'read a live cluster in place of PATH; nothing is ever written to it')
    .option('--context <name>', 'with --live: the kubeconfig\u2019s context (default: the current one)')
    .option('--kubeconfig <file>', 'with --live: another kubeconfig than KUBECONFIG and ~/.kube/config')
    .option('-n, --namespace <name>', 'with --live: read this namespace only (repeatable)', several)
    .option('-A, --all-namespaces', 'with --live: read all namespaces (the default, as far as it is permitted)')
    .option('--scope <name>', 'the scope to answer for, where PATH holds several')
    .option('--all', 'take everything below PATH as one cluster')
    .option('--root <folder>', 'a folder that is one cluster with all below it (repeatable)', several)
    .option('--no-render', 'take kustomizations and charts as their files stand, without kustomize and Helm')
    .option('--exclude <pattern>', 'leave out what matches, as in .gitignore (repeatable)', several)
    .option('--kubernetes-version <version>', 'release to simulate, 1.29 to 1.37')
    .option(
      '--service-cidr <cidr>',
      'range of ClusterIPs (repeatable, the first one gives the default family)',
      several,
    )
    .option('--cluster-domain <domain>', 'domain of the cluster\u2019s names')
    .option('--proxy-mode <mode>', 'kube-proxy\u2019s mode: iptables, ipvs or nftables');
}

function output(): Option {
  return new Option('-o, --output <format>', 'text, json, yaml or jsonl').choices(formats).default('text');
}

async function open(path: string, flags: LoadFlags, origins?: OriginsWanted): Promise<Loaded> {
  // What talks to clusters is loaded by those who ask for one.
  const loaded = flags.live ? await (await import('./live')).loadLive(flags) : await load(path, flags, origins);
  for (const warning of loaded.warnings) process.stderr.write(`service-topology: ${warning}\n`);
  return loaded;
}

/** For those who print findings. */
async function openAtRest(path: string, flags: LoadFlags, origins?: OriginsWanted): Promise<Loaded> {
  const loaded = await open(path, flags, origins);
  return flags.live ? (await import('./live')).secondLook(loaded, flags) : loaded;
}

function createProgram(): Command {
  const program = new ProgramCommand('service-topology')
    .description('Why does my request not reach my pod? Shows what Kubernetes would do with your Services.')
    .version(version)
    .exitOverride()
    .configureHelp({ helpWidth: 100 });

  reading(program, 'check', 'find what keeps requests from their pods')
    .argument('<path>', 'a file or a folder of manifests')
    .addOption(
      new Option('--format <format>', 'text, json, sarif, junit or github').choices(checkFormats).default('text'),
    )
    .option('-q, --quiet', 'print the verdict alone')
    .option('--show-ignored', 'list what comments and annotations ignore, too')
    .option('--baseline <file>', 'leave out what this file knows')
    .option('--write-baseline <file>', 'write all that is found into a file for --baseline')
    .option('--changed-since <ref>', 'only what stands in files changed since this commit, or points into them')
    .option('--fix', 'make the preferred fixes in the files')
    .option('--fix-dry-run', 'print what --fix would change')
    .action(async (path: string, flags: LoadFlags & CheckFlags) => {
      status = await check(await openAtRest(path, flags, 'findings'), flags);
    });

  reading(program, 'test', 'check what reachability tests say must and must not be reachable')
    .argument('<path>', 'a folder of manifests and NAME.reachability.yaml, or one such file')
    .addOption(new Option('--format <format>', 'text, json or junit').choices(testFormats).default('text'))
    .option('-q, --quiet', 'print the verdict alone')
    .action(async (path: string, flags: TestFlags) => {
      status = await test(path, flags);
    });

  program
    .command('explain')
    .description('tell what a finding means, with an example and its fix; without a code, list them all')
    .argument('[code]', 'as check prints it: selector-matches-nothing')
    .addOption(new Option('-o, --output <format>', 'text or markdown').choices(['text', 'markdown']).default('text'))
    .action((code: string | undefined, flags: { readonly output: ExplainFormat }) => {
      status = explain(code, flags.output);
    });

  reading(program, 'get', `print what the cluster would hold: ${lookupKinds.join(', ')}`)
    .argument('<kind>')
    .argument('<path>')
    .addOption(
      new Option('-o, --output <format>', 'wide (as without it), json, yaml or jsonl')
        .choices([...formats, 'wide'])
        .default('text'),
    )
    .action(async (kind: string, path: string, flags: LoadFlags & { output: Format | 'wide' }) => {
      get(
        kind,
        chooseScope(await open(path, flags, 'findings'), flags),
        flags.output === 'wide' ? 'text' : flags.output,
      );
    });

  reading(program, 'rules', 'print kube-proxy\u2019s rules of a node')
    .argument('<path>')
    .requiredOption('--node <name>', 'the node')
    .option('--mode <mode>', 'iptables, ipvs or nftables (default: the cluster\u2019s)')
    .addOption(
      new Option('--family <family>', 'IPv4 or IPv6 (default: IPv4; of mode ipvs both)').choices(['IPv4', 'IPv6']),
    )
    .action(async (path: string, flags: LoadFlags & { node: string; mode?: string; family?: 'IPv4' | 'IPv6' }) => {
      rules(chooseScope(await open(path, flags, 'findings'), flags), flags);
    });

  reading(program, 'dns', 'ask the cluster\u2019s DNS, or see what a pod\u2019s resolver does with a name')
    .argument('<path>')
    .argument('[name]', 'the name to ask for: absolute, or as the pod of --from would write it')
    .argument('[type]', 'A, AAAA, SRV, CNAME, PTR \u2026 (default: A)')
    .option('--from <source>', 'a pod or workload whose resolver looks the name up; without a name, its files')
    .option('--requests <file>', 'read {"name", "type"} lines from standard input (-)')
    .addOption(output())
    .action(
      async (
        path: string,
        name: string | undefined,
        type: string | undefined,
        flags: LoadFlags & { requests?: string; from?: string; output: Format },
      ) => {
        await dns(chooseScope(await open(path, flags, 'findings'), flags), name, type, flags);
      },
    );

  reading(program, 'env', 'print the environment variables of a pod\u2019s containers')
    .argument('<path>')
    .argument('<pod>', 'pod/NS/NAME, deployment/NAME \u2026')
    .option('-c, --container <name>', 'one container only')
    .addOption(output())
    .action(async (path: string, pod: string, flags: LoadFlags & { container?: string; output: Format }) => {
      env(chooseScope(await open(path, flags, 'findings'), flags), pod, flags);
    });

  reading(program, 'trace', 'follow a request from its name to its pod, or to where it ends')
    .argument('<path>')
    .option('--from <source>', 'deployment/NAME, pod/NS/NAME, node/NAME, outside')
    .option('--to <destination>', 'a name, URL, address or object')
    .option('--port <port>', 'the destination\u2019s port, where --to does not say it')
    .option('--protocol <protocol>', 'TCP, UDP or SCTP')
    .option('--mode <mode>', 'iptables, ipvs or nftables (default: the cluster\u2019s)')
    .option('-q, --quiet', 'print the verdict alone')
    .option('--explain', 'tell why each rule before the deciding one did not match')
    .option('--fix-dry-run', 'print the smallest change that makes the request arrive, as a diff')
    .option('--requests <file>', 'read {"from", "to", "port", "protocol", "mode"} lines from standard input (-)')
    .addOption(
      new Option('-o, --output <format>', `text, json, yaml, jsonl, ${traceExports.join(', ')}`)
        .choices([...formats, ...traceExports])
        .default('text'),
    )
    .action(async (path: string, flags: LoadFlags & TraceFlags) => {
      const loaded = await open(path, flags);
      await trace(loaded, chooseScope(loaded, flags), flags);
    });

  reading(program, 'compare', 'one request in all modes, from all nodes, under several releases')
    .argument('<path>')
    .option('--from <source>', 'deployment/NAME, pod/NS/NAME, node/NAME, outside')
    .option('--to <destination>', 'a name, URL, address or object')
    .option('--port <port>', 'the destination\u2019s port, where --to does not say it')
    .option('--protocol <protocol>', 'TCP, UDP or SCTP')
    .option('--modes <modes>', 'iptables, nftables, ipvs (default: all)', several)
    .option('--sources <sources>', 'other places to start from (default: the like on each node)', several)
    .option('--versions <versions>', 'releases, such as 1.31,1.37 (default: the cluster\u2019s)', several)
    .addOption(output())
    .action(async (path: string, flags: LoadFlags & CompareFlags) => {
      const loaded = await open(path, flags);
      compare(loaded, chooseScope(loaded, flags), flags);
    });

  reading(program, 'balance', 'how connections to a Service spread over its pods: IPVS\u2019 schedulers, and chance')
    .argument('<path>')
    .argument('<service>', 'NAME, NAMESPACE/NAME, with :PORT where it has several')
    .option('--connections <count>', 'how many are opened', '1000')
    .option('--clients <addresses>', 'who opens them, in turn (default: all pods)', several)
    .option('--scheduler <name>', 'rr, wrr, lc, wlc, lblc, lblcr, sh, dh, sed, nq, mh (with commas), or all', 'all')
    .option('--seconds-between <seconds>', 'from one connection to the next', '0')
    .option('--seconds-open <seconds>', 'how long a connection lasts (default: all stay open)')
    .addOption(output())
    .action(async (path: string, service: string, flags: LoadFlags & BalanceFlags) => {
      balance(chooseScope(await open(path, flags, 'findings'), flags), service, flags);
    });

  reading(
    program,
    'what-if',
    'what happens to endpoints, rules and requests when pods die, nodes fail, updates roll out',
  )
    .argument('<path>')
    .option('--do <step>', 'what happens; one step after the other (repeatable)', one)
    .option('--file <file>', 'steps and requests from a file NAME.what-if.yaml')
    .option('--request <request>', 'FROM -> TO: traced at each moment (repeatable)', one)
    .option('--port <port>', 'the port of the requests, where they do not say it')
    .option('--protocol <protocol>', 'TCP, UDP or SCTP')
    .option('--nodes <count>', 'compare the rules of so many nodes', '3')
    .addOption(
      new Option(
        '--as <form>',
        'print the steps instead: the changes of manifests as a patch, or all as a file',
      ).choices(['kustomize', 'kubectl', 'yaml']),
    )
    .addOption(output())
    .addHelpText('after', whatIfHelp)
    .action(async (path: string, flags: LoadFlags & WhatIfFlags) => {
      const asked = await readWhatIfFlags(flags);
      const loaded = await open(path, flags);
      status = whatIf(loaded, chooseScope(loaded, { ...flags, scope: flags.scope ?? asked.scope }), asked, flags);
    });

  reading(program, 'policy', 'tell whether the network policies allow a connection')
    .argument('<path>')
    .option('--from <source>')
    .option('--to <destination>')
    .option('--port <port>')
    .option('--protocol <protocol>', 'TCP, UDP or SCTP', 'TCP')
    .option('--requests <file>', 'read {"from", "to", "port", "protocol"} lines from standard input (-)')
    .addOption(output())
    .action(async (path: string, flags: LoadFlags & Record<string, string | undefined> & { output: Format }) => {
      const loaded = await open(path, flags);
      await policy(loaded, chooseScope(loaded, flags), flags);
    });

  reading(program, 'http', 'tell which Ingress rule or Gateway API route gets a request, and why')
    .argument('<path>')
    .argument('<url>', 'http://HOST[:PORT]/PATH?QUERY, or https, grpc, grpcs')
    .option('--method <method>', 'the request\u2019s method')
    .option('--header <header>', 'NAME: VALUE (repeatable)', (value: string, before: readonly string[] = []) => [
      ...before,
      value,
    ])
    .addOption(output())
    .action(async (path: string, url: string, flags: LoadFlags & HttpFlags) => {
      const loaded = await open(path, flags);
      http(loaded, chooseScope(loaded, flags), url, flags);
    });

  reading(program, 'graph', 'print who targets whom')
    .argument('<path>')
    .addOption(
      new Option('-o, --output <format>', 'text, json, yaml, mermaid or dot')
        .choices(['text', 'json', 'yaml', 'mermaid', 'dot'])
        .default('text'),
    )
    .action(async (path: string, flags: LoadFlags & { output: string }) => {
      const loaded = await openAtRest(path, flags);
      graph(loaded, chooseScope(loaded, flags), flags.output);
    });

  reading(
    program,
    'report',
    'write one page that shows the map, the trace, the findings and the rules, without a network',
  )
    .argument('<path>')
    .option('-o, --output <file>', 'the page; - for standard output', 'report.html')
    .action(async (path: string, flags: ReportFlags) => {
      const loaded = await openAtRest(path, flags);
      const { report } = await import('./report-page');
      await report(path, loaded, flags);
    });

  reading(program, 'render', 'print what kustomize or Helm make of an overlay or a chart; data of Secrets is left out')
    .argument('<path>', 'a folder that holds kustomizations or charts')
    .action(async (path: string, flags: LoadFlags) => {
      await render(await open(path, flags, 'findings'), flags);
    });

  reading(program, 'mcp', 'serve the tools of assistants over the Model Context Protocol, on standard input and output')
    .argument('<path>')
    .action(async (path: string, flags: LoadFlags) => {
      if (flags.live) throw new Failure('mcp answers from manifests: give a PATH in place of --live');
      const { mcp } = await import('./mcp');
      await mcp(path, flags);
    });

  reading(program, 'diff', 'compare two scopes of manifests, or manifests with a live cluster')
    .argument('<files>', 'a file or a folder of manifests')
    .argument('[others]', 'another one, to compare with: the same files before an edit, say')
    .option('--against <scope>', 'the scope that --scope is compared with')
    .option('--rules <node>', 'print how this node\u2019s rules differ')
    .option('--request <request>', '"FROM -> TO", which is told where it ends otherwise (repeatable)', one)
    .option('--from <source>', 'with --to: a request, traced on both sides (with --live: now and after apply)')
    .option('--to <destination>', 'a name, URL, address or object')
    .option('--port <port>', 'the destination\u2019s port, where --to does not say it')
    .option('--protocol <protocol>', 'TCP, UDP or SCTP')
    .addOption(output())
    .action(async (files: string, others: string | undefined, flags: DiffFlags) => {
      if (flags.live) status = await (await import('./diff')).diff(files, flags);
      else status = await diffScopes(files, others, flags);
    });

  reading(program, 'watch', 'print the changes of endpoints in a live cluster as they happen')
    .argument('[services...]', 'NAME or NAMESPACE/NAME (default: all)')
    .addOption(new Option('-o, --output <format>', 'text or jsonl').choices(['text', 'jsonl']).default('text'))
    .action(async (services: string[], flags: WatchFlags) => {
      const { watch } = await import('./watch');
      await watch(services, flags);
    });

  program
    .command('rbac')
    .description('print the smallest role that reading a live cluster needs')
    .option('--namespaced', 'for one namespace instead of all')
    .option('-n, --namespace <name>', 'that namespace', 'default')
    .option('--feature <name>', `of ${features.join(', ')} (repeatable, default: all)`, several)
    .addOption(new Option('-o, --output <format>', 'yaml or json').choices(['yaml', 'json']).default('yaml'))
    .action((flags: RbacFlags) => {
      rbac(flags);
    });

  program
    .command('lsp')
    .description('run the language server')
    .requiredOption('--stdio', 'talk over standard input and output')
    .action(async () => {
      const { serveStandardStreams } = await import('#server/main');
      serveStandardStreams();
      await new Promise(() => undefined); // The connection ends the process.
    });

  return program;
}

async function run(): Promise<void> {
  try {
    await createProgram().parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) status = error.exitCode === 0 ? 0 : 2;
    else {
      status = 2;
      const text =
        error instanceof Failure
          ? error.message
          : error instanceof Error
            ? (error.stack ?? error.message)
            : String(error);
      process.stderr.write(`service-topology: ${text}\n`);
    }
  }
  process.exitCode = status;
}

// A reader that has seen enough (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(status);
});
void run();
