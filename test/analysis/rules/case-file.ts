/** Reads, runs and prints case files for findings. */

import { stringify, parseAllDocuments } from 'yaml';
import type { Finding, TextEdit, Unknown } from '#analysis/types';
import type { JsonValue } from '#base/json';
import { isJsonObject } from '#base/json';
import type { Range } from '#base/text';
import { withEdits } from '#analysis/features/together';
import { manifestsOf, settingsPath, workspaceOf } from './case-workspace';

export interface Case {
  /**
   * The sentence, and perhaps a line `Scopes: folders`: else all files are one cluster; or a line `Observed`: the objects
   * are those of a live one.
   */
  readonly introduction: string;
  readonly files: ReadonlyMap<string, string>;
}

const marker = /^#\s*\^+ (?:…)?\s*(?:error|warning|info|hint|unknown)\b/;

export function parseCase(text: string): Case {
  const [head = '', ...rest] = text.split(/^--- findings$/m)[0]!.split(/^=== /m);
  const files = new Map<string, string>();
  for (const part of rest) {
    const [path = '', ...lines] = part.split('\n');
    files.set(path.trim(), lines.filter((line) => !marker.test(line)).join('\n'));
  }
  return { introduction: head.trim(), files };
}

export interface Found {
  readonly findings: readonly Finding[];
  readonly unknowns: readonly Unknown[];
  readonly problems: readonly string[];
}

export function findingsOf(given: Case): Found {
  const workspace = workspaceOf(given);
  const paths = [...workspace.files()].map(({ path }) => path).sort();
  return {
    findings: paths.flatMap((path) => workspace.findings(path)),
    unknowns: paths.flatMap((path) => workspace.unknowns(path)),
    problems: paths.flatMap((path) => workspace.problems(path).map(({ message }) => `${path}: ${message}`)),
  };
}

/** The case as a text, with what came out under the lines that it is about. */
export function renderCase(given: Case): string {
  const { findings, unknowns } = findingsOf(given);
  const parts = [given.introduction, ''];
  for (const [path, text] of given.files) {
    parts.push(`=== ${path}`);
    const marks = new Map<number, string[]>();
    const mark = (place: Finding['place'], words: string) => {
      if (place.file !== path) return;
      const { line } = place.range.start;
      marks.set(line, [...(marks.get(line) ?? []), `${carets(place.range, text.split('\n')[line] ?? '')} ${words}`]);
    };
    for (const { place, severity, code, message } of findings) mark(place, `${severity} ${code}: ${message}`);
    for (const { place, message } of unknowns) mark(place, `unknown: ${message}`);
    text.split('\n').forEach((line, index) => parts.push(line, ...(marks.get(index) ?? [])));
    if (parts.at(-1) === '') parts.pop();
  }
  if (findings.length > 0) parts.push('--- findings', ...findings.flatMap((finding) => printFinding(finding, given)));
  return `${parts.join('\n')}\n`;
}

/** Under columns 0 and 1 the `#` stands for the caret before. */
function carets({ start, end }: Range, line: string): string {
  const last = end.line === start.line ? end.character : line.length;
  const from = Math.max(1, start.character);
  return `#${' '.repeat(from - 1)}${'^'.repeat(Math.max(1, last - from))}${end.line === start.line ? '' : ' …'}`;
}

function printFinding({ code, place, details, related, fixes }: Finding, given: Case): string[] {
  return [
    `${place.file}:${place.range.start.line + 1} ${code}`,
    ...details.map(({ label, text }) => `  ${label}: ${text}`),
    ...related.map(({ file, range, message }) => `  see: ${file}:${range.start.line + 1} ${message}`),
    ...fixes.flatMap(({ title, preferred, edits }) => [
      `  fix${preferred ? ' (preferred)' : ''}: ${title}`,
      ...changedLines(given, edits),
    ]),
  ];
}

function changedLines(given: Case, edits: readonly TextEdit[]): string[] {
  const after = applyEdits(given, edits);
  return [...new Set(edits.map(({ file }) => file))].flatMap((file) => {
    const before = given.files.get(file)?.split('\n') ?? [];
    const lines = after.files.get(file)?.split('\n') ?? [];
    const isOld = (line: string, index: number) =>
      lines.length === before.length ? line === before[index] : before.includes(line);
    const changed = lines.flatMap((line, index) =>
      isOld(line, index) ? [] : [`    ${file}:${index + 1} ${line.trim()}`],
    );
    return changed.length > 0 ? changed : [`    ${file}: a line goes`];
  });
}

export function applyEdits(given: Case, edits: readonly TextEdit[]): Case {
  const files = new Map(given.files);
  for (const path of new Set(edits.map(({ file }) => file)))
    files.set(path, withEdits(given.files.get(path) ?? '', edits.filter(({ file }) => file === path))); // prettier-ignore
  return { ...given, files };
}

/** The same workspace with other letters in names and label values; edit distances stay as they are. */
export function renameLetters(given: Case, shift: number): Case {
  const files = new Map([...given.files].filter(([path]) => path === settingsPath));
  for (const [path, text] of manifestsOf(given)) {
    const documents = parseAllDocuments(text).map((document) => document.toJS() as JsonValue);
    files.set(path, documents.map((document) => stringify(renamed(document, [], shift))).join('---\n'));
  }
  return { ...given, files };
}

/** Words that mean something to Kubernetes, whatever they are about. */
const keptWords =
  /^(?:kube-system|kube-proxy|kube-dns|kube-root-ca\.(?:crt|cert)|default|defualt|alb|gce|true|false|endpointslice-controller\.k8s\.io|.*-(?:service|svc|headless))$/;
const labelMaps = new Set(['labels', 'selector', 'matchLabels']);
const nameFields = new Set(['name', 'namespace']);

function renamed(value: JsonValue, path: readonly string[], shift: number): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => renamed(item, path, shift));
  if (isJsonObject(value)) {
    // The names of nodes stand in the settings too.
    if (path.length === 0 && value.kind === 'Node') return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, renamed(item ?? null, [...path, key], shift)]),
    );
  }
  if (typeof value !== 'string' || keptWords.test(value)) return value;
  const [owner = '', field = ''] = path.slice(-2);
  if (field === 'externalName' || field === 'hosts') return renamedHost(value, shift);
  if (value.search(linkVariable) >= 0) return value.replaceAll(linkVariable, (word) => shifted(word, shift));
  if (textFields.has(field) || (owner === 'data' && !/^config/.test(field))) return renamedText(value, shift);
  if (referenceFields.has(owner) && nameFields.has(field)) return shifted(value, shift);
  if (
    labelMaps.has(owner) ||
    owner === 'hostAliases' ||
    field === 'serviceName' ||
    field === 'serviceAccountName' ||
    field === 'resourceNames' ||
    field === 'serviceAccount' ||
    field === 'claimName' ||
    field === 'secretName' ||
    field === 'ingressClassName' ||
    field === 'gatewayClassName' ||
    (owner === 'metadata' && nameFields.has(field))
  )
    return shifted(value, shift);
  return value;
}

/** Mappings that refer to others by name and namespace. */
const referenceFields = new Set(['service', 'backendRefs', 'parentRefs', 'parentRef', 'from', 'configMapRef', 'configMapKeyRef', 'configMap', 'secretRef', 'secretKeyRef', 'secret', 'target', 'scaleTargetRef']); // prettier-ignore
/** Texts that may hold names of others. */
const textFields = new Set(['value', 'args', 'command']);
const keptInTexts =
  /^(?:pay|svc|cluster|local|example|com|until|do|done|sleep|infinity|nc|z|sh|c|yaml|listen|listen-address|host|localhost|loca|locl|locla|clutser|default)$/;

/** Names in a text; schemes and the words of scripts stay. */
function renamedText(text: string, shift: number): string {
  return text.replace(/(?<![\w${(-])[a-z][a-z0-9-]*/g, (word: string, at: number) => {
    const isScheme = text.startsWith('://', at + word.length);
    return isScheme || keptInTexts.test(word) ? word : shifted(word, shift);
  });
}

/** What a variable of a Service link is called after. */
const linkVariable = /[A-Z]+(?=_(?:PORT|SERVICE_HOST|SERVICE_PORT)\b)/g;

function renamedHost(host: string, shift: number): string {
  if (host.endsWith('.example')) return host;
  const isKept = (label: string) => ['svc', 'cluster', 'local'].includes(label);
  return host
    .split('.')
    .map((label) => (isKept(label) ? label : shifted(label, shift)))
    .join('.');
}

function shifted(text: string, shift: number): string {
  return text.replace(/[a-z]/gi, (letter) => {
    const first = letter < 'a' ? 65 : 97;
    return String.fromCharCode(first + ((letter.charCodeAt(0) - first + shift) % 26));
  });
}
