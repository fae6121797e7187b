/** The near-miss engine: how far pods' labels are from a selector, and which pods were most probably meant. */

import { compareStrings } from '#base/compare';
import { editDistance } from '#base/edit-distance';
import type { Labels } from '#model/kubernetes';

/** What a selector asks for, and what the labels have in its stead. */
export interface PairDifference {
  readonly key: string;
  readonly value: string;
  /** The label that most probably was meant; undefined where no label comes near. */
  readonly found: { readonly key: string; readonly value: string } | undefined;
  /** A slip of the pen: few edits in key or value, or the right value under another key. */
  readonly slight: boolean;
  readonly cost: number;
}

export interface Comparison {
  /** Pairs of the selector that the labels do not have, in the selector's order. */
  readonly differences: readonly PairDifference[];
  /** How many pairs agree. */
  readonly agreeing: number;
  readonly cost: number;
}

/** How far away a candidate lives: selectors see their own namespace only. */
export type Distance = 'namespace' | 'other-namespace' | 'other-scope';

/** Pods that a selector might have meant. */
export interface LabelledPods {
  /** Identity, for a stable order. */
  readonly key: string;
  /** Name of the workload (or bare pod) that makes them. */
  readonly name: string;
  readonly labels: Labels;
  readonly variableLabels: readonly string[];
}

export interface NearMiss<T extends LabelledPods> {
  readonly pods: T;
  readonly distance: Distance;
  readonly comparison: Comparison;
  /** Lower is nearer; it takes part in the order only. */
  readonly cost: number;
  /** Near enough to say that these pods were meant: slight differences only, or a workload of the Service's own name. */
  readonly credible: boolean;
}

/** Words of two letters that people tell names apart with: regions, languages, stages, parts of an application. */
const shortWords: ReadonlySet<string> = new Set(
  'ae af ai am ap ar at au be bg bi br by ca ch ci cl cm cn co cs cz da db de dk do dr ec ee eg el en es et eu fi fr fs ga gb ge go gr gw ha he hk hr ht hu id ie il in io ip is it iq ja jp js ke ko kr la lb lt lu lv ma me ml mq mr ms mt mx my na nl no ns nz om os pa pe pg ph pl pm pr pt pu py qa ro ru rw sa se sg si sk sl sq sr sv sw th tr tw tz ua ui uk us ux vi vm vn ws xl zh za'.split(
    ' ',
  ),
);

/** Costs are in edits. A candidate in another namespace costs as much as two and a half typos in one's own. */
const distanceCost: Readonly<Record<Distance, number>> = { namespace: 0, 'other-namespace': 2.5, 'other-scope': 6.5 };
const separator = /[-._/]/;
/** Labels whose values are names of applications. */
const nameKeys: ReadonlySet<string> = new Set([
  'app',
  'name',
  'k8s-app',
  'app.kubernetes.io/name',
  'app.kubernetes.io/instance',
]);
/** In all words of a name together. */
const mostEdits = 3;
/** A name that is told from others though a letter is lost. */
const longName = 8;
const sameNameGain = 2;
const otherKeyCost = 2;
const extendedValueCost = 3;
/** Of two values that have nothing in common. */
export const unrelatedCost = 8;
/** Where other pairs agree, one that does not weighs less. */
const unrelatedBesideAgreeingCost = 5;
/** Each difference after the first. */
const furtherDifferenceCost = 1;

/**
 * The nearest of the candidates, or undefined where none is near enough to be worth a word.
 * Ties go to the smaller key, so the order of the candidates does not matter.
 */
export function nearest<T extends LabelledPods>(
  wanted: { readonly name: string; readonly selector: Labels },
  candidates: Iterable<{ readonly pods: T; readonly distance: Distance }>,
): NearMiss<T> | undefined {
  let best: NearMiss<T> | undefined;
  for (const { pods, distance } of candidates) {
    const comparison = compareLabels(wanted.selector, pods.labels, pods.variableLabels);
    const sameName = isNameOf(wanted.name, pods.name);
    const cost = comparison.cost + distanceCost[distance] - (sameName && comparison.cost > 0 ? sameNameGain : 0);
    if (best && (cost > best.cost || (cost === best.cost && compareStrings(pods.key, best.pods.key) >= 0))) continue;
    const credible = comparison.differences.every((difference) => difference.slight) || sameName;
    best = { pods, distance, comparison, cost, credible };
  }
  return best && best.cost < unrelatedCost ? best : undefined;
}

/** What the labels lack of the selector; pairs whose key varies from pod to pod are taken to agree. */
export function compareLabels(selector: Labels, labels: Labels, variableLabels: readonly string[] = []): Comparison {
  const differences: PairDifference[] = [];
  let agreeing = 0;
  for (const key of Object.keys(selector)) {
    const value = selector[key]!;
    const own = Object.hasOwn(labels, key) ? labels[key] : undefined;
    if (own === value || (own === undefined && variableLabels.includes(key))) agreeing++;
    else differences.push(comparePair(key, value, selector, labels));
  }
  const [only, second] = differences;
  if (only && !second && isSlipOfShort(only) && isToldByRest(only, selector))
    differences[0] = { ...only, slight: true, cost: 1 };
  return { differences, agreeing, cost: sumOf(differences, agreeing) };
}

/** Another letter in a value of two: a slip where all else that tells pods apart agrees, `tier: eb` for `tier: db`. */
function isSlipOfShort({ key, value, found }: PairDifference): boolean {
  if (found?.key !== key || value.length !== 2 || found.value.length !== 2 || /\d/.test(value + found.value))
    return false;
  const areWords = shortWords.has(value) && shortWords.has(found.value);
  return !areWords && editDistance(value, found.value, 1) === 1;
}

/** Whether the other pairs of the selector name the application. */
function isToldByRest({ key }: PairDifference, selector: Labels): boolean {
  return Object.keys(selector).some((other) => other !== key && nameKeys.has(other) && isTelling(selector[other]!));
}

/**
 * The one difference where all else agrees and names the application, and only the value of the key is another: both may
 * be meant, but nothing has both.
 */
export function oneOtherValue(selector: Labels, labels: Labels): PairDifference | undefined {
  const [only, second] = compareLabels(selector, labels).differences;
  if (!only || second || only.found?.key !== only.key || !isToldByRest(only, selector)) return undefined;
  return areSiblings(only.value, only.found.value) ? undefined : only;
}

function sumOf(differences: readonly PairDifference[], agreeing: number): number {
  let cost = 0;
  for (const difference of differences) {
    const unrelated = difference.cost >= unrelatedCost;
    cost += furtherDifferenceCost + (unrelated && agreeing > 0 ? unrelatedBesideAgreeingCost : difference.cost);
  }
  return differences.length === 0 ? 0 : cost - furtherDifferenceCost;
}

function comparePair(key: string, value: string, selector: Labels, labels: Labels): PairDifference {
  const other = Object.hasOwn(labels, key) ? labels[key] : undefined;
  if (other !== undefined) return { key, value, found: { key, value: other }, ...compareValues(value, other) };
  let best: PairDifference = { key, value, found: undefined, slight: false, cost: unrelatedCost };
  for (const candidate of Object.keys(labels)) {
    if (Object.hasOwn(selector, candidate)) continue;
    const found = { key: candidate, value: labels[candidate]! };
    const difference = compareKeys(key, value, found.key, found.value);
    if (difference.cost < best.cost) best = { key, value, found, ...difference };
  }
  return best;
}

/** Two values of one key. */
function compareValues(wanted: string, other: string): { slight: boolean; cost: number } {
  const edits = editsBetween(wanted, other);
  if (edits !== undefined) return { slight: true, cost: edits };
  // `web` and `web2`, `v1` and `v2` are siblings, not slips: the difference is meant.
  if (areSiblings(wanted, other)) return { slight: false, cost: unrelatedBesideAgreeingCost };
  if (extendsWord(wanted, other) || extendsWord(other, wanted)) return { slight: false, cost: extendedValueCost };
  return { slight: false, cost: unrelatedCost };
}

/** Another key that may have been meant: `ap: web` for `app: web`, `app.kubernetes.io/name: web` for `app: web`. */
function compareKeys(key: string, value: string, other: string, otherValue: string): { slight: boolean; cost: number } {
  const edits = editsBetween(key, other);
  if (value === otherValue)
    return { slight: edits !== undefined || isTelling(value), cost: Math.min(edits ?? otherKeyCost, otherKeyCost) };
  const valueEdits = edits === undefined ? undefined : editsBetween(value, otherValue);
  if (edits === undefined || valueEdits === undefined) return { slight: false, cost: unrelatedCost };
  return { slight: true, cost: edits + valueEdits };
}

/** Whether finding the value under another key can hardly be chance. */
function isTelling(value: string): boolean {
  return value.length > 2 && !/^(?:true|false|yes|no|\d+|v\d+)$/i.test(value);
}

/**
 * The number of edits where it is small for each word of the names; upper and lower case count as one edit together.
 * Undefined where it is not small, or where only digits differ. Words are compared one by one, since
 * `shop-auth-service` and `shop-user-service` share most of their letters and mean different things.
 */
function editsBetween(a: string, b: string): number | undefined {
  if (Math.abs(a.length - b.length) > mostEdits) return undefined;
  const [low, otherLow] = [a.toLowerCase(), b.toLowerCase()];
  if (low === otherLow) return 1;
  const [words, others] = [low.split(separator), otherLow.split(separator)];
  if (words.length !== others.length) {
    // A separator too many or too few: a word more is no slip, and is more letters than one.
    return areSiblings(low, otherLow) ? undefined : atMost(1, low, otherLow);
  }
  // A separator that has changed places with a letter.
  if (words.join('') === others.join('')) return 1;
  let sum = 0;
  for (let i = 0; i < words.length; i++) {
    const edits = atMost(toleranceFor(words[i]!, others[i]!, low.length), words[i]!, others[i]!);
    if (edits === undefined) return undefined;
    sum += edits;
  }
  // The same words, parted in another way: `web_app`.
  if (sum > mostEdits || areSiblings(low, otherLow)) return undefined;
  return Math.max(1, sum);
}

function atMost(limit: number, a: string, b: string): number | undefined {
  const edits = editDistance(a, b, limit);
  return edits > limit ? undefined : edits;
}

/**
 * Of a word of two letters in a longer name a lost letter is a slip, and so are the other order and another letter that
 * makes no word: `s-auth`, `st-auth` and `tt-auth` for `ts-auth`, but not `uk-auth` for `us-auth`.
 */
function toleranceFor(word: string, other: string, length: number): number {
  const longer = Math.max(word.length, other.length);
  const isSlip = word === [...other].reverse().join('') || !(shortWords.has(word) && shortWords.has(other));
  if (longer === 2 && isSlip && length >= longName && !/\d/.test(word + other)) return 1;
  return tolerance(longer);
}

function tolerance(length: number): number {
  if (length < 3) return 0;
  return length < 6 ? 1 : length < 9 ? 2 : 3;
}

/** Whether the names differ in their numbers alone. */
function areSiblings(a: string, b: string): boolean {
  return (/\d/.test(a) || /\d/.test(b)) && withoutDigits(a) === withoutDigits(b);
}

function withoutDigits(text: string): string {
  return text.replace(/\d+/g, '');
}

/** Whether `long` is `short` with a word before or behind: `web` and `shop-web`. */
export function extendsWord(short: string, long: string): boolean {
  return (
    long.length > short.length &&
    ((long.startsWith(short) && /[-._]/.test(long[short.length]!)) ||
      (long.endsWith(short) && /[-._]/.test(long[long.length - short.length - 1]!)))
  );
}

/** A Service is often called after its workload, sometimes with a suffix. */
function isNameOf(service: string, workload: string): boolean {
  return service === workload || service.replace(/-(?:service|svc|headless)$/, '') === workload;
}
