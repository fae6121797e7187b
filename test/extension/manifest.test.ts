/** The extension's manifest agrees with its code, its texts and its files. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string }[]>>;
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly default: unknown }>> };
  };
}

const text = read('package.json');
const manifest = JSON.parse(text) as Manifest;
const words = JSON.parse(read('package.nls.json')) as Record<string, string>;
const commands = manifest.contributes.commands.map(({ command }) => command);
const code = readdirSync(join(root, 'src/extension'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => read(join('src/extension', name)))
  .join('\n');

describe('the manifest', () => {
  it('has each of its texts, and no other', () => {
    const used = [...text.matchAll(/"%([^%"]+)%"/g)].map((match) => match[1]!);
    expect([...new Set(used)].sort()).toEqual(Object.keys(words).sort());
  });

  it('names commands that the code registers, and the other way round', () => {
    const registered = [...code.matchAll(/\bcommand\('(\w+)',/g)].map((match) => `serviceTopology.${match[1]}`);
    expect(registered.sort()).toEqual([...commands].sort());
  });

  it('uses in its menus and texts only commands of its own or of VS Code', () => {
    const inMenus = Object.values(manifest.contributes.menus).flatMap((items) => items.map(({ command }) => command));
    const inTexts = Object.values(words).flatMap((word) =>
      [...word.matchAll(/\(command:(serviceTopology\.\w+)/g)].map((match) => match[1]!),
    );
    const known = [...commands, 'serviceTopology.services'];
    expect([...inMenus, ...inTexts].filter((command) => !known.includes(command))).toEqual([]);
  });

  it('names files that exist', () => {
    const named = [...text.matchAll(/"(?:\.\/)?((?:media|docs)\/[^"]+\.\w+)"/g)].map((match) => match[1]!);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  it('has the settings that the file .service-topology.yaml has, and those of what an editor shows', () => {
    const schema = JSON.parse(read('docs/service-topology.schema.json')) as { properties: object };
    const settings = Object.keys(manifest.contributes.configuration.properties)
      .map((name) => name.replace(/^serviceTopology\./, ''))
      .filter((name) => !/^(?:kubeconfig$|explanations$|(?:trace|codeLens|inlayHints)\.)/.test(name));
    expect(settings.sort()).toEqual(Object.keys(schema.properties).sort());
  });

  it('brings each file of the example shop', () => {
    const [, named = ''] = /exampleFiles = \[([^\]]*)\]/.exec(code) ?? [];
    const files = readdirSync(join(root, 'examples/shop'), { encoding: 'utf8' });
    expect([...named.matchAll(/'(\w+)'/g)].map((match) => `${match[1]}.yaml`).sort()).toEqual(files.sort());
  });
});
