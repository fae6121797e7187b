/** Findings as SARIF 2.1.0, which code-scanning services show beside the changed lines and follow over commits. */

import { createHash } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { fingerprintOf } from '#analysis/control/baseline';
import type { Severity } from '#analysis/types';
import type { Range } from '#base/text';
import { documentationOf, messageOf } from '#server/diagnostics';
import { type FileReport, type Told, type ToldIgnored } from './report';
import { plainText, ruleHelp } from './rule-help';
import { version } from './version';

const levels: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note', hint: 'note' };
const information = 'https://github.com/service-topology/service-topology';

type DisplayPath = (path: string) => string;

/** A result, with what keeps it from counting. */
interface Reported {
  readonly told: Told;
  readonly suppressions: readonly unknown[];
}

export function sarif(files: readonly FileReport[], displayPath: DisplayPath): unknown {
  const reported = files.flatMap((file) => [
    ...file.told.map((told): Reported => ({ told, suppressions: [] })),
    ...file.ignored.map((ignored): Reported => ({ told: ignored.told, suppressions: [inSource(ignored, displayPath)] })),
    ...file.known.map((told): Reported => ({ told, suppressions: [external] })),
  ]);
  const codes = [...new Set(reported.map(({ told }) => told.code))].sort();
  const fingerprints = new Fingerprints(displayPath);
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'service-topology',
            fullName: 'Service Topology for Kubernetes',
            informationUri: information,
            // A version of the form that SARIF asks for; a build from sources has none.
            ...(/^\d+\.\d+\.\d+/.test(version) ? { version, semanticVersion: version } : { version }),
            rules: codes.map((code) => rule(code, reported)),
          },
        },
        invocations: [{ executionSuccessful: true, workingDirectory: { uri: folderUri(process.cwd()) } }],
        originalUriBaseIds: { '%SRCROOT%': { uri: folderUri(process.cwd()) } },
        columnKind: 'utf16CodeUnits',
        results: reported.map(({ told, suppressions }) => ({
          ruleId: told.code,
          ruleIndex: codes.indexOf(told.code),
          level: levels[told.severity],
          message: { text: textOf(told) },
          locations: [location(displayPath(told.file), told.range, told)],
          relatedLocations: told.related.map((related, id) => ({
            id,
            ...location(displayPath(related.file), related.range),
            message: { text: related.message },
          })),
          partialFingerprints: { 'serviceTopologyFinding/v1': fingerprints.next(told) },
          suppressions,
        })),
      },
    ],
  };
} // prettier-ignore

/** All that `check` prints, since services show the message alone. */
function textOf(told: Told): string {
  return [messageOf(told), ...told.fixes.map(({ title }) => `fix: ${title}`)].join('\n');
}

function rule(code: string, reported: readonly Reported[]) {
  const help = ruleHelp(code);
  const found = reported.find(({ told }) => told.code === code)?.told.severity;
  const level = levels[help?.severity ?? found ?? 'warning'];
  const words = code.replaceAll('-', ' ');
  const summary = help?.summary ?? `${words[0]?.toUpperCase() ?? ''}${words.slice(1)}.`;
  const link = documentationOf(code);
  const markdown = `${help ? withWholeLinks(help.markdown, link) : summary}\n\n[${code}](${link})`;
  return {
    id: code,
    name: code.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: summary },
    fullDescription: { text: plainText(help?.introduction ?? summary) },
    help: { text: plainText(markdown), markdown },
    helpUri: link,
    defaultConfiguration: { level },
    properties: { tags: ['kubernetes', 'networking'], precision: 'high', 'problem.severity': severityWord(level) },
  };
}

/** Links of a page lead on from where it stands. */
function withWholeLinks(markdown: string, page: string): string {
  return markdown.replace(/\]\((?!https?:)([^)]+)\)/g, (_, link: string) => `](${new URL(link, page).href})`);
}

/** Of the words that GitHub knows. */
function severityWord(level: string): string {
  return level === 'note' ? 'recommendation' : level;
}

function inSource({ told, reason, by }: ToldIgnored, displayPath: DisplayPath) {
  return {
    kind: 'inSource',
    ...(reason === '' ? {} : { justification: reason }),
    location: location(displayPath(told.file), by),
  };
}

const external = { kind: 'external', justification: 'known to the baseline' };

function location(file: string, range: Range, { object }: Partial<Pick<Told, 'object'>> = {}) {
  const name = object && (object.namespace === '' ? object.name : `${object.namespace}/${object.name}`);
  return {
    physicalLocation: {
      artifactLocation: artifact(file),
      region: {
        startLine: range.start.line + 1,
        startColumn: range.start.character + 1,
        endLine: range.end.line + 1,
        endColumn: range.end.character + 1,
      },
    },
    ...(object && name !== undefined
      ? { logicalLocations: [{ name: object.name, fullyQualifiedName: `${object.kind} ${name}`, kind: 'resource' }] }
      : {}),
  };
}

/** Services take relative paths from the repository's root, so the program should be run there. */
function artifact(file: string) {
  if (/^(?:\/|[A-Za-z]:)/.test(file)) return { uri: pathToFileURL(file).href };
  return { uri: file.split('/').map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' };
}

function folderUri(folder: string): string {
  return `${pathToFileURL(folder).href.replace(/\/$/, '')}/`;
}

/** What tells a finding from others in the next commit, though its line has moved. */
class Fingerprints {
  readonly #displayPath: DisplayPath;
  readonly #seen = new Map<string, number>();

  constructor(displayPath: DisplayPath) {
    this.#displayPath = displayPath;
  }

  next(told: Told): string {
    const { code, object, message } = fingerprintOf(told);
    const key = [this.#displayPath(told.file), code, object, message].join('\n');
    const before = this.#seen.get(key) ?? 0;
    this.#seen.set(key, before + 1);
    return createHash('sha256').update(`${key}\n${before}`).digest('hex').slice(0, 32);
  }
}
