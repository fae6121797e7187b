/**
 * Prints how long the language server takes to answer over the wire, in a workspace of N Services: median and 99th
 * percentile of each question, alone and right after a key was typed, and from a key to the findings that it changes.
 * Where the system tells it (Linux), the processor time that the server's own thread took stands beside the time on
 * the clock: on a busy machine only that says what the server costs.
 * `npm run bench:lsp [-- N [SAMPLES]]`
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fileName, generate } from './generate.mjs';
import { startLanguageServer } from './language-server.mjs';

const services = Number(process.argv[2] ?? 10000);
const samples = Number(process.argv[3] ?? 300);

/** What is asked in a file, and at which text of its first Service; the cursor stands at the end of the text. */
const questions = [
  ['hover, Service', 'textDocument/hover', '  name: app'],
  ['hover, selector', 'textDocument/hover', '  selector:\n    app.kubernetes.io/name: app'],
  ['hover, port', 'textDocument/hover', '    - name: http\n      port: 8'],
  ['definition, selector', 'textDocument/definition', '  selector:\n    app.kubernetes.io/name: app'],
  ['references, label', 'textDocument/references', '  selector:\n    app.kubernetes.io/name: app', { context: { includeDeclaration: true } }],
  ['completion, selector value', 'textDocument/completion', '  selector:\n    app.kubernetes.io/name: a'],
  ['completion, target port', 'textDocument/completion', 'targetPort: h'],
  ['code actions', 'textDocument/codeAction', 'targetPort: 9', { context: { diagnostics: [] } }],
  ['code lenses', 'textDocument/codeLens'],
  ['inlay hints', 'textDocument/inlayHint'],
]; // prettier-ignore

const sorted = (times) => [...times].sort((a, b) => a - b);
const at = (times, share) => sorted(times)[Math.min(times.length - 1, Math.floor(times.length * share))];
const shares = (times) => `${at(times, 0.5).toFixed(1)} / ${at(times, 0.99).toFixed(1)} ms`;
const figures = (runs) => {
  const own = runs.map((run) => run.own);
  return shares(runs.map((run) => run.clock)) + (own.includes(undefined) ? '' : ` (own ${shares(own)})`);
};

function positionAfter(text, part) {
  const before = text.slice(0, text.indexOf(part) + part.length).split('\n');
  return { line: before.length - 1, character: before.at(-1).length };
}

/** The processor time of the main thread of a process so far, in milliseconds; undefined where nobody tells. */
function processorTime(pid) {
  const file = `/proc/${pid}/task/${pid}/schedstat`;
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split(' ')[0]) / 1e6 : undefined;
}

async function timed(pid, run) {
  const before = processorTime(pid);
  const began = performance.now();
  await run();
  const clock = performance.now() - began;
  return { clock, own: before === undefined ? undefined : processorTime(pid) - before };
}

const folder = mkdtempSync(join(tmpdir(), 'service-topology-bench-'));
try {
  generate(services, folder);
  const server = await startLanguageServer(folder);
  const { connection, pid } = server;
  console.log(
    `Node ${process.version}, ${services} Services, ${services * 10} pods, ${samples} samples each: median / 99th percentile`,
  );
  console.log(`  start to ready                     ${(server.milliseconds / 1000).toFixed(2)} s`);
  const files = Math.ceil(services / 10);
  const documents = Array.from({ length: Math.min(files, 50) }, (_, i) => {
    const path = join(folder, fileName(Math.floor((i * files) / Math.min(files, 50)) * 10));
    return { uri: pathToFileURL(path).href, text: readFileSync(path, 'utf8'), version: 1 };
  });
  for (const { uri, text, version } of documents)
    await connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'yaml', version, text },
    });
  const type = (document, text) => connection.sendNotification('textDocument/didChange', { textDocument: { uri: document.uri, version: ++document.version }, contentChanges: [{ text }] }); // prettier-ignore

  for (const [name, method, part, extra = {}] of questions) {
    const ask = ({ uri, text }) => {
      const position = part === undefined ? { line: 0, character: 0 } : positionAfter(text, part);
      const range = part === undefined ? { start: position, end: { line: 40, character: 0 } } : { start: position, end: position }; // prettier-ignore
      return connection.sendRequest(method, { textDocument: { uri }, position, range, ...extra });
    };
    const first = await timed(pid, () => ask(documents[0]));
    const alone = [];
    const afterKey = [];
    for (let i = 0; i < samples; i++) {
      const document = documents[i % documents.length];
      alone.push(await timed(pid, () => ask(document)));
      await type(document, `${document.text}# ${i}\n`);
      afterKey.push(await timed(pid, () => ask(document)));
    }
    console.log(
      `  ${name.padEnd(34)} ${figures(alone)}, after a key ${figures(afterKey)}, first ${first.clock.toFixed(0)} ms`,
    );
  }

  const edits = [];
  for (let i = 0; i < samples / 2; i++) {
    const document = documents[i % documents.length];
    const broken = document.text.replace(/(selector:\n {4}app\.kubernetes\.io\/name: app-)/, '$1x');
    for (const [text, count] of [[broken, 1], [document.text, 0]]) // prettier-ignore
      edits.push(await timed(pid, async () => {
        const found = server.findings(document.uri, count);
        await type(document, text);
        await found;
      })); // prettier-ignore
  }
  console.log(`  key to new findings                ${figures(edits)}`);
  await server.stop();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
