/** A text that is no YAML is told by the slip that was made, where it was made. */

import { describe, expect, it } from 'vitest';
import { readManifest } from '#manifest/index';

/** What is said, below the line and the column where it stands. */
function said(text: string): string {
  const { problems } = readManifest('a.yaml', text);
  return problems
    .filter(({ code }) => code === 'yaml-syntax')
    .map(({ range, message }) => `${range.start.line + 1}:${range.start.character + 1} ${message}`)
    .join('\n');
}

const head = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n';

const mistakes: readonly (readonly [what: string, text: string, message: string])[] = [
  ['a tab', `${head}spec:\n\ttype: NodePort\n`, '6:1 a tab indents this line; YAML allows spaces only'],
  ['a tab behind spaces', `${head}spec:\n  selector:\n  \tapp: web\n`, '7:3 a tab indents this line; YAML allows spaces only'],
  ['a space that is none', `${head}spec:\n  selector:\n    app: web\n \u00a0 ports: []\n`, '8:1 the line is indented with U+00A0, which only looks like a space'],
  ['too far in', 'kind: Service\nmetadata:\n  name: web\n   namespace: shop\n', '4:4 namespace is indented by 3 spaces, deeper than name above it (2), which has a value already'],
  ['too far in, in a list', `${head}spec:\n  ports:\n  - port: 80\n     name: http\n`, '8:6 name is indented by 5 spaces, deeper than port above it (4), which has a value already'],
  ['in below a value', 'kind: Service\nmetadata: web\n  name: web\n', '3:3 name is indented by 2 spaces, deeper than metadata above it (0), which has a value already'],
  ['between two columns', `${head}spec:\n  selector:\n    app: web\n   ports: []\n`, '8:4 ports is indented by 3 spaces, which fits nothing above it: indent it by 4 as app, or by 2 as selector'],
  ['an item between two columns', `${head}spec:\n  ports:\n    - port: 80\n   - port: 90\n`, '8:4 port is indented by 3 spaces, which fits nothing above it: indent it by 4 as the item "- port: 80"'],
  ['an item among keys', `${head}spec:\n  selector:\n    app: web\n    - tier\n`, '8:5 a list item (-) cannot stand among keys such as app'],
  ['no space after a colon', `${head}spec:\n  type:NodePort\n  selector: {app: web}\n`, '6:3 a space is missing after the colon: type: NodePort'],
  ['no colon', 'kind: Service\nmetadata\n  name: web\n', '2:1 a colon is missing: metadata:'],
  ['no colon at the end', `${head}spec:\n  selector:\n    app: web\n    ti\n  type: NodePort\n`, '8:5 a colon is missing: ti:'],
  ['no colon before a value', `${head}spec:\n  type NodePort\n  selector: {app: web}\n`, '6:3 a colon is missing: type: NodePort'],
  ['no space after a dash', `${head}spec:\n  ports:\n  -port: 80\n  - port: 90\n`, '7:3 a space is missing after the dash: - port: 80'],
  ['two dashes', `${head}--\n${head}`, '5:1 documents are parted by three dashes (---), and here are 2'],
  ['a colon in a value', 'kind: ConfigMap\ndata:\n  url: http: //web\n', '3:8 the value holds ": ", which begins a mapping: put the value in quotes'],
  ['a double quote', 'kind: Service\nmetadata:\n  name: "web\nspec:\n  selector: {app: "web"}\n', '3:9 the quote (") that begins here is not closed'],
  ['a single quote', "kind: Service\nmetadata:\n  note: 'it''s web\nspec: {}\n", "3:9 the quote (') that begins here is not closed"],
  ['a quote too early', 'kind: ConfigMap\ndata:\n  a: "one" two\n', '3:12 something follows the closing quote: put the whole value in quotes, or none of it'],
  ['a brace', 'kind: Service\nmetadata: {name: web # }\nspec:\n  type: NodePort\n', '2:11 the { that begins here is not closed: a } is missing'],
  ['a bracket', `${head}spec:\n  ports: [{port: 80}\n  type: NodePort\n`, '6:10 the [ that begins here is not closed: a ] is missing'],
  ['a first character', 'kind: ConfigMap\ndata:\n  a: @web\n', '3:6 a value cannot begin with @: put it in quotes'],
  ['an alias of no anchor', 'kind: Service\nmetadata:\n  labels: &own {app: web}\nspec:\n  selector: *onw\n', '5:13 the alias *onw needs an anchor &onw before it in the document; there is &own'],
  ['an alias without anchors', 'kind: Service\nspec:\n  selector: *own\n', '3:13 the alias *own needs an anchor &own before it in the document; there is none at all'],
  ['a merge that is not done', `<<<<<<< HEAD\n${head}=======\n${head}>>>>>>> other\n`, '1:1 a merge conflict is not resolved here'],
]; // prettier-ignore

it('names the text that stands where a mapping should be', () => {
  const { problems } = readManifest('a.yaml', 'apiVersion: v1\nkind: Service\nmetadata:\n  name:web\n');
  expect(problems.map(({ message }) => message)).toEqual(['this Service has no metadata.name: its metadata is the text "name:web" (a space is missing after the colon); the API server refuses it, and it is left out here']); // prettier-ignore
});

describe('a mistake in YAML', () => {
  it.each(mistakes)('%s', (_, text, message) => {
    expect(said(text)).toBe(message);
    // Where lines end as on Windows it stands at the same place.
    expect(said(text.replaceAll('\n', '\r\n'))).toBe(message);
  });
});
