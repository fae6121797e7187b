/** One scope kept up to date: the objects of its files, the simulation of its cluster, and the findings about each. */

import { bodyWithLabels } from '#manifest/index';
import type { ManifestFile, Scope } from '#manifest/types';
import type { KubernetesObject, ObjectKey } from '#model/object';
import type { ClusterSettings } from '#model/settings';
import { createSimulation } from '#simulation/index';
import { withProxyConfiguration, type ProxyConfiguration } from '#simulation/proxy/configuration';
import type { ControlPlane, Impact, Simulation } from '#simulation/types';
import type { AnalysisContext, DeriveFindings, ObjectFindings, ScopeState } from './context';
import { Dependents } from './dependents';
import { proxyConfigMapKeys, proxyConfigurationOf } from './proxy-configuration';

/** What a change of files did to the scope, for the findings to follow. */
export interface ScopeImpact {
  /** Objects about which everything has to be derived anew. */
  readonly objects: Set<KubernetesObject>;
  /** Whether any object came, went or changed: a near miss may then be another one. */
  readonly changed: boolean;
  /** Files in which something was said about objects that are gone. */
  readonly files: ReadonlySet<string>;
}

export class ScopeEngine implements ScopeState {
  scope: Scope;
  /** Whether what it says waits until somebody has looked where its rendered objects come from. */
  isHeld = false;
  /** Counts the changes of the cluster: as long as it stays, so does every answer about it. */
  revision = 0;
  readonly #settings: ClusterSettings;
  #simulation: Simulation;
  /** What the scope's own kube-proxy is configured to. */
  #proxy: ProxyConfiguration | undefined;
  readonly #byFile = new Map<string, readonly KubernetesObject[]>();
  readonly #byKey = new Map<ObjectKey, Set<KubernetesObject>>();
  readonly #findings = new Map<KubernetesObject, ObjectFindings>();
  /** Objects whose findings came from a search beyond their own targets. */
  readonly #searched = new Set<KubernetesObject>();
  /** Objects whose findings depend on others, by what that is. */
  readonly #dependents = new Dependents();
  /** File → objects with a finding that points into it from elsewhere: its lines may move. */
  readonly #mentions = new Map<string, Set<KubernetesObject>>();
  /** As written → as the scope's kustomizations place it, where that is not the same. */
  readonly #placed = new WeakMap<KubernetesObject, KubernetesObject>();

  constructor(scope: Scope, settings: ClusterSettings) {
    this.scope = scope;
    this.#settings = settings;
    this.#simulation = createSimulation(settings);
  }

  /** Another one after a change of the cluster's own configuration. */
  get simulation(): Simulation {
    return this.#simulation;
  }

  /** Takes the objects of changed files (undefined: the file left the scope) and brings the simulation up to date. */
  replaceFiles(files: ReadonlyMap<string, ManifestFile | undefined>): ScopeImpact {
    const removed: KubernetesObject[] = [];
    const added: KubernetesObject[] = [];
    const touched = new Set<KubernetesObject>();
    for (const [path, file] of files) {
      const before = new Set(this.#byFile.get(path));
      const after = file && this.#holdsObjects(path) ? objectsOf(file).map((object) => this.#place(object)) : [];
      const isRendered = path === this.scope.rendered;
      if (isRendered) this.isHeld = file?.rendered?.wanted !== undefined;
      // The same text may come from other lines.
      if (isRendered) for (const object of this.#findings.keys()) touched.add(object);
      for (const object of after) {
        if (!isRendered) touched.add(object);
        if (before.delete(object)) continue;
        touched.add(object);
        added.push(object);
      }
      removed.push(...before);
      if (after.length === 0) this.#byFile.delete(path);
      else this.#byFile.set(path, after);
      for (const object of this.#mentions.get(path) ?? []) touched.add(object);
    }
    const told = new Set<string>();
    for (const object of removed) this.#forget(object, told);
    for (const object of added) this.#remember(object);
    for (const object of removed) touched.delete(object);
    if (removed.length === 0 && added.length === 0) return { objects: touched, changed: false, files: told };
    this.revision++;
    if (this.#isReconfigured([...removed, ...added])) return this.#startAnew(told);
    const { controlPlane } = this.simulation;
    const namespaces = controlPlane.namespaces();
    const hadNodes = hasNodes(controlPlane);
    // What is refused is not there for others, so it comes when it is mended.
    const isHeld = (key: ObjectKey) => controlPlane.object(key) !== undefined && !controlPlane.refusal(key);
    const before = new Set(removed.flatMap(({ key }) => (isHeld(key) ? key : [])));
    const impact = this.simulation.apply({ removed, added });
    this.#collect(impact, touched);
    const staying = new Set(added.flatMap(({ key }) => (before.has(key) && isHeld(key) ? key : [])));
    this.#dependents.collect(impact, staying, touched);
    if (controlPlane.namespaces() !== namespaces) this.#dependents.collectFrom('namespaces', touched);
    // Whether the nodes are known or made up decides how much can be said, about whatever runs on them.
    if (hasNodes(controlPlane) !== hadNodes) for (const object of this.objects()) touched.add(object);
    return { objects: touched, changed: true, files: told };
  }

  /** The sources of what was rendered are followed for the places in them. */
  #holdsObjects(path: string): boolean {
    return this.scope.rendered === undefined || path === this.scope.rendered;
  }

  /** Whether a change of these objects gives the scope's kube-proxy another configuration. */
  #isReconfigured(changed: readonly KubernetesObject[]): boolean {
    if (!changed.some(({ key }) => proxyConfigMapKeys.includes(key))) return false;
    const before = this.#proxy;
    this.#proxy = proxyConfigurationOf(proxyConfigMapKeys.flatMap((key) => [...(this.#byKey.get(key) ?? [])]));
    return JSON.stringify(this.#proxy) !== JSON.stringify(before);
  }

  /** A simulation with other settings: that is rare, so nothing is carried over. */
  #startAnew(files: ReadonlySet<string>): ScopeImpact {
    this.#simulation = createSimulation(withProxyConfiguration(this.#settings, this.#proxy));
    const all = [...this.objects()] as readonly KubernetesObject[];
    this.#simulation.apply({ removed: [], added: all });
    return { objects: new Set(all), changed: true, files };
  }

  /** All objects, for when the scope itself changed. */
  objects(): Iterable<KubernetesObject> {
    return [...this.#byFile.values()].flat();
  }

  searched(): Iterable<KubernetesObject> {
    return this.#searched;
  }

  objectsOfFile(path: string): readonly KubernetesObject[] {
    return this.#byFile.get(path) ?? [];
  }

  saysSomething(): boolean {
    for (const { findings, unknowns } of this.#findings.values())
      if (findings.length + unknowns.length > 0) return true;
    return false;
  }

  filesWithFindings(): ReadonlySet<string> {
    const files = new Set<string>();
    for (const { origin } of this.#findings.keys()) files.add(origin.file);
    return files;
  }

  findingsAbout(object: KubernetesObject): ObjectFindings | undefined {
    return this.#findings.get(object);
  }

  /** Objects about which something is said at a place in the file. */
  objectsMentioning(path: string): Iterable<KubernetesObject> {
    return this.#mentions.get(path) ?? [];
  }

  /** Derives what is to be said about an object; gives the files whose findings this may change. */
  derive(object: KubernetesObject, deriveFindings: DeriveFindings, context: AnalysisContext, files: Set<string>): void {
    this.#forgetFindings(object, files);
    const result = deriveFindings(object, context);
    if (result.searched) this.#searched.add(object);
    if (result.dependencies) this.#dependents.add(object, result.dependencies);
    if (result.findings.length === 0 && result.unknowns.length === 0 && !result.open) return;
    this.#findings.set(object, result);
    for (const file of filesOf(result)) {
      const mentioned = this.#mentions.get(file);
      if (mentioned) mentioned.add(object);
      else this.#mentions.set(file, new Set([object]));
    }
    this.#addHomes(result, files);
  }

  /** Of a rendered scope it may be told at a related place: see placedWhereItDiffers. */
  #addHomes(result: ObjectFindings, files: Set<string>): void {
    if (this.scope.rendered === undefined) addHomes(result, files);
    else for (const file of filesOf(result)) files.add(file);
  }

  #collect(impact: Impact, touched: Set<KubernetesObject>): void {
    for (const key of impact.objects) for (const object of this.#byKey.get(key) ?? []) touched.add(object);
    for (const name of impact.services)
      for (const object of this.#byKey.get(`/Service/${name}`) ?? []) touched.add(object);
  }

  /**
   * The object in the namespace and with the labels that the scope gives it; always the same one. A scope that gives
   * others has another engine.
   */
  #place(object: KubernetesObject): KubernetesObject {
    const known = this.#placed.get(object);
    if (known) return known;
    const placed = this.#label(this.#move(object));
    if (placed !== object) this.#placed.set(object, placed);
    return placed;
  }

  #move(object: KubernetesObject): KubernetesObject {
    const { defaultNamespace } = this.scope;
    const namespace = this.scope.namespace ?? (object.namespaceGiven ? undefined : defaultNamespace);
    if (namespace === undefined || object.namespace === '' || object.namespace === namespace) return object;
    const key = `${object.group}/${object.kind}/${namespace}/${object.name}`;
    return { ...object, key, namespace, namespaceGiven: true };
  }

  #label(object: KubernetesObject): KubernetesObject {
    const labels = object.origin.kind === 'manifest' ? this.scope.labels.get(object.origin.file) : undefined;
    return labels ? { ...object, body: bodyWithLabels(object, labels) } : object;
  }

  #remember(object: KubernetesObject): void {
    const same = this.#byKey.get(object.key);
    if (same) same.add(object);
    else this.#byKey.set(object.key, new Set([object]));
  }

  #forget(object: KubernetesObject, files: Set<string>): void {
    const same = this.#byKey.get(object.key);
    same?.delete(object);
    if (same?.size === 0) this.#byKey.delete(object.key);
    this.#forgetFindings(object, files);
  }

  #forgetFindings(object: KubernetesObject, files: Set<string>): void {
    this.#searched.delete(object);
    this.#dependents.delete(object);
    const before = this.#findings.get(object);
    if (!before) return;
    for (const file of filesOf(before)) this.#mentions.get(file)?.delete(object);
    this.#addHomes(before, files);
    this.#findings.delete(object);
  }
}

function hasNodes(controlPlane: ControlPlane): boolean {
  for (const _ of controlPlane.objectsOfKind('', 'Node')) return true;
  return false;
}

/** Whether both scopes give their objects the same namespace and labels: an engine can go on with the other one. */
export function placesAlike(a: Scope, b: Scope): boolean {
  if (a.rendered !== b.rendered || a.defaultNamespace !== b.defaultNamespace) return false;
  if (a.namespace !== b.namespace || a.labels.size !== b.labels.size) return false;
  for (const [path, labels] of a.labels) {
    const other = b.labels.get(path);
    if (!other || (other !== labels && JSON.stringify(other) !== JSON.stringify(labels))) return false;
  }
  return true;
}

/** The files whose objects the scope's cluster holds. */
export function objectFilesOf({ files, rendered }: Scope): readonly string[] {
  return rendered === undefined ? files : [rendered];
}

/** The files of which the scope has to hear: beside those objects the sources of what was rendered. */
export function watchedBy({ files, rendered }: Scope): readonly string[] {
  return rendered === undefined ? files : [rendered, ...files];
}

export function objectsOf(file: ManifestFile): readonly KubernetesObject[] {
  return file.documents.flatMap((document) => (document.content.kind === 'objects' ? document.content.objects : []));
}

/** Files that a finding stands in. */
function addHomes(result: ObjectFindings, files: Set<string>): void {
  for (const finding of result.findings) files.add(finding.place.file);
  for (const unknown of result.unknowns) files.add(unknown.place.file);
  for (const question of result.open ?? []) files.add(question.place.file);
}

/** Files that a finding stands in or points to, with its related places and edits. */
function filesOf(result: ObjectFindings): Set<string> {
  const files = new Set<string>();
  addHomes(result, files);
  for (const finding of result.findings) {
    for (const related of finding.related) files.add(related.file);
    for (const fix of finding.fixes) for (const edit of fix.edits) files.add(edit.file);
  }
  return files;
}
