/** The map's words: all that it says, in one place, and the spoken names of its things. */

import { count } from '../components/words';
import type { Graph } from './graph';
import type { MapKind, MapNode } from './model';
import type { Grouping, Part } from './scene';

export const words = {
  loading: 'Loading the topology',
  nothingTitle: 'Nothing to draw',
  nothingText: 'This scope has no Services and no workloads.',
  hiddenTitle: 'All is hidden',
  hiddenText: 'The filter leaves nothing to draw.',
  showAll: 'Show everything',
  map: (scope: string) =>
    `Map of ${scope}. Arrow keys move along edges, Enter opens the YAML, F focuses, S and D choose the ends of a trace, slash searches.`,
  list: (scope: string) => `Services and workloads of ${scope}`,
  matches: (found: string) => `${found} match`,

  toolbar: 'Map',
  scope: 'Scope',
  search: 'Search',
  searchHint: 'Search  ( / )',
  filter: 'Filter',
  group: 'Group by',
  asList: 'Show as list',
  asMap: 'Show as map',
  legend: 'Legend',
  minimap: 'Overview',
  export: 'Export the map…',
  farther: 'Farther (−)',
  all: 'Show all (0)',
  nearer: 'Nearer (+)',
  focusedOn: (name: string) => `Focus: ${name}`,
  endFocus: (name: string) => `Focus: ${name}. Show the whole map again`,
  heading: (scope: string) => (scope === '' ? 'Topology' : `Topology of ${scope}`),

  close: 'Close',
  closeLegend: 'Close the legend',
  keys: 'Keys',
  ready: 'ready',
  unready: 'not ready',
  openYaml: 'Open YAML',
  focus: 'Focus',
  unfocus: 'Whole map',
  traceFrom: 'Trace from here',
  whatIf: 'What if…',
  traceTo: 'Trace to here',
  problems: 'Problems',
  noProblems: 'No problems',
  ports: 'Ports',
  listeners: 'Listeners',
  more: (number: number) => `and ${number} more`,
  traceSource: 'From',
  traceDestination: 'to',
  notChosen: 'choose on the map',
  trace: 'Trace',
  forget: 'Forget these ends',
  traceBar: 'Request to trace',

  filterTitle: 'Filter',
  filterShow: 'Show',
  filterNamespaces: 'Namespaces',
  filterProblems: 'Only what has problems',
  filterUnused: 'Workloads that nothing targets',

  picture: (scope: string) => `Map of ${scope}`,
} as const;

/** What the map says of a what-if. */
export const supposedWords = {
  bar: 'What if',
  start: 'As it is',
  requests: 'Requests',
  open: 'Open What-If',
  leave: 'Show the map as it is',
  more: (number: number) => `and ${number} more`,
  spoken: (moment: number, last: number, title: string, when: string) =>
    [`Moment ${moment} of ${last}: ${title}`, when].filter(Boolean).join(', '),
} as const;

/** What the map's signs mean. */
export const legendWords = {
  service: 'Service, with a line for each port',
  workload: 'Workload, with its pods',
  entry: 'Way in: Gateway, Ingress, route',
  policy: 'Network policy',
  ready: 'Pod, ready',
  unready: 'Pod, not ready',
  coming: 'Pod that starts',
  going: 'Pod that ends',
  dead: 'Pod that does not answer',
  gone: 'Pod that is gone',
  changed: 'In a frame: changed at this moment',
  arrives: 'A request arrives',
  doubtful: 'It arrives, but not as it should',
  lost: 'It is lost here',
} as const;

export const keyWords: readonly (readonly [keys: string, what: string])[] = [
  ['Arrows', 'along edges, up and down'],
  ['Shift + arrows', 'move the map'],
  ['+ − 0', 'nearer, farther, all'],
  ['Enter', 'open the YAML'],
  ['/', 'search'],
  ['F', 'focus on it, and back'],
  ['S, D', 'trace from here, to here'],
];

export const groupingWords: Readonly<Record<Grouping, string>> = {
  namespace: 'by namespace',
  node: 'by node',
  zone: 'by zone',
};

export const partWords: Readonly<Record<Part, string>> = {
  entries: 'Ways in: outside, Gateways, Ingresses, routes',
  pods: 'Pods',
  nodes: 'Nodes',
  policies: 'Network policies',
  external: 'Names and addresses outside',
  unused: words.filterUnused,
};

export const kindWords: Readonly<Record<MapKind, string>> = {
  namespace: 'Namespace',
  service: 'Service',
  workload: 'Workload',
  pod: 'Pod',
  node: 'Node',
  zone: 'Zone',
  outside: 'Outside',
  ingress: 'Ingress',
  gateway: 'Gateway',
  route: 'Route',
  external: 'Outside',
  policy: 'NetworkPolicy',
};

/** What a thing has to do with others, as titles of lists in the side panel. */
export const wayWords = {
  reachedFrom: 'Reached from',
  sendsTo: 'Sends to',
  targets: 'Targets',
  misses: 'Misses',
  targetedBy: 'Targeted by',
  calls: 'Calls',
  calledBy: 'Called by',
  isolatedBy: 'Isolated by',
  isolates: 'Isolates',
  pods: 'Pods',
  madeBy: 'Made by',
  runsOn: 'Runs on',
  runs: 'Runs',
} as const;

/** The exact kind where the second line begins with it: `Deployment`, `HTTPRoute`. */
export function kindOf(node: MapNode): string {
  if (node.kind !== 'workload' && node.kind !== 'route' && node.kind !== 'policy') return kindWords[node.kind];
  const said = /^[A-Z]\w*/.exec(node.detail)?.[0];
  const kind = node.id.split('/')[0] ?? '';
  return said ?? kindWords[node.kind] ?? kind;
}

/** `Service web, ClusterIP 10.96.114.7, 1 problem: Service shop/web selects no pod`. */
export function spokenName(node: MapNode): string {
  const first = node.problems[0]?.message;
  const problems = first === undefined ? '' : `${count(node.problems.length, 'problem')}: ${first}`;
  const unready = node.pods.filter((pod) => !pod.ready).length;
  const pods = unready === 0 || node.detail.includes('ready') ? '' : `${unready} not ready`;
  return [`${kindOf(node)} ${node.label}`, node.detail, node.change?.text, pods, problems].filter(Boolean).join(', ');
}

/** `9 Services, 8 workloads`. */
export function summary(nodes: readonly MapNode[]): string {
  const number = (kind: MapKind): number => nodes.filter((node) => node.kind === kind).length;
  return `${count(number('service'), 'Service')}, ${count(number('workload'), 'workload')}`;
}

export function problemCount(graph: Graph): string {
  return graph.problems.length === 0 ? 'no problems' : count(graph.problems.length, 'problem');
}
