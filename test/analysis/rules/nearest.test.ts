/** The near-miss engine: which pods a selector most probably meant. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Distance, LabelledPods } from '#analysis/rules/nearest';
import { compareLabels, nearest } from '#analysis/rules/nearest';
import { nearestName } from '#analysis/rules/near-names';
import type { Labels } from '#model/kubernetes';

interface Candidate {
  readonly pods: LabelledPods;
  readonly distance: Distance;
}

function pods(name: string, labels: Labels, distance: Distance = 'namespace'): Candidate {
  return { pods: { key: `${distance}/${name}`, name, labels, variableLabels: [] }, distance };
}

function best(name: string, selector: Labels, candidates: readonly Candidate[]): string | undefined {
  const found = nearest({ name, selector }, candidates);
  return found && `${found.pods.key}${found.credible ? '' : '?'}`;
}

describe('nearest prefers', () => {
  const cases: readonly [string, string, Labels, readonly Candidate[], string | undefined][] = [
    ['nothing, where nothing is near', 'web', { app: 'web' }, [pods('db', { app: 'postgres' })], undefined],
    ['a typo', 'x', { app: 'web' }, [pods('a', { app: 'wbe' }), pods('b', { app: 'api' })], 'namespace/a'],
    ['a typo in the key', 'x', { app: 'web' }, [pods('a', { ap: 'web' }), pods('b', { app: 'api' })], 'namespace/a'],
    ['other case', 'x', { app: 'WebShop' }, [pods('a', { app: 'webshop' })], 'namespace/a'],
    ['the value under another key', 'x', { app: 'web' }, [pods('a', { 'app.kubernetes.io/name': 'web' })], 'namespace/a'],
    ['the Service’s own name', 'web', { app: 'web' }, [pods('web', { component: 'front' })], 'namespace/web'],
    ['the name before a suffix', 'web-service', { app: 'x' }, [pods('web', { run: 'y' })], 'namespace/web'],
    ['fewer differing pairs', 'x', { app: 'web', tier: 'front' }, [pods('a', { app: 'wbe', tier: 'frnt' }), pods('b', { app: 'wbe', tier: 'front' })], 'namespace/b'],
    ['a typo at home to an exact match abroad', 'x', { app: 'web' }, [pods('a', { app: 'wbe' }), pods('b', { app: 'web' }, 'other-namespace')], 'namespace/a'],
    ['an exact match abroad to three edits at home', 'x', { app: 'frontend-app' }, [pods('a', { app: 'fronted-appli' }), pods('b', { app: 'frontend-app' }, 'other-namespace')], 'other-namespace/b'],
    ['another namespace to another scope', 'x', { app: 'web' }, [pods('a', { app: 'web' }, 'other-scope'), pods('b', { app: 'web' }, 'other-namespace')], 'other-namespace/b'],
    ['another scope to nothing', 'x', { app: 'web' }, [pods('a', { app: 'web' }, 'other-scope'), pods('b', { app: 'zzz' })], 'other-scope/a'],
    ['the smaller key where all is equal', 'x', { app: 'web' }, [pods('b', { app: 'wbe' }), pods('a', { app: 'wbe' })], 'namespace/a'],
  ]; // prettier-ignore
  for (const [title, name, selector, candidates, expected] of cases)
    it(title, () => expect(best(name, selector, candidates)).toBe(expected));
});

describe('credible is', () => {
  const cases: readonly [string, Labels, Labels, boolean][] = [
    ['a transposition', { app: 'web' }, { app: 'wbe' }, true],
    ['two edits in a longer word', { app: 'frontend' }, { app: 'fronted' }, true],
    ['not a sibling by number', { app: 'web-1' }, { app: 'web-2' }, false],
    ['not a version', { app: 'web', version: 'v1' }, { app: 'web', version: 'v2' }, false],
    ['not a longer name', { app: 'web' }, { app: 'web-admin' }, false],
    ['not a truth value under another key', { canary: 'true' }, { stable: 'true' }, false],
    ['a telling value under another key', { app: 'web' }, { 'k8s-app': 'web' }, true],
    ['not a label too many', { app: 'web', tier: 'front' }, { app: 'web' }, false],
  ];
  for (const [title, selector, labels, credible] of cases)
    it(title, () => expect(nearest({ name: 'x', selector }, [pods('a', labels)])?.credible ?? false).toBe(credible));
});

describe('the nearest name is', () => {
  const cases: readonly [string, string, readonly string[], string | undefined][] = [
    ['a slip away', 'orders', ['oders', 'payments'], 'oders'],
    ['none where two are as near', 'orders', ['order', 'ordrs'], undefined],
    ['the nearer one of two', 'orders-api', ['ordres-api', 'oders-app'], 'ordres-api'],
    ['none of its own kind with another number', 'orders-1', ['orders-2'], undefined],
    ['none that has a word more', 'orders', ['orders-old'], undefined],
    ['not another short word', 'us-warehouse', ['uk-warehouse'], undefined],
    ['not another short word, be it of one letter of the first', 'us-warehouse', ['sa-warehouse'], undefined],
    ['not another short word, be it of the other letter', 'us-warehouse', ['mu-warehouse'], undefined],
    ['the short word the other way round', 'ai-warehouse', ['ia-warehouse'], 'ia-warehouse'],
    ['the short word with a letter too few', 'ts-warehouse', ['s-warehouse'], 's-warehouse'],
  ];
  for (const [title, wanted, names, expected] of cases)
    it(title, () => expect(nearestName(wanted, names)).toBe(expected));
});

const label = fc.stringMatching(/^[a-z]{1,6}$/);
const labels = fc.dictionary(label, label, { minKeys: 1, maxKeys: 4 });
const distance = fc.constantFrom<Distance>('namespace', 'other-namespace', 'other-scope');
const candidates = fc
  .array(fc.record({ name: label, labels, distance }), { maxLength: 6 })
  .map((items) => items.map((item, index) => ({ ...pods(`${item.name}-${index}`, item.labels, item.distance) })));

describe('properties', () => {
  it('labels that contain the selector cost nothing and differ in nothing', () => {
    fc.assert(
      fc.property(labels, labels, (selector, more) => {
        const comparison = compareLabels(selector, { ...more, ...selector });
        expect(comparison).toEqual({ differences: [], agreeing: Object.keys(selector).length, cost: 0 });
      }),
    );
  });

  it('labels that lack a pair cost something', () => {
    fc.assert(
      fc.property(labels, labels, (selector, other) => {
        const matches = Object.keys(selector).every((key) => other[key] === selector[key]);
        expect(compareLabels(selector, other).cost > 0).toBe(!matches);
      }),
    );
  });

  it('the order of the candidates does not matter', () => {
    fc.assert(
      fc.property(labels, label, candidates, (selector, name, items) => {
        expect(best(name, selector, [...items].reverse())).toBe(best(name, selector, items));
      }),
    );
  });

  it('keys that vary from pod to pod agree', () => {
    fc.assert(
      fc.property(labels, (selector) => {
        expect(compareLabels(selector, {}, Object.keys(selector)).differences).toEqual([]);
      }),
    );
  });
});

describe('a slip of the pen', () => {
  /** How many edits the values of one key are apart; undefined where the difference is meant. */
  const slip = (wanted: string, found: string) => {
    const [difference] = compareLabels({ app: wanted }, { app: found }).differences;
    return difference?.slight ? difference.cost : undefined;
  };
  const pairs: readonly (readonly [wanted: string, found: string, edits: number | undefined])[] = [
    // How many letters may differ goes by the length of the word.
    ['ab', 'ac', undefined],
    ['abc', 'abd', 1],
    ['abcde', 'abcxy', undefined],
    ['abcdef', 'abcdxy', 2],
    ['abcdefgh', 'abcdexyz', undefined],
    ['abcdefghi', 'abcdefxyz', 3],
    ['abcdefghij', 'abcdefwxyz', undefined],
    ['abcdefghijkl', 'abcdefghi', 3],
    ['abcdefghijklm', 'abcdefghi', undefined],
    // Words are compared one by one, and all together differ by no more than a single long one may.
    ['shop-auth', 'shop-user', undefined],
    ['catalog-backend', 'catlog-bakend', 2],
    ['catalog-backend', 'ctlog-bakcedn', undefined],
    ['webapp', 'web-app', 1],
    ['web-app', 'web_app', 1],
    ['we-bapp', 'web-app', 1],
    // Digits tell siblings apart.
    ['web-1', 'web-2', undefined],
    ['web1', 'web', undefined],
    // Words of two letters, in names that are told by their other words.
    ['tt-auth-service', 'ts-auth-service', 1],
    ['st-auth-service', 'ts-auth-service', 1],
    ['s-auth-service', 'ts-auth-service', 1],
    ['uk-auth-service', 'us-auth-service', undefined],
    ['us-auth-service', 'ts-auth-service', 1],
    ['v1-auth-service', 'v2-auth-service', undefined],
    ['tt-auths', 'ts-auths', 1],
    ['tt-auth', 'ts-auth', undefined],
  ]; // prettier-ignore
  for (const [wanted, found, edits] of pairs)
    it(`${wanted} for ${found}: ${edits ?? 'none'}`, () => {
      expect(slip(wanted, found)).toBe(edits);
      expect(slip(found, wanted)).toBe(edits);
    });

  it('may be in the key and in the value', () => {
    const { differences } = compareLabels({ appp: 'ledgr' }, { app: 'ledger', tier: 'front' });
    expect(differences.map(({ found, slight, cost }) => [found?.value, slight, cost])).toEqual([['ledger', true, 2]]);
  });

  it('is none of a name that only has as many letters and a sign in the same place', () => {
    expect(compareLabels({ app: 'web' }, { app: 'shop-web' }).cost).toBe(3);
    expect(compareLabels({ app: 'web' }, { app: 'shop-api' }).cost).toBe(8);
  });

  it('may be in a short value, where the rest names the application', () => {
    const slight = (selector: Labels, labels: Labels) => compareLabels(selector, labels).differences.map((each) => each.slight); // prettier-ignore
    expect(slight({ app: 'ledger', tier: 'eb' }, { app: 'ledger', tier: 'db' })).toEqual([true]);
    expect(slight({ app: 'ledger', tier: 'ui' }, { app: 'ledger', tier: 'db' })).toEqual([false]);
    expect(slight({ app: 'ledger', zone: 'uk' }, { app: 'ledger', zone: 'us' })).toEqual([false]);
    expect(slight({ app: 'ledger', tier: 'd1' }, { app: 'ledger', tier: 'db' })).toEqual([false]);
    expect(slight({ track: 'ledger', tier: 'eb' }, { track: 'ledger', tier: 'db' })).toEqual([false]);
    expect(slight({ app: 'ok', tier: 'eb' }, { app: 'ok', tier: 'db' })).toEqual([false]);
  });
});
