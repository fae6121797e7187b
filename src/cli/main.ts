/** The command line: `service-topology COMMAND PATH`. Exit status 0: nothing found, 1: found, 2: could not run. */

import { Command, CommanderError, Option } from 'commander';
import { check } from './check';
import { dns } from './dns';
import { Failure } from './failure';
import { graph } from './graph';
import { chooseScope, load, type Loaded, type LoadFlags } from './load';
import { get, lookupKinds } from './lookup';
import type { Format } from './output';
import { policy } from './policy';
import { rules } from './rules';
import { trace } from './trace';
import { version } from './version';

const formats = ['text', 'json', 'yaml', 'jsonl'];
let status: 0 | 1 | 2 = 0;

function several(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...value.split(',')];
}

/** A command that reads PATH, with the flags that all of them share. */
function reading(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option('--live', 'read a live cluster instead of files (not built yet)')
    .option('--scope <name>', 'the scope to answer for, where PATH holds several')
    .option('--all', 'take everything below PATH as one cluster')
    .option('--root <folder>', 'a folder that is one cluster with all below it (repeatable)', several)
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

async function open(path: string, flags: LoadFlags): Promise<Loaded> {
  if (flags.live) throw new Failure(liveNeeds());
  const loaded = await load(path, flags);
  for (const warning of loaded.warnings) process.stderr.write(`service-topology: ${warning}\n`);
  return loaded;
}

/** Why there is no live mode here: the client library for clusters needs a newer Node than the offline commands do. */
function liveNeeds(): string {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const newEnough = major > 22 || (major === 22 && minor >= 19);
  const node = newEnough ? '' : ` It will need Node 22.19 or newer; this is ${process.versions.node}.`;
  return `live clusters cannot be read yet: name a file or a folder of manifests.${node}`;
}

function createProgram(): Command {
  const program = new Command('service-topology')
    .description('Why does my request not reach my pod? Shows what Kubernetes would do with your Services.')
    .version(version)
    .exitOverride()
    .configureHelp({ helpWidth: 100 });

  reading(program, 'check', 'find what keeps requests from their pods')
    .argument('<path>', 'a file or a folder of manifests')
    .addOption(
      new Option('--format <format>', 'text, json or sarif').choices(['text', 'json', 'sarif']).default('text'),
    )
    .option('-q, --quiet', 'print the verdict alone')
    .action(async (path: string, flags: LoadFlags & { format: string; quiet?: boolean }) => {
      status = check(await open(path, flags), flags.format, flags.quiet ?? false);
    });

  reading(program, 'get', `print what the cluster would hold: ${lookupKinds.join(', ')}`)
    .argument('<kind>')
    .argument('<path>')
    .addOption(output())
    .action(async (kind: string, path: string, flags: LoadFlags & { output: Format }) => {
      get(kind, chooseScope(await open(path, flags), flags), flags.output);
    });

  reading(program, 'rules', 'print kube-proxy\u2019s rules of a node')
    .argument('<path>')
    .requiredOption('--node <name>', 'the node')
    .option('--mode <mode>', 'iptables, ipvs or nftables (default: the cluster\u2019s)')
    .addOption(new Option('--family <family>', 'IPv4 or IPv6').choices(['IPv4', 'IPv6']).default('IPv4'))
    .action(async (path: string, flags: LoadFlags & { node: string; mode?: string; family: 'IPv4' | 'IPv6' }) => {
      rules(chooseScope(await open(path, flags), flags), flags);
    });

  reading(program, 'dns', 'ask the cluster\u2019s DNS')
    .argument('<path>')
    .argument('[name]', 'the name to ask for, absolute')
    .argument('[type]', 'A, AAAA, SRV, CNAME, PTR \u2026', 'A')
    .option('--requests <file>', 'read {"name", "type"} lines from standard input (-)')
    .addOption(output())
    .action(
      async (
        path: string,
        name: string | undefined,
        type: string,
        flags: LoadFlags & { requests?: string; output: Format },
      ) => {
        await dns(chooseScope(await open(path, flags), flags), name, type, flags);
      },
    );

  reading(program, 'trace', 'follow a request from its name to its pod, or to where it ends')
    .argument('<path>')
    .option('--from <source>', 'deployment/NAME, pod/NS/NAME, node/NAME, outside')
    .option('--to <destination>', 'a name, URL, address or object')
    .option('--port <port>', 'the destination\u2019s port, where --to does not say it')
    .option('--protocol <protocol>', 'TCP, UDP or SCTP')
    .option('--mode <mode>', 'iptables, ipvs or nftables (default: the cluster\u2019s)')
    .option('-q, --quiet', 'print the verdict alone')
    .option('--requests <file>', 'read {"from", "to", "port", "protocol", "mode"} lines from standard input (-)')
    .addOption(output())
    .action(
      async (
        path: string,
        flags: LoadFlags & Record<string, string | undefined> & { output: Format; quiet?: boolean },
      ) => {
        const loaded = await open(path, flags);
        await trace(loaded, chooseScope(loaded, flags), flags);
      },
    );

  reading(program, 'policy', 'tell whether the network policies allow a connection')
    .argument('<path>')
    .option('--from <source>')
    .option('--to <destination>')
    .option('--port <port>')
    .option('--protocol <protocol>', 'TCP, UDP or SCTP', 'TCP')
    .option('--requests <file>', 'read {"from", "to", "port", "protocol"} lines from standard input (-)')
    .addOption(output())
    .action(async (path: string, flags: LoadFlags & Record<string, string | undefined> & { output: Format }) => {
      await policy(chooseScope(await open(path, flags), flags), flags);
    });

  reading(program, 'graph', 'print who targets whom')
    .argument('<path>')
    .addOption(
      new Option('-o, --output <format>', 'text, json, yaml or mermaid')
        .choices(['text', 'json', 'yaml', 'mermaid'])
        .default('text'),
    )
    .action(async (path: string, flags: LoadFlags & { output: string }) => {
      const loaded = await open(path, flags);
      graph(loaded, chooseScope(loaded, flags), flags.output);
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
