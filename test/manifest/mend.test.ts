/** Documents that somebody is typing become readable, and nothing in them moves. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mendedFile, readManifest } from '#manifest/index';

const manifest = `apiVersion: v1
kind: Service
metadata:
  name: web
  labels: {app: "web"}
spec:
  selector:
    app: web
  ports:
    - name: http
      port: 80
      targetPort: 'http'
    - {name: metrics, port: 9090}
  # about the type
  type: NodePort
`;

function mended(text: string) {
  return mendedFile(readManifest('web.yaml', text));
}

describe('mendedFile', () => {
  it('leaves a file alone that can be read', () => {
    expect(mended(manifest)).toBeUndefined();
  });

  it('touches broken documents only, and says which lines', () => {
    const broken = manifest.replace('  type: NodePort', '  typ');
    const found = mended(`${manifest}---\n${broken}---\n${manifest}`);
    expect(found?.lines).toEqual([30]);
    expect(found?.text.split('\n').filter((line) => line.trim() === '')).toEqual(['     ', '']);
  });

  it('keeps Windows line ends', () => {
    const found = mended(manifest.replaceAll('\n', '\r\n').replace('app: web\r', 'app: "web\r'));
    expect(found?.text).toContain('    app: "web"\r\n');
  });

  it('moves nothing, whatever is typed where', () => {
    const insertions = fc.constantFrom('"', "'", '{', '[', '}', ':', '\t', 'x', '\n', '\n  x', '- ', ': ', '&', '*');
    let mends = 0;
    fc.assert(
      fc.property(fc.nat(manifest.length), fc.nat(6), insertions, (at, removed, inserted) => {
        const text = manifest.slice(0, at) + inserted + manifest.slice(at + removed);
        const found = mended(text);
        if (!found) return;
        mends++;
        const [before, after] = [text.split('\n'), found.text.split('\n')];
        expect(after.length).toBe(before.length);
        for (const [i, line] of before.entries()) {
          if (!found.lines.includes(i)) expect(after[i]).toBe(line);
          else if (after[i]?.trim() !== '')
            expect(after[i]?.replaceAll('\t', ' ').startsWith(line.trimEnd().replaceAll('\t', ' '))).toBe(true);
        }
        expect(readManifest('web.yaml', found.text).documents.some(({ content }) => content.kind === 'broken')).toBe(
          false,
        );
      }),
      { numRuns: 400 },
    );
    expect(mends).toBeGreaterThan(20);
  });
});
