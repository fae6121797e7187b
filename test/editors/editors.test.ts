/** Editors that are not ours, set up as docs/editors.md says, with the built server. Skipped where one is not installed. */

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deployment, folderOf, program, root, service } from '../support/program';

/** The block of docs/editors.md that is marked with the editor's name. */
function setUp(editor: string): string {
  const block = new RegExp(`\`\`\`\\w+ ${editor}\\n([^]*?)\`\`\``).exec(
    readFileSync(join(root, 'docs/editors.md'), 'utf8'),
  );
  if (!block) throw new Error(`docs/editors.md has no block for ${editor}`);
  return block[1]!;
}

function isInstalled(command: string): boolean {
  return spawnSync(command, ['--version']).status === 0;
}

/** Who calls the Service by its name. */
const caller = `${deployment('client', 'client')}          env: [{name: WEB_URL, value: http://web/}]\n`;

/** Runs an editor in a folder with a Service that selects nothing, `service-topology` on its PATH; gives what it wrote. */
function runIn(command: string, args: (folder: string) => readonly string[]): Record<string, unknown> {
  const manifests = { 'web.yaml': service('web', 'web'), 'pods.yaml': deployment('web', 'wbe'), 'client.yaml': caller };
  const folder = folderOf({
    ...manifests,
    '.git/HEAD': 'ref: refs/heads/main\n',
    '.git/refs/heads/.keep': '',
    '.git/objects/.keep': '',
  });
  const bin = join(folder, '.git/bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'service-topology'), `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`);
  chmodSync(join(bin, 'service-topology'), 0o755);
  const output = join(folder, '.git/output.json');
  const env = {
    ...process.env,
    PATH: [bin, dirname(process.execPath), process.env.PATH].join(delimiter),
    HOME: join(folder, '.git'),
    XDG_CONFIG_HOME: join(folder, '.git/config'),
    OUTPUT: output,
  };
  const ended = spawnSync(command, args(folder), { cwd: folder, env, encoding: 'utf8', timeout: 60_000 });
  try {
    return JSON.parse(readFileSync(output, 'utf8')) as Record<string, unknown>;
  } catch {
    throw new Error(`${command} wrote nothing:\n${ended.stdout}\n${ended.stderr}`);
  }
}

describe.skipIf(!isInstalled('nvim'))('Neovim', () => {
  it('shows the finding, mends it, completes, shows lenses and calls, and renames across files', () => {
    const found = runIn('nvim', (folder) => {
      const file = join(folder, '.git/set-up.lua');
      writeFileSync(file, setUp('neovim'));
      return [
        '--headless',
        '--clean',
        '-c',
        `luafile ${file}`,
        '-c',
        `luafile ${join(root, 'test/editors/neovim.lua')}`,
      ];
    });
    expect(found.diagnostics).toEqual([{ line: 8, code: 'selector-matches-nothing' }]);
    expect(found.hover).toContain('wbe');
    expect(found.references).toBe(1);
    expect(found.actions).toContain('Change the selector to app: wbe');
    expect(found.line).toBe('    app: wbe');
    expect(found.left).toBe(0);
    expect(found.completion).toEqual(['client', 'wbe']);
    expect(found.lenses).toEqual(['2 endpoints on 2 nodes']);
    expect(found.incoming).toEqual(['Deployment in shop client']);
    expect(found.outgoing).toEqual(['Deployment in shop web']);
    expect(found.renamed).toBe('  name: site');
    expect(found.caller).toEqual(['          env: [{name: WEB_URL, value: http://site/}]']);
  });
});

describe.skipIf(!isInstalled('emacs'))('Emacs', () => {
  it('shows the finding and explains it', () => {
    const found = runIn('emacs', (folder) => {
      const file = join(folder, '.git/set-up.el');
      writeFileSync(file, setUp('emacs'));
      return ['--batch', '--eval', '(package-initialize)', '-l', file, '-l', join(root, 'test/editors/emacs.el')];
    });
    expect(found.places).toEqual(['app: web']);
    expect(found.texts).toMatchObject([expect.stringContaining('Service shop/web selects no pod')]);
    expect(found.hover).toContain('wbe');
  });
});
