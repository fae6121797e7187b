/** Ignores in the manifests: what they hide, and that they tell when they hide nothing. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ignoreFix } from '#analysis/control/ignore-edit';
import { ignoresOf } from '#analysis/control/ignores';
import { createWorkspace, type Workspace, type WorkspaceOptions } from '#analysis/workspace';
import { readManifest } from '#manifest/index';
import { defaultSettings } from '#model/settings';
import { deployment, service } from '../../support/manifests';

function workspaceOf(files: Readonly<Record<string, string>>, options: Partial<WorkspaceOptions> = {}): Workspace {
  const workspace = createWorkspace({ settings: defaultSettings, roots: [], ...options });
  for (const [path, text] of Object.entries(files)) workspace.setFile(path, text);
  workspace.update();
  return workspace;
}

const broken = (edit: (text: string) => string = (text) => text) =>
  `${edit(service('web', 'web'))}---\n${deployment('web', 'wbe')}`;
const code = 'selector-matches-nothing';

function seen(workspace: Workspace, path = 'web.yaml') {
  return {
    findings: workspace.findings(path).map((finding) => finding.code),
    problems: workspace.problems(path).map((problem) => `${problem.range.start.line} ${problem.code}`),
    ignored: workspace.ignored(path).map((ignored) => `${ignored.code}: ${ignored.reason}`),
  };
}

const hidden = (reason: string) => ({ findings: [], problems: [], ignored: [`${code}: ${reason}`] });

describe('an ignore', () => {
  it.each([
    ['beside the line', (text: string) => text.replace('app: web', `app: web # service-topology-ignore ${code} by and by`)],
    ['above the line', (text: string) => text.replace('    app: web', `    # service-topology-ignore ${code} by and by\n    app: web`)],
    ['above the line, with other comments between', (text: string) => text.replace('    app: web', `    # service-topology-ignore ${code}: by and by\n    # another\n\n    app: web`)],
    ['at the head of the document', (text: string) => `# service-topology-ignore ${code} by and by\n${text}`],
    ['at the head, under the licence', (text: string) => `# Copyright\n\n# service-topology-ignore ${code} – by and by\n# more\n${text}`],
    ['above the marker', (text: string) => `# service-topology-ignore ${code} by and by\n---\n${text}`],
    ['beside the marker', (text: string) => `--- # service-topology-ignore ${code} by and by\n${text}`],
    ['among several codes', (text: string) => `# service-topology-ignore ${code}, ignore-unused by and by\n${text}`.replace(', ignore-unused', '')],
    ['with Windows line ends', (text: string) => `# service-topology-ignore ${code} by and by\n${text}`.replaceAll('\n', '\r\n')],
    ['as an annotation', (text: string) => text.replace('  name: web', `  name: web\n  annotations:\n    service-topology.github.io/ignore: ${code} by and by`)],
    ['as one of an annotation', (text: string) => text.replace('  name: web', `  name: web\n  annotations:\n    service-topology.github.io/ignore: "${code} by and by;"`)],
  ])('%s hides the finding and keeps its reason', (_, edit) => {
    expect(seen(workspaceOf({ 'web.yaml': broken(edit) }))).toEqual(hidden('by and by'));
  }); // prettier-ignore

  it('needs no reason', () => {
    const text = broken((text) => `# service-topology-ignore ${code}\n${text}`);
    expect(seen(workspaceOf({ 'web.yaml': text }))).toEqual(hidden(''));
  });

  it.each([
    ['two lines above', (text: string) => text.replace('  selector:', `  # service-topology-ignore ${code}\n  selector:`)],
    ['at the head of another document', (text: string) => text.replace(/$/, `---\n# service-topology-ignore ${code}\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n`)],
    ['as the annotation of another object', (text: string) => text.replace(/$/, `---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations: {service-topology.github.io/ignore: ${code}}\n`)],
  ])('%s hides nothing and says so', (_, edit) => {
    const { findings, problems, ignored } = seen(workspaceOf({ 'web.yaml': broken(edit) }));
    expect(findings).toEqual([code]);
    expect(problems).toEqual([expect.stringMatching(/^\d+ ignore-unused$/)]);
    expect(ignored).toEqual([]);
  }); // prettier-ignore

  it('that no longer matches is told as a hint at its code', () => {
    const text = `${service('web', 'web')}---\n${deployment('web', 'web')}`;
    const workspace = workspaceOf({ 'web.yaml': `# service-topology-ignore ${code} old\n${text}` });
    expect(workspace.problems('web.yaml')).toEqual([
      {
        code: 'ignore-unused',
        severity: 'hint',
        message: `nothing to ignore: there is no ${code} in this document`,
        range: { start: { line: 0, character: 26 }, end: { line: 0, character: 26 + code.length } },
        document: -1,
      },
    ]);
  });

  it('of a code that nobody knows names the nearest', () => {
    const workspace = workspaceOf({ 'web.yaml': broken((text) => `# service-topology-ignore selector-matches-nothin\n${text}`) });
    expect(workspace.findings('web.yaml')).toHaveLength(1);
    expect(workspace.problems('web.yaml').map(({ code, severity, message }) => [code, severity, message])).toEqual([
      ['ignore-unknown-code', 'warning', `no finding has the code selector-matches-nothin; did you mean ${code}?`],
    ]);
  }); // prettier-ignore

  it('hides what the API server refuses, and what is wrong with the text', () => {
    const refused = service('web', 'web').replace('port: 80', 'port: 99999');
    const workspace = workspaceOf({ 'web.yaml': `# service-topology-ignore refused-by-api-server\n${refused}` });
    expect(seen(workspace)).toEqual({ findings: [], problems: [], ignored: ['refused-by-api-server: '] });
    const twice = service('web', 'web').replace('  namespace: shop', '  namespace: shop\n  namespace: shop # service-topology-ignore yaml-duplicate-key generated'); // prettier-ignore
    expect(seen(workspaceOf({ 'web.yaml': `${twice}---\n${deployment('web', 'web')}` }))).toEqual({
      findings: [],
      problems: [],
      ignored: ['yaml-duplicate-key: generated'],
    });
  });

  it('hides what cannot be known', () => {
    const orphan = service('web', 'web');
    expect(workspaceOf({ 'web.yaml': orphan }).unknowns('web.yaml')).toHaveLength(1);
    const workspace = workspaceOf({ 'web.yaml': `# service-topology-ignore cannot-know an operator makes them\n${orphan}` });
    expect(workspace.unknowns('web.yaml')).toEqual([]);
    expect(seen(workspace)).toEqual({ findings: [], problems: [], ignored: ['cannot-know: an operator makes them'] });
  }); // prettier-ignore

  it('is not called idle while it cannot be known whether it matches', () => {
    const text = `# service-topology-ignore ${code}\n${service('web', 'web')}`;
    expect(seen(workspaceOf({ 'web.yaml': text })).problems).toEqual([]);
  });

  it('in a document that cannot be read is not called idle', () => {
    const sound = `---\n${service('web', 'web')}---\n${deployment('web', 'web')}`;
    const half = `# service-topology-ignore ${code}\nkind: [\n`;
    expect(seen(workspaceOf({ 'web.yaml': half + sound })).problems.filter((line) => line.includes('ignore'))).toEqual([]);
    const template = `# service-topology-ignore ${code}\nkind: Service\nmetadata: {{ .Values.metadata }}\n`;
    expect(seen(workspaceOf({ 'web.yaml': template + sound })).problems).toEqual([]);
    const other = `# service-topology-ignore yaml-depth\na: 1\n`;
    expect(seen(workspaceOf({ 'web.yaml': other + sound })).problems).toEqual(['0 ignore-unused']);
  }); // prettier-ignore

  it('of what only a live cluster tells is not called idle in files', () => {
    const text = `# service-topology-ignore endpoints-differ\n${service('web', 'web')}---\n${deployment('web', 'web')}`;
    expect(seen(workspaceOf({ 'web.yaml': text })).problems).toEqual([]);
  });

  it('within quotes is none', () => {
    const text = broken((text) => text.replace('  name: web', `  name: web\n  annotations:\n    note: "a # service-topology-ignore ${code}"`)); // prettier-ignore
    expect(seen(workspaceOf({ 'web.yaml': text }))).toEqual({ findings: [code], problems: [], ignored: [] });
  });

  it('takes several codes, with commas or without', () => {
    const codes = (comment: string) =>
      ignoresOf(readManifest('a.yaml', `a: 1 # service-topology-ignore${comment}\n`)).map(
        ({ code, reason }) => `${code}|${reason}`,
      );
    expect(codes(' yaml-syntax, yaml-depth since it is so')).toEqual([
      'yaml-syntax|since it is so',
      'yaml-depth|since it is so',
    ]);
    expect(codes(' yaml-syntax yaml-depth: so')).toEqual(['yaml-syntax|so', 'yaml-depth|so']);
    expect(codes(': yaml-syntax')).toEqual(['yaml-syntax|']);
    expect(codes('')).toEqual([]);
    expect(codes('-file yaml-syntax')).toEqual([]);
  });

  it('in a base holds in each overlay', () => {
    const files = {
      'base/kustomization.yaml': 'resources: [web.yaml]\n',
      'base/web.yaml': broken((text) => `# service-topology-ignore ${code} known\n${text}`),
      'a/kustomization.yaml': 'resources: [../base]\nnamespace: a\n',
      'b/kustomization.yaml': 'resources: [../base]\nnamespace: b\n',
    };
    expect(seen(workspaceOf(files), 'base/web.yaml')).toEqual(hidden('known'));
  });

  it('follows each edit: incremental equals fresh', () => {
    const places = [
      (text: string) => text,
      (text: string) => `# service-topology-ignore ${code} a\n${text}`,
      (text: string) => text.replace('    app: web', `    app: web # service-topology-ignore ${code}`),
      (text: string) => text.replace('app: web', 'app: wbe'),
      (text: string) => `# service-topology-ignore ${code}\n${text.replace('app: web', 'app: wbe')}`,
    ];
    fc.assert(
      fc.property(fc.array(fc.nat(places.length - 1), { minLength: 1, maxLength: 6 }), (edits) => {
        const workspace = createWorkspace({ settings: defaultSettings, roots: [] });
        workspace.setFile('deployment.yaml', deployment('web', 'wbe'));
        let text = '';
        for (const edit of edits) {
          text = places[edit]!(service('web', 'web'));
          workspace.setFile('web.yaml', text);
          workspace.update();
        }
        const fresh = workspaceOf({ 'web.yaml': text, 'deployment.yaml': deployment('web', 'wbe') });
        expect(seen(workspace)).toEqual(seen(fresh));
      }),
    );
  });
});

describe('severities', () => {
  const files = { 'web.yaml': broken() };

  it('are those that the settings give', () => {
    const severities = (rules: WorkspaceOptions['rules']) =>
      workspaceOf(files, { rules: rules ?? {} }).findings('web.yaml').map(({ severity }) => severity);
    expect(severities({})).toEqual(['error']);
    expect(severities({ [code]: 'info' })).toEqual(['info']);
    expect(severities({ [code]: 'off' })).toEqual([]);
    expect(severities({ 'target-port-undeclared': 'off' })).toEqual(['error']);
  }); // prettier-ignore

  it('hold for what is wrong with a file and for ignores', () => {
    const text = `# service-topology-ignore ${code}\n${service('web', 'web')}---\n${deployment('web', 'web')}`;
    expect(workspaceOf({ 'web.yaml': text }, { rules: { 'ignore-unused': 'error' } }).problems('web.yaml')).toMatchObject([
      { code: 'ignore-unused', severity: 'error' },
    ]);
    expect(workspaceOf({ 'web.yaml': text }, { rules: { 'ignore-unused': 'off' } }).problems('web.yaml')).toEqual([]);
    expect(workspaceOf({ 'a.yaml': 'a: [' }, { rules: { 'yaml-syntax': 'off' } }).problems('a.yaml')).toEqual([]);
  }); // prettier-ignore

  it('leave an ignore of a rule that is off alone', () => {
    const text = broken((text) => `# service-topology-ignore ${code}\n${text}`);
    expect(seen(workspaceOf({ 'web.yaml': text }, { rules: { [code]: 'off' } }))).toEqual({
      findings: [],
      problems: [],
      ignored: [],
    });
  });

  it('can hide what cannot be known', () => {
    const workspace = workspaceOf({ 'web.yaml': service('web', 'web') }, { rules: { 'cannot-know': 'off' } });
    expect(workspace.unknowns('web.yaml')).toEqual([]);
  });

  it('keep findings by identity where an edit does not touch them', () => {
    const workspace = workspaceOf(files, { rules: { [code]: 'info' } });
    const [before] = workspace.findings('web.yaml');
    workspace.setFile('other.txt.yaml', 'a: 1\n');
    workspace.update();
    expect(workspace.findings('web.yaml')[0]).toBe(before);
  });
});

describe('the fix that ignores', () => {
  it.each([
    ['\n', broken()],
    ['\r\n', broken().replaceAll('\n', '\r\n')],
    ['\n', broken((text) => `${text.replace(/$/, '')}`).replace('      port: 80', '      port: 99999')],
  ])('writes a comment above the line, with %j behind it, and hides the finding', (end, text) => {
    const workspace = workspaceOf({ 'web.yaml': text });
    const [finding] = workspace.findings('web.yaml');
    const [edit] = ignoreFix(finding!, workspace.file('web.yaml'))!.edits;
    const lines = text.split(end);
    const indent = /^ */.exec(lines[edit!.range.start.line]!)![0];
    expect(edit!.newText).toBe(`${indent}# service-topology-ignore ${finding!.code}${end}`);
    lines.splice(edit!.range.start.line, 0, edit!.newText.trimEnd());
    expect(seen(workspaceOf({ 'web.yaml': lines.join(end) }))).toEqual({
      findings: [],
      problems: [],
      ignored: [`${finding!.code}: `],
    });
  });

  it('is none in JSON', () => {
    const place = { file: 'a.json', range: { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } } };
    expect(ignoreFix({ code, place }, readManifest('a.json', '{}'))).toBeUndefined();
    expect(ignoreFix({ code, place: { ...place, file: 'a.yaml' } }, readManifest('a.yaml', '{}'))).toBeUndefined();
  });
});
