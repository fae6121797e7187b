/** Writes into `.service-topology.yaml` which value files a chart is rendered with; what else stands there stays. */

import { isMap, isScalar, isSeq, parseDocument, type YAMLMap } from 'yaml';

export interface ValueFilesChoice {
  /** Folder of the chart, relative to the settings file; '' for its own. */
  readonly chart: string;
  /** Of a chart with several releases: the name of the one that is meant. */
  readonly release: string | undefined;
  /** Relative to the chart or to the settings file, in the order in which they are merged. */
  readonly valueFiles: readonly string[];
}

/** The settings file's new text; an error where it cannot be edited as it is. */
export function withValueFiles(text: string, { chart, release, valueFiles }: ValueFilesChoice): { readonly text: string } | { readonly error: string } {
  const document = parseDocument(text);
  if (document.errors.length > 0) return { error: 'its YAML is broken' };
  const root = document.contents === null ? document.createNode({}) : document.contents;
  if (!isMap(root)) return { error: 'it is no mapping' };
  document.contents = root as typeof document.contents;
  const folder = chart === '' ? '.' : chart;
  const path = ['charts', keyOf(document.get('charts'), folder) ?? folder];
  const given = document.getIn(path, true);
  if (isSeq(given)) {
    const index = given.items.findIndex((item, i) => isMap(item) && isNamed(item, release, i));
    if (index < 0) return { error: `it lists releases of ${folder}, and none is called ${release ?? folder}` };
    path.push(index as unknown as string);
  } else if (!isMap(given)) document.setIn(path, document.createNode({}));
  if (valueFiles.length === 0) document.deleteIn([...path, 'valueFiles']);
  else document.setIn([...path, 'valueFiles'], document.createNode(valueFiles, { flow: true }));
  return { text: document.toString({ lineWidth: 0, flowCollectionPadding: false }) };
} // prettier-ignore

/** As the folder is written: `./chart/` is `chart`, too. */
function keyOf(charts: unknown, folder: string): string | undefined {
  if (!isMap(charts)) return undefined;
  const names = charts.items.map(({ key }) => (isScalar(key) ? String(key.value) : ''));
  return names.find((name) => name.replace(/^(?:\.\/)+|\/+$/g, '') === folder);
}

function isNamed(item: YAMLMap, release: string | undefined, index: number): boolean {
  const name = item.get('name') ?? item.get('release') ?? `${index + 1}`;
  return name === release;
}
