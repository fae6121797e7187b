/** The settings file after value files were chosen: what else stands there stays. */

import { describe, expect, it } from 'vitest';
import { readSettingsFile, withValueFiles } from '#manifest/index';

function chosen(text: string, chart: string, valueFiles: readonly string[], release?: string): string {
  const made = withValueFiles(text, { chart, release, valueFiles });
  return 'text' in made ? made.text : `error: ${made.error}`;
}

describe('value files', () => {
  it.each([
    ['', 'charts/shop', 'charts:\n  charts/shop:\n    valueFiles: [values-prod.yaml]\n'],
    ['# ours\nroots: [deploy] # one\n', '', '# ours\nroots: [deploy] # one\ncharts:\n  .:\n    valueFiles: [values-prod.yaml]\n'],
    ['charts:\n  ./shop/: # the shop\n    namespace: shop\n', 'shop', 'charts:\n  ./shop/:\n    # the shop\n    namespace: shop\n    valueFiles: [values-prod.yaml]\n'],
    ['charts:\n  shop:\n', 'shop', 'charts:\n  shop:\n    valueFiles: [values-prod.yaml]\n'],
  ])('are written into %j', (before, chart, after) => {
    const text = chosen(before, chart, ['values-prod.yaml']);
    expect(text).toBe(after);
    const { settings, problems } = readSettingsFile(text);
    expect(problems).toEqual([]);
    expect(settings.charts).toMatchObject([{ chart, valueFiles: ['values-prod.yaml'] }]);
  }); // prettier-ignore

  it('are those of the release that is meant', () => {
    const before = 'charts:\n  shop:\n    - name: dev\n      valueFiles: [values-dev.yaml]\n    - name: prod\n';
    const text = chosen(before, 'shop', ['values.yaml', 'b.yaml'], 'prod');
    expect(readSettingsFile(text).settings.charts).toMatchObject([
      { name: 'dev', valueFiles: ['values-dev.yaml'] },
      { name: 'prod', valueFiles: ['values.yaml', 'b.yaml'] },
    ]);
    expect(chosen(before, 'shop', [], 'test')).toMatch(/^error: it lists releases of shop/);
  });

  it('are taken out again', () => {
    const text = chosen('charts:\n  shop:\n    valueFiles: [a.yaml]\n    release: web\n', 'shop', []);
    expect(readSettingsFile(text).settings.charts).toMatchObject([{ valueFiles: [], release: 'web' }]);
  });

  it.each(['charts: [', '- a\n'])('are not written into %j', (text) => {
    expect(chosen(text, 'shop', ['a.yaml'])).toMatch(/^error: /);
  });
});
