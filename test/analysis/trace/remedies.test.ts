/**
 * What would make a request arrive: each file of test/cases/remedies is a sentence, a workspace, requests, and the changes
 * that help, with what then becomes of the request. `vitest run test/analysis/trace -u` writes what came out into the files.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { remediesOf, type Remedy } from '#analysis/trace/remedies';
import { printRemedy, printThen } from '#analysis/trace/remedy-words';
import { traceRequest } from '#analysis/trace/trace';
import { ScopeVariants } from '#analysis/variants';
import { createWorkspace } from '#analysis/workspace';
import { unifiedDiff } from '#cli/unified-diff';
import { defaultSettings } from '#model/settings';
import { parseCase, parseRequest, workspaceOf } from './case-file';

const folder = join(import.meta.dirname, '../../cases/remedies');

function lines({ files, request, ...remedy }: Remedy): string[] {
  return [
    `change: ${printRemedy({ files, request, ...remedy })}`,
    ...(request ? [`  ask: ${request.from} -> ${request.to}${request.port === undefined ? '' : ` port ${request.port}`}`] : []),
    ...files.flatMap(({ path, before, after }) =>
      unifiedDiff(path, before, after).split('\n').filter((line) => /^[-+@]/.test(line) && !/^(---|\+\+\+|@@)/.test(line)).map((line) => `  ${line}`),
    ),
    `  then: ${printThen(remedy.trace)}`,
  ]; // prettier-ignore
}

function render(text: string): string {
  const { introduction, files, requests } = parseCase(text);
  const workspace = workspaceOf(files);
  const state = workspace.scopes[0]!;
  const variants = new ScopeVariants();
  const parts = [introduction, ''];
  for (const [path, content] of files) parts.push(`=== ${path}`, content.trimEnd(), '');
  for (const request of requests) {
    const asked = parseRequest(request);
    const result = traceRequest(asked, workspace, state);
    const { remedies, hints } = remediesOf(asked, workspace, state, variants);
    parts.push(`--- ${request}`, 'error' in result ? `error: ${result.error}` : `now: ${result.verdict}`);
    parts.push(...remedies.flatMap(lines), ...hints.map((hint) => `hint: ${hint}`), '');
  }
  return `${parts.join('\n').trimEnd()}\n`;
}

describe('remedy cases', () => {
  for (const name of readdirSync(folder).sort()) {
    it(name, async () => {
      const path = join(folder, name);
      await expect(render(readFileSync(path, 'utf8'))).toMatchFileSnapshot(path);
    });
  }
});

describe('remedies', () => {
  const given = parseCase(readFileSync(join(folder, 'selector.case'), 'utf8'));
  const request = parseRequest(given.requests[0]!);

  it('are edits after which the workspace itself delivers', () => {
    const workspace = workspaceOf(given.files);
    const { remedies } = remediesOf(request, workspace, workspace.scopes[0]!, new ScopeVariants());
    expect(remedies.length).toBeGreaterThan(0);
    for (const { files, request: instead } of remedies) {
      const mended = createWorkspace({ settings: defaultSettings, roots: [], single: 'test' });
      for (const [path, text] of given.files) mended.setFile(path, text);
      for (const { path, after } of files) mended.setFile(path, after);
      mended.update();
      expect(traceRequest(instead ?? request, mended, mended.scopes[0]!)).toMatchObject({ verdict: 'DELIVERED' });
    }
  });

  it('leave the workspace as it is', () => {
    const workspace = workspaceOf(given.files);
    const before = traceRequest(request, workspace, workspace.scopes[0]!);
    const texts = [...workspace.files()].map(({ text }) => text);
    remediesOf(request, workspace, workspace.scopes[0]!, new ScopeVariants());
    expect(traceRequest(request, workspace, workspace.scopes[0]!)).toEqual(before);
    expect([...workspace.files()].map(({ text }) => text)).toEqual(texts);
  });
});
