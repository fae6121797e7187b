/** The names of an object with their places in the file. */

import { describe, expect, it } from 'vitest';
import { namesIn } from '#analysis/names/names-in';
import { placeOfName } from '#analysis/names/place';
import { createWorkspace } from '#analysis/workspace';
import { defaultSettings } from '#model/settings';

/** What stands in the file where each name of its first object is, `DB_URL db:5432`; `?` where that is not known. */
function written(text: string): string[] {
  const workspace = createWorkspace({ settings: defaultSettings, roots: [], single: 'test' });
  workspace.setFile('a.yaml', text);
  workspace.update();
  const [object] = [...workspace.scopes[0]!.simulation.controlPlane.objects()];
  const lines = text.split('\n');
  return namesIn(object!).map((name) => {
    const parts = (['host', 'port'] as const).map((part) => {
      const place = placeOfName(object!, name, part, workspace);
      return place && lines[place.range.start.line]!.slice(place.range.start.character, place.range.end.character);
    });
    return [name.variable ?? name.path.join('.'), parts[0] ?? '?', ...(name.port === undefined ? [] : [parts[1] ?? '?'])].join(' '); // prettier-ignore
  });
}

const pod = (container: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec:\n  containers:\n    - name: web\n      image: registry.example/web:1\n${container}`;

describe('names stand', () => {
  const cases: readonly [string, string, readonly string[]][] = [
    ['in a plain value', pod('      env: [{name: DB_URL, value: http://db:80/db}]\n'), ['DB_URL db 80']],
    ['in quotes', pod(`      env: [{name: DB_URL, value: 'http://db:80/'}]\n`), ['DB_URL db 80']],
    ['in words', pod('      args:\n        - --url=http://db\n        - --db-host\n        - db\n'), ['spec.containers.0.args.0 db', 'db-host db']],
    ['in a block', pod('      command:\n        - sh\n        - -c\n        - |\n          echo http\n          curl http://db:80/\n'), ['spec.containers.0.command.2 db 80']],
    ['in a folded block', pod('      args:\n        - >-\n          --a\n          http://db:80/\n'), ['spec.containers.0.args.0 db 80']],
    ['behind an escape', pod('      env: [{name: DB_URL, value: "\\u0068ttp://db:80/db"}]\n'), ['DB_URL db 80']],
    ['where an escape hides them', pod('      env: [{name: DB_URL, value: "http://\\u0064b:80/"}]\n'), ['DB_URL ? 80']],
    ['in a ConfigMap', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  DB_HOST: db\n  file.conf: |\n    a http://db:1 # http://db:2\n', ['DB_HOST db', 'file.conf db 1', 'file.conf db 2']],
    ['nowhere in another kind', 'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {DB_HOST: db}\n', []],
  ]; // prettier-ignore
  it.each(cases)('%s', (_, text, expected) => expect(written(text)).toEqual(expected));

  it('in the same array for the same object', () => {
    const workspace = createWorkspace({ settings: defaultSettings, roots: [], single: 'test' });
    workspace.setFile('a.yaml', pod('      env: [{name: DB_URL, value: http://db:80/}]\n'));
    workspace.update();
    const [object] = [...workspace.scopes[0]!.simulation.controlPlane.objects()];
    expect(namesIn(object!)).toBe(namesIn(object!));
  });
});
