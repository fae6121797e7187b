/** What an editor says in the documents that show a cluster's objects: the same as in files, each at its place. */

import { expect, it } from 'vitest';
import { callersOf, callItemAt } from '#analysis/features/call-hierarchy';
import { definition } from '#analysis/features/definition';
import { documentLinks } from '#analysis/features/document-links';
import { hover } from '#analysis/features/hover';
import { inlayHints } from '#analysis/features/inlay-hints';
import { lenses, lensTitle } from '#analysis/features/lens';
import { references } from '#analysis/features/references';
import type { Place } from '#analysis/types';
import { LineIndex, type Position } from '#base/text';
import { seen, workspaceOf } from './observed';

const meta = (name: string, labels?: object) => ({ name, namespace: 'shop', ...(labels && { labels }) });
const template = (labels: object, container: object) => ({
  metadata: { labels },
  spec: { containers: [{ name: 'main', image: 'i', ...container }] },
});

it('answers in documents of a cluster', () => {
  const web = { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'web' }] };
  const workload = (name: string, container: object) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: meta(name),
    spec: { replicas: 1, selector: { matchLabels: { app: name } }, template: template({ app: name }, container) },
  });
  const workspace = workspaceOf([
    seen({ apiVersion: 'v1', kind: 'Service', metadata: meta('web'), spec: web }),
    seen(workload('web', { ports: [{ name: 'web', containerPort: 8080 }] })),
    seen(workload('client', { env: [{ name: 'WEB_URL', value: 'http://web:80/' }] })),
  ]);
  const [service, deployment, client] = ['service-web', 'deployment-web', 'deployment-client'].map((name) => {
    const file = [...workspace.files()].find(({ path }) => path.includes(name))!;
    const at = (text: string): Position => new LineIndex(file.text).position(file.text.indexOf(text) + text.length - 1);
    return { path: file.path, text: file.text, at };
  });
  const textOf = ({ file, range }: Place) => {
    const { text } = workspace.file(file)!;
    const lines = new LineIndex(text);
    return `${file.split('/').at(-1)}: ${text.slice(lines.offset(range.start), lines.offset(range.end))}`;
  };

  const selector = service!.at('app: web');
  expect(definition(workspace, service!.path, selector).map(textOf)).toEqual(['deployment-web.yaml: app: web']);
  expect(references(workspace, service!.path, selector, 'all').map(textOf)).toEqual(['deployment-web.yaml: web', 'deployment-web.yaml: web', 'service-web.yaml: web']); // prettier-ignore
  expect(hover(workspace, service!.path, selector)?.contents).toContain('Selector');
  expect(hover(workspace, client!.path, client!.at('http://web'))?.contents).toContain('`web` from pod');
  expect(documentLinks(workspace, client!.path).map(({ target }) => textOf(target))).toEqual(['service-web.yaml: web']);
  const [lens] = lenses(workspace, service!.path);
  expect(lensTitle(workspace, service!.path, lens!)).toContain('endpoint');
  const whole = { start: { line: 0, character: 0 }, end: { line: 999, character: 0 } };
  expect(inlayHints(workspace, service!.path, whole).map(({ label }) => label)).toEqual(['= 8080']);
  const item = callItemAt(workspace, service!.path, service!.at('name: web'))!;
  expect(callersOf(workspace, item).map((call) => call.item.name)).toEqual(['client']);
  expect(hover(workspace, deployment!.path, deployment!.at('containerPort: 8'))?.contents).toContain('8080/TCP');
});
