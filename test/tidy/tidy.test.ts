/** The state of the house itself: what no compiler and no linter looks at. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

const files = [...sources('src'), ...sources('media')];
const text = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));

/** Files of the project that a file imports, but for imports of types alone, which leave no trace at run time. */
function imports(file: string): string[] {
  const found = [...text.get(file)!.matchAll(/^(?:import|export)\s(?!type\s)[^'";]*?from\s+'([^']+)'/gms)].map(
    (match) => match[1]!,
  );
  return found
    .map((name) =>
      name.startsWith('#') ? `src/${name.slice(1)}` : name.startsWith('.') ? join(dirname(file), name) : '',
    )
    .flatMap((base) => [`${base}.ts`, `${base}.tsx`, `${base}/index.ts`].filter((candidate) => text.has(candidate)));
}

describe('tidiness', () => {
  it('opens each file with a comment that says what it is', () => {
    const bare = files.filter(
      (file) => !/^\/(\*\*?|\/) ?\S/.test(text.get(file)!) && !/^\/\*\*\n/.test(text.get(file)!),
    );
    expect(bare).toEqual([]);
  });

  it('explains each code of a finding or problem', () => {
    const codes = new Set(
      files
        .filter((file) => /^src\/(analysis|manifest|server)\//.test(file))
        .flatMap((file) => [...text.get(file)!.matchAll(/\bcode: '([a-z0-9-]+)'|wholeFile\('([a-z-]+)'/g)])
        .map((match) => (match[1] ?? match[2])!),
    );
    const missing = [...codes].filter((code) => !existsSync(join(root, `docs/rules/${code}.md`)));
    expect(missing).toEqual([]);
    expect(codes.size).toBeGreaterThan(20);
  });

  it('has no cycle of imports', () => {
    const state = new Map<string, 'open' | 'done'>();
    const cycles: string[] = [];
    const visit = (file: string, trail: readonly string[]): void => {
      if (state.get(file) === 'done') return;
      if (state.get(file) === 'open') {
        cycles.push([...trail.slice(trail.indexOf(file)), file].join(' → '));
        return;
      }
      state.set(file, 'open');
      for (const next of imports(file)) visit(next, [...trail, file]);
      state.set(file, 'done');
    };
    for (const file of files) visit(file, []);
    expect(cycles).toEqual([]);
  });

  it('keeps files below 500 lines, or says at the top why it is one file', () => {
    const long = files.filter((file) => text.get(file)!.split('\n').length > 500);
    const unexplained = long.filter((file) => !/^\/\*\*[^/]*\bOne file, since\b/.test(text.get(file)!));
    expect(unexplained).toEqual([]);
  });
});
