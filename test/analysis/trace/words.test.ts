/** Verdicts, shares and symptoms. */

import { describe, expect, it } from 'vitest';
import { printShare, sumOutcomes, symptomOf, verdictOf, type WeightedOutcome } from '#analysis/trace/words';

const to = (pod: string, probability: number): WeightedOutcome => ({
  kind: 'delivered',
  pod,
  port: 8080,
  source: 'outside',
  probability,
});
const refused = (probability: number): WeightedOutcome => ({ kind: 'refused', reason: 'no endpoints', probability });

describe('verdicts', () => {
  it('says always only of failures', () => {
    expect(verdictOf([to('a', 0.5), to('b', 0.5)])).toBe('DELIVERED');
    expect(verdictOf([refused(1)])).toBe('REFUSED, always');
    expect(verdictOf([{ kind: 'unresolved', reason: '', probability: 1 }])).toBe('NAME NOT RESOLVED, always');
  });

  it('gives shares, the greatest first', () => {
    expect(verdictOf([refused(1 / 3), to('a', 1 / 3), to('b', 1 / 3)])).toBe('DELIVERED 2/3, REFUSED 1/3');
  });
});

describe('shares', () => {
  it.each([
    [1, '1'],
    [0.5, '1/2'],
    [0.3333333335, '1/3'],
    [2 / 7, '2/7'],
    [1 / 199, '1/199'],
    [0.123456, '12.3 %'],
    [0.00001, '< 0.1 %'],
  ])('%d is %s', (share, text) => expect(printShare(share)).toBe(text));
});

it('sums up equal outcomes and orders them by their share', () => {
  const sums = sumOutcomes([refused(0.2), to('a', 0.25), to('b', 0.35), refused(0.2)]);
  expect(sums.map(({ kind, probability }) => [kind, probability])).toEqual([
    ['refused', 0.4],
    ['delivered', 0.35],
    ['delivered', 0.25],
  ]);
});

it('tells what the client sees, by protocol', () => {
  expect(symptomOf([refused(1)], 'TCP')).toBe('connection refused, at once');
  expect(symptomOf([refused(1)], 'UDP')).toContain('ICMP');
  expect(symptomOf([refused(0.25), to('a', 0.75)], 'TCP')).toMatch(/^3\/4: .*; 1\/4: connection refused, at once$/);
});
