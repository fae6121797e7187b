/** Where a cursor stands in a document, be it whole or broken. */
import { describe, expect, it } from 'vitest';
import { cursorAt } from '#analysis/features/completion/cursor';
import { LineIndex } from '#base/text';
import { readManifest } from '#manifest/index';

/** The cursor is `‸`. */
function at(marked: string) {
  const offset = marked.indexOf('‸');
  const text = marked.replace('‸', '');
  const found = cursorAt(readManifest('a.yaml', text), new LineIndex(text).position(offset));
  return found && `${found.path.join('.')} ${found.part} ${JSON.stringify(found.typed)}`;
}

describe('the field at the cursor', () => {
  it('is known by indentation', () => {
    expect(at('spec:\n  selector:\n    app: w‸')).toBe('spec.selector.app value "w"');
    expect(at('spec:\n  selector:\n    ap‸')).toBe('spec.selector key "ap"');
    expect(at('spec:\n  selector:\n    ‸')).toBe('spec.selector key ""');
    expect(at('spec:\n  selector:\n    a: b\n  ‸')).toBe('spec key ""');
    expect(at('spec:\n  ports:\n    - port: 80\n      targetPort: ‸\n')).toBe('spec.ports.0.targetPort value ""');
    expect(at('spec:\n  ports:\n  - port: 80\n  - targetPort: h‸\n')).toBe('spec.ports.1.targetPort value "h"');
    expect(at('spec:\n  ports:\n  - port: 80\n    name: a\n  - port: 1\n    name: ‸')).toBe(
      'spec.ports.1.name value ""',
    );
    expect(at('a:\n- b:\n  - c: 1\n  - d: ‸')).toBe('a.0.b.1.d value ""');
    expect(at('spec:\n  policyTypes:\n    - In‸')).toBe('spec.policyTypes.0 key "In"');
  });

  it('is known within braces', () => {
    expect(at('spec: {selector: {app: w‸}, ports: []}')).toBe('spec.selector.app value "w"');
    expect(at('spec: {selector: {a: b, ‸')).toBe('spec.selector key ""');
    expect(at('spec: {ports: [{port: 80}, {targetPort: "h‸')).toBe('spec.ports.1.targetPort value "h"');
  });

  it('is that of the item of a List', () => {
    expect(at('kind: List\nitems:\n  - kind: Service\n    spec:\n      type: ‸')).toBe('spec.type value ""');
  });

  it('belongs to its own document', () => {
    expect(at('a: 1\n---\nspec:\n  type: ‸\n---\nb: [\n')).toBe('spec.type value ""');
    expect(at('---\nspec:\n  type: ‸')).toBe('spec.type value ""');
    expect(at('text: |\n  ---x\n---\nspec:\r\n  type: ‸\r\n')).toBe('spec.type value ""');
  });

  it('is none in comments and texts', () => {
    expect(at('# app: ‸')).toBeUndefined();
    expect(at('app: web # ‸')).toBeUndefined();
    expect(at('data:\n  a: |\n    app: ‸\n')).toBeUndefined();
    expect(at('data:\n  a: |\n    app\n    ‸\n')).toBeUndefined();
    expect(at('data:\n  a: |\n    app\n  b: ‸\n')).toBe('data.b value ""');
  });

  it('survives what is broken around it', () => {
    expect(at('spec:\n  selector: {app\n  type: ‸')).toBe('spec.type value ""');
    expect(at(':\n - [\nspec:\n  type: ‸\n   x\n  ]: {')).toBe('spec.type value ""');
  });
});
