/** After any edits the editor's answers are those of a workspace that was read anew. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completions } from '#analysis/features/completion/completion';
import { prepare } from '#analysis/features/prepare';
import { references } from '#analysis/features/references';
import { rename } from '#analysis/features/rename';
import { createWorkspace, type Workspace } from '#analysis/workspace';
import { defaultSettings } from '#model/settings';

const name = fc.constantFrom('web', 'api', 'db');
const namespace = fc.constantFrom('shop', 'data');

const service = fc.record({ name, namespace, app: name, port: fc.constantFrom('http', 'web', '8080') }).map(
  (it) => `apiVersion: v1
kind: Service
metadata: {name: ${it.name}, namespace: ${it.namespace}}
spec:
  selector: {app: ${it.app}}
  ports: [{name: http, port: 80, targetPort: ${it.port}}]
`,
);
const deployment = fc.record({ name, namespace, app: name, port: fc.constantFrom('http', 'web'), calls: name }).map(
  (it) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${it.name}, namespace: ${it.namespace}}
spec:
  selector: {matchLabels: {app: ${it.app}}}
  template:
    metadata: {labels: {app: ${it.app}}}
    spec:
      containers:
        - name: main
          image: a:1
          ports: [{name: ${it.port}, containerPort: 8080}]
          env: [{name: URL, value: "http://${it.calls}.shop/"}]
`,
);
const policy = fc.record({ namespace, app: name, port: fc.constantFrom('http', 'web') }).map(
  (it) => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: allow, namespace: ${it.namespace}}
spec:
  podSelector: {matchLabels: {app: ${it.app}}}
  ingress: [{from: [{namespaceSelector: {}, podSelector: {matchLabels: {app: ${it.app}}}}], ports: [{port: ${it.port}}]}]
`,
);
const broken = fc.constant('apiVersion: v1\nkind: Service\nmetadata: [\n');
const text = fc
  .array(fc.oneof(service, deployment, policy, broken), { maxLength: 4 })
  .map((parts) => parts.join('---\n'));
const edit = fc.record({ file: fc.constantFrom('a.yaml', 'b.yaml', 'c/d.yaml'), text: fc.option(text) });

/** The same policy in two files, of which the first one came later. */
const samePolicy = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: allow, namespace: shop}
spec: {podSelector: {}, ingress: [{ports: [{port: http}]}]}
`;
const pods = `apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec: {containers: [{name: main, image: i, ports: [{name: http, containerPort: 80}]}]}
`;
const twice: { file: 'a.yaml' | 'b.yaml'; text: string }[] = [
  { file: 'b.yaml', text: `${samePolicy}---\n${pods}` },
  { file: 'a.yaml', text: samePolicy },
];

const fresh = (): Workspace => createWorkspace({ settings: defaultSettings, roots: ['.'] });

/** What is said at each word of each file. */
function answersOf(workspace: Workspace): unknown[] {
  const paths = [...workspace.files()].map(({ path }) => path).sort();
  return paths.flatMap((path) =>
    (workspace.file(path)?.text ?? '').split('\n').flatMap((line, row) =>
      [...line.matchAll(/\w+/g)].map(({ index }) => {
        const position = { line: row, character: index };
        return [
          references(workspace, path, position, 'all'),
          rename(workspace, path, position, 'other'),
          completions(workspace, path, position, 'alone'),
        ];
      }),
    ),
  );
}

describe('the index of what is mentioned', () => {
  it('is after any edits as if it were new', () => {
    fc.assert(
      fc.property(fc.array(edit, { minLength: 2, maxLength: 8 }), fc.nat({ max: 3 }), (edits, bits) => {
        const workspace = fresh();
        const files = new Map<string, string>();
        for (const { file, text: content } of edits) {
          if (content === null) {
            workspace.removeFile(file);
            files.delete(file);
          } else {
            workspace.setFile(file, content);
            files.set(file, content);
          }
          workspace.update();
          // A part of the work may have been done ahead of the question.
          const work = prepare(workspace);
          for (let i = 0; i < bits; i++) work.next();
          // Asked after each edit, so that the index follows step by step.
          references(workspace, file, { line: 2, character: 20 }, 'all');
        }
        const other = fresh();
        for (const [file, content] of files) other.setFile(file, content);
        other.update();
        expect(answersOf(workspace)).toEqual(answersOf(other));
      }),
      { numRuns: 25, examples: [[twice, 0]] },
    );
  });

  it('keeps the topology over a rename and back', () => {
    fc.assert(
      fc.property(text, (content) => {
        const workspace = fresh();
        workspace.setFile('a.yaml', content);
        workspace.update();
        const line = content.split('\n').findIndex((each) => each.includes('selector: {app:'));
        if (line < 0) return;
        const position = { line, character: content.split('\n')[line]!.indexOf('app: ') + 5 };
        const before = targetsOf(workspace);
        const renamed = rename(workspace, 'a.yaml', position, 'other');
        if ('refused' in renamed) return;
        workspace.setFile('a.yaml', applied(content, renamed.edits));
        workspace.update();
        expect(targetsOf(workspace)).toEqual(before);
      }),
      { numRuns: 60 },
    );
  });
});

function targetsOf(workspace: Workspace): unknown {
  return workspace.scopes.map(({ simulation: { controlPlane } }) =>
    [...controlPlane.services()].map(({ metadata }) => {
      const service = `${metadata.namespace}/${metadata.name}`;
      return [service, controlPlane.targets(service).map(({ key }) => key)];
    }),
  );
}

function applied(
  content: string,
  edits: readonly {
    range: { start: { line: number; character: number }; end: { character: number } };
    newText: string;
  }[],
): string {
  // prettier-ignore
  const lines = content.split('\n');
  const backwards = [...edits].sort((a, b) => b.range.start.line - a.range.start.line || b.range.start.character - a.range.start.character); // prettier-ignore
  for (const { range, newText } of backwards) {
    const line = lines[range.start.line]!;
    lines[range.start.line] = line.slice(0, range.start.character) + newText + line.slice(range.end.character);
  }
  return lines.join('\n');
}
