/** What kustomize and Helm render, on the command line: the built program with the built engines. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deployment, folderOf, run, service } from '../support/program';
import { haveEngines } from '../render/support';

/** A machine without Go builds none: what depends on them is left out there. */

const overlay = {
  'base/kustomization.yaml': 'resources: [web.yaml]\n',
  'base/web.yaml': `${service('web', 'web')}---\n${deployment('web', 'web')}`,
  'dev/kustomization.yaml': 'resources: [../base]\nnamePrefix: dev-\npatches:\n  - path: patch.yaml\n',
  'dev/patch.yaml':
    'apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec:\n  selector:\n    app: wbe\n',
};
const chart = {
  'chart/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n',
  'chart/values.yaml': 'app: wbe\n',
  'chart/templates/service.yaml':
    'apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ include "name" . }}\nspec:\n  selector:\n    app: {{ .Values.app }}\n  ports: [{port: 80}]\n',
  'chart/templates/_helpers.tpl': '{{ define "name" }}{{ .Release.Name }}-web{{ end }}',
};

describe.skipIf(!haveEngines())('rendered scopes', () => {
  it('are what is checked, and traced, and printed', () => {
    const folder = folderOf({ ...overlay, ...chart });
    const checked = run(['check', folder]);
    expect(checked.status).toBe(1);
    expect(checked.stdout).toContain('Service shop/dev-web selects no pod');
    expect(run(['get', 'services', folder, '--scope', 'dev']).stdout).toMatch(/^shop +dev-web/m);
    expect(run(['trace', folder, '--scope', 'dev', '--from', 'deployment shop/dev-web', '--to', 'dev-web.shop']).stdout).toContain('REFUSED'); // prettier-ignore
    const printed = run(['render', folder, '--scope', 'chart']);
    expect(printed.stdout).toBe(
      '---\n# Source: shop/templates/service.yaml\napiVersion: v1\nkind: Service\nmetadata:\n  name: shop-web\nspec:\n  selector:\n    app: wbe\n  ports: [{port: 80}]\n',
    );
  });

  it('are asked about by their own folder, whose base is read where it is and not changed from there', () => {
    const folder = folderOf({ ...overlay, 'other/kustomization.yaml': 'resources: [../base]\n' });
    const checked = run(['check', join(folder, 'dev')]);
    expect(checked.stdout).toContain('Service shop/dev-web selects no pod');
    expect(checked.stdout).toContain(`${join(folder, 'dev/patch.yaml')}\n`);
    expect(checked.stdout).toContain('of 1 scope (4 files');
    expect(run(['get', 'services', '.'], { cwd: join(folder, 'dev') }).stdout).toMatch(/^shop +dev-web/m);
    expect(run(['check', join(folder, 'dev'), '--fix']).stdout).toContain('dev/patch.yaml');
    expect(readFileSync(join(folder, 'dev/patch.yaml'), 'utf8')).toContain('app: web');
    // What is wrong in the base is told, and left for whoever asks about all that read it.
    writeFileSync(join(folder, 'base/web.yaml'), overlay['base/web.yaml'].replace('app: web', 'app: wbe'));
    writeFileSync(join(folder, 'dev/patch.yaml'), 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec: {replicas: 2}\n'); // prettier-ignore
    const left = run(['check', join(folder, 'dev'), '--fix']).stdout;
    expect(left).toContain('Nothing could be fixed.');
    expect(left).toContain('base/web.yaml\n');
  });

  it('are left alone where the user says so', () => {
    const folder = folderOf(overlay);
    expect(run(['check', folder, '--no-render']).stdout).not.toContain('dev-web');
    expect(run(['get', 'services', folder, '--no-render']).stdout).toMatch(/^shop +web/m);
    expect(run(['render', folder, '--no-render']).stderr).toContain('render does not go with --no-render');
  });

  it('tells what an engine refuses, and checks the files all the same', () => {
    const folder = folderOf({
      ...chart,
      ...overlay,
      'dev/patch.yaml': overlay['dev/patch.yaml'].replace('name: web', 'name: none'),
      'chart/templates/broken.yaml': 'apiVersion: v1\n\nkind: {{ fail "no kind today" }}\n',
    });
    const { stdout, status } = run(['check', folder]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/broken\.yaml\n +3:\d+ +error +Helm does not render chart: .*no kind today/);
    expect(stdout).toMatch(/error +kustomize does not render dev: .*no matches for Id/);
    const rendered = run(['render', folder, '--scope', 'chart']);
    expect(rendered).toMatchObject({ status: 2, stdout: '' });
    expect(rendered.stderr).toContain('no kind today');
  });

  it('are wrong where they differ, when the line that they share is right in the others', () => {
    const port = (name: string) =>
      `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec:\n  template:\n    spec:\n      containers:\n        - name: main\n          ports:\n            - name: ${name}\n              containerPort: 8080\n`;
    const files = {
      'base/kustomization.yaml': 'resources: [web.yaml]\n',
      'base/web.yaml': `${service('web', 'web')}---\n${deployment('web', 'web')}`,
      'dev/kustomization.yaml': 'resources: [../base]\nnamePrefix: dev-\npatches: [{path: ports.yaml}]\n',
      'dev/ports.yaml': port('http'),
      'prod/kustomization.yaml': 'resources: [../base]\nnamePrefix: prod-\npatches: [{path: ports.yaml}]\n',
      'prod/ports.yaml': port('web'),
    };
    const folder = folderOf(files);
    const { findings } = JSON.parse(run(['check', folder, '--format', 'json']).stdout) as {
      findings: { code: string; file: string; related: { file: string; message: string }[] }[];
    };
    expect(findings.map(({ code, file }) => [code, file])).toEqual([
      ['target-port-name-unknown', `${folder}/prod/ports.yaml`],
    ]);
    expect(findings[0]?.related[0]).toMatchObject({
      file: `${folder}/base/web.yaml`,
      message: 'This is shared with dev, and right there',
    });
    run(['check', folder, '--fix']);
    expect(readFileSync(join(folder, 'prod/ports.yaml'), 'utf8')).toBe(port('http'));
    expect(run(['check', folder]).status).toBe(0);
    // Wrong in both, it is the line's fault that both have.
    writeFileSync(join(folder, 'dev/ports.yaml'), port('admin'));
    writeFileSync(join(folder, 'prod/ports.yaml'), port('web'));
    expect(run(['check', folder]).stdout).toMatch(/base\/web\.yaml\n[^\n]*target-port-name-unknown/);
  });

  it('of one chart with other values are compared, and what is wrong in one is told at its values', () => {
    const folder = folderOf({
      '.service-topology.yaml':
        'charts:\n  shop:\n    - {name: dev, valueFiles: [values-dev.yaml]}\n    - {name: prod, valueFiles: [values-prod.yaml]}\n',
      'shop/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n',
      'shop/values.yaml': 'app: none\n',
      'shop/values-dev.yaml': 'app: web\n',
      'shop/values-prod.yaml': 'app: wbe\n',
      'shop/templates/web.yaml': `${service('web', 'web')}---\n${deployment('web', '{{ .Values.app }}')}---\n${deployment('front', 'front')}`,
    });
    const request = 'deployment shop/front -> http://web';
    const { stdout, status } = run(['diff', folder, '--scope', 'shop (dev)', '--against', 'shop (prod)', '--request', request]); // prettier-ignore
    expect(stdout).toMatch(/Service shop\/web differs\n +endpoints: 2 .* → none/);
    expect(stdout).toMatch(/DELIVERED[^\n]* → [^\n]*REFUSED/);
    expect(status).toBe(1);
    const checked = run(['check', folder]).stdout;
    expect(checked).toMatch(/values-prod\.yaml\n +1:1 +error +Service shop\/web selects no pod/);
    expect(checked).toContain('This is shared with shop (dev), and right there');
    expect(checked).toContain('1 error in 6 objects of 2 scopes');
  });

  it('are mended where the text stands that was rendered: a patch, a patch within a kustomization, a value, a template', () => {
    const app = (selector: string) => `${service('web', selector)}---\n${deployment('web', 'web')}`;
    const chart = 'apiVersion: v2\nname: shop\nversion: 1.0.0\n';
    const wrong = {
      'patched/patch.yaml':
        'apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {selector: {app: wbe}} # why\n',
      'inline/kustomization.yaml':
        'resources: [../base]\npatches:\n  - target: {kind: Service}\n    patch: |-\n      - op: replace\n        path: /spec/selector/app\n        value: wbe\n',
      'valued/values.yaml': '# ours\napp: wbe\n',
      'literal/templates/web.yaml': app('wbe').replace('replicas: 2', 'replicas: {{ .Values.count }}'),
    };
    const folder = folderOf({
      ...wrong,
      'base/kustomization.yaml': 'resources: [web.yaml]\n',
      'base/web.yaml': app('web'),
      'patched/kustomization.yaml': 'resources: [../base]\npatches: [{path: patch.yaml}]\n',
      'valued/Chart.yaml': chart,
      'valued/templates/web.yaml': app('{{ .Values.app }}'),
      'literal/Chart.yaml': chart,
      'literal/values.yaml': 'count: 2\n',
    });
    expect(run(['check', folder, '--fix']).stdout).toContain('Nothing found');
    for (const [path, text] of Object.entries(wrong))
      expect(readFileSync(join(folder, path), 'utf8'), path).toBe(text.replace('wbe', 'web'));
  });

  it('are found by name', () => {
    const { stderr } = run(['render', folderOf({ ...overlay, ...chart })]);
    expect(stderr).toContain(
      'there are 2 kustomizations and charts: choose one with --scope NAME; there are:\n  chart\n  dev\n',
    );
    expect(run(['render', folderOf({ 'a.yaml': service('web', 'web') })]).stderr).toContain(
      'no kustomization or chart there',
    );
  });
});
