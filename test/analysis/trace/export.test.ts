/** A trace to take along, in each format: what came out is kept in test/cases/trace-export and reviewed there. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { traceCommand } from '#analysis/trace/export/command';
import { exportTrace, traceFormats } from '#analysis/trace/export/formats';
import { remediesOf } from '#analysis/trace/remedies';
import { traceRequest } from '#analysis/trace/trace';
import { ScopeVariants } from '#analysis/variants';
import { workspaceOf } from './case-file';

const root = join(import.meta.dirname, '../../..');
const shop = new Map(
  ['namespaces', 'front', 'catalog', 'web'].map((name) => [
    `${name}.yaml`,
    readFileSync(join(root, `examples/shop/${name}.yaml`), 'utf8'),
  ]),
);
const requests = {
  refused: { from: 'deployment/shop/front', to: 'http://web/' },
  delivered: { from: 'outside via node-b', to: 'service shop/front' },
};
const endings = { text: 'txt', command: 'sh', markdown: 'md', mermaid: 'mmd', dot: 'dot', svg: 'svg' };

describe('exports of a trace', () => {
  for (const [name, request] of Object.entries(requests))
    for (const format of traceFormats)
      it(`${name} as ${format}`, async () => {
        const workspace = workspaceOf(shop);
        const [state] = workspace.scopes;
        const trace = traceRequest(request, workspace, state!);
        if ('error' in trace) throw new Error(trace.error);
        const remedies = remediesOf(request, workspace, state!, new ScopeVariants());
        const text = exportTrace(trace, remedies, format, { path: 0, displayPath: (path) => path });
        await expect(text).toMatchFileSnapshot(join(root, `test/cases/trace-export/${name}.${endings[format]}`));
      });

  it('quotes what a shell would take apart', () => {
    expect(traceCommand({ from: "pod shop/it's", to: 'http://web/?a=b&c', port: 80, mode: 'ipvs' })).toBe(
      "service-topology trace . --from 'pod shop/it'\\''s' --to 'http://web/?a=b&c' --port 80 --mode ipvs",
    );
  });
});
