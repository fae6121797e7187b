/** `report`: one page that holds the map, the trace and the core that answers them; it needs nothing beside it. */

import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { keptFiles, keptRenders, type ReportData } from '#page/data';
import { readWorkspace } from '#page/page';
import { Failure } from './failure';
import { chooseScope, type Loaded, type LoadFlags } from './load';
import { print } from './output';
import { version } from './version';

export interface ReportFlags extends LoadFlags {
  /** A file, or `-` for standard output. */
  readonly output: string;
}

export async function report(path: string, loaded: Loaded, flags: ReportFlags): Promise<void> {
  const data = dataOf(path, loaded, flags);
  const html = pageOf(data, await readParts());
  if (flags.output === '-') {
    print(html);
    return;
  }
  try {
    await writeFile(flags.output, html);
  } catch (error) {
    throw new Failure(`cannot write ${flags.output}: ${error instanceof Error ? error.message : String(error)}`);
  }
  print(summaryOf(data, flags.output, Buffer.byteLength(html)));
}

function dataOf(path: string, { workspace, options, observed }: Loaded, flags: ReportFlags): ReportData {
  const scope = flags.scope === undefined ? undefined : chooseScope({ workspace }, flags).scope.id;
  const kept = observed
    ? { files: [], problems: [], withheld: { secrets: 0, files: 0 } }
    : keptFiles(workspace, options, scope);
  const { settings, roots, single, rules = {} } = options;
  const title = flags.live ? (single ?? 'cluster') : titleOf(path);
  const renders = observed ? [] : keptRenders(workspace, scope);
  const data = { title, version, made: timeOf(), settings, roots, single, rules, observed, scope, renders, ...kept };
  // Reads as it did here, or is not handed on.
  if (scope !== undefined && !readWorkspace(data).scope(scope))
    throw new Failure(`scope ${flags.scope} cannot be reported on alone: leave --scope away`);
  return data;
}

/** Where on a machine the folder lies is nobody else's business. */
function titleOf(path: string): string {
  const given = path.replaceAll('\\', '/').replace(/\/+$/, '');
  return isAbsolute(path) || /^[./]*$/.test(given) ? basename(resolve(path)) : given;
}

/** The same input gives the same page where SOURCE_DATE_EPOCH says when it is (reproducible-builds.org). */
function timeOf(): string {
  const epoch = process.env['SOURCE_DATE_EPOCH'];
  if (epoch === undefined || epoch === '') return new Date().toISOString();
  const date = new Date(Number(epoch) * 1000);
  if (Number.isNaN(date.getTime())) throw new Failure(`SOURCE_DATE_EPOCH must be a number of seconds, not ${epoch}`);
  return date.toISOString();
}

/** The built parts of the page, as text. */
interface Parts {
  readonly main: Part;
  readonly frame: string;
  readonly topology: Part;
  readonly trace: Part;
}

interface Part {
  readonly script: string;
  readonly style: string;
}

async function readParts(): Promise<Parts> {
  const [main, frame, topology, trace] = await Promise.all([
    readPart('report/report'),
    readBuilt('report/frame.js'),
    readPart('media/topology'),
    readPart('media/trace'),
  ]);
  return { main, frame: scriptText(frame), topology, trace };
}

async function readPart(name: string): Promise<Part> {
  const [script, style] = await Promise.all([readBuilt(`${name}.js`), readBuilt(`${name}.css`)]);
  return { script: scriptText(script), style };
}

async function readBuilt(name: string): Promise<string> {
  try {
    return await readFile(join(__dirname, name), 'utf8');
  } catch {
    throw new Failure(`${name} is missing beside the program: it was not installed as a whole`);
  }
}

/** A script inside of HTML ends at `</script`, and behaves oddly after `<!--`: in strings both can be written otherwise. */
function scriptText(script: string): string {
  return script.replaceAll('<!--', '\\x3C!--').replace(/<\/(?=script)/gi, '\\x3C/');
}

function pageOf(data: ReportData, { main, frame, topology, trace }: Parts): string {
  const hashes = (texts: readonly string[]) => [...new Set(texts.map(hashOf))].join(' ');
  // The frames have the policy of the page that holds them.
  const policy = [
    `default-src 'none'`,
    `script-src ${hashes([main.script, frame, topology.script, trace.script])}`,
    `style-src ${hashes([main.style, topology.style, trace.style])}`,
    'img-src data: blob:',
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Service Topology ${escapeHtml(data.version)}">
<title>${escapeHtml(data.title)} – Service Topology</title>
<style>${main.style}</style>
</head>
<body>
<div id="root"></div>
<noscript>This report is a program: it needs JavaScript.</noscript>
<script type="application/json" id="data">${jsonText(data)}</script>
<script type="application/json" id="panels">${jsonText({ frame, topology, trace })}</script>
<script>${main.script}</script>
</body>
</html>
`;
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** JSON in which no text can end the element that holds it. */
function jsonText(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function summaryOf({ files, observed, withheld }: ReportData, output: string, bytes: number): string {
  const what = observed ? counted(observed.objects.length, 'object') : counted(files.length, 'file');
  const secrets = withheld.secrets > 0 ? `; what ${counted(withheld.secrets, 'Secret')} would tell is left out` : '';
  return `${output}: ${(bytes / 1e6).toFixed(1)} MB with ${what}${secrets}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
