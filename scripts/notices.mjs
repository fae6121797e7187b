/** The licences of what is bundled: dist/THIRD-PARTY-NOTICES.txt, as those licences ask for. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** `inputs` are the paths of all bundled files, from the bundler's account of its work. */
export async function writeNotices(inputs, file) {
  const folders = new Set(inputs.flatMap((input) => packageFolder(input) ?? []));
  const notices = await Promise.all([...folders].map(noticeOf));
  notices.sort((a, b) => (a.name < b.name ? -1 : 1));
  const seen = new Map(notices.map((notice) => [notice.name, notice.text]));
  const head = 'This program holds parts of these packages. Their authors give them under the licences below.\n';
  await writeFile(file, [head, ...seen.values()].join(`\n${'-'.repeat(80)}\n\n`));
}

function packageFolder(input) {
  const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input.replaceAll('\\', '/'));
  return match?.[1];
}

async function noticeOf(folder) {
  const { name, version, license } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
  const file = (await readdir(folder)).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  const text = file ? (await readFile(path.join(folder, file), 'utf8')).trim() : '';
  return { name, text: `${name} ${version} (${license ?? 'see below'})\n\n${text}\n` };
}
