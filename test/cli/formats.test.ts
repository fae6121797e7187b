/** The formats that other programs read: SARIF, JUnit XML, GitHub's annotations. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { conforms } from '../support/json-schema';
import { deployment, folderOf, run, service } from '../support/program';
import { sarifSchema } from '../support/sarif-schema';

const broken = `${service('web', 'web')}---\n${deployment('web', 'wbe')}`;
const code = 'selector-matches-nothing';

interface Log {
  readonly $schema: string;
  readonly version: string;
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly Rule[] } };
    readonly columnKind: string;
    readonly invocations: readonly { readonly executionSuccessful: boolean }[];
    readonly results: readonly Result[];
  }[];
}
interface Rule {
  readonly id: string;
  readonly shortDescription: { readonly text: string };
  readonly fullDescription: { readonly text: string };
  readonly help: { readonly text: string; readonly markdown: string };
  readonly helpUri: string;
  readonly defaultConfiguration: { readonly level: string };
}
interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly unknown[];
  readonly relatedLocations: readonly unknown[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly suppressions: readonly { readonly kind: string; readonly justification?: string }[];
}

function sarif(files: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const folder = folderOf(files);
  return JSON.parse(run(['check', '.', '--format', 'sarif', ...args], { cwd: folder }).stdout) as Log;
}

describe('SARIF', () => {
  it('is as the published schema says, whatever there is to tell', () => {
    const files = {
      'k8s/my web.yaml': broken,
      'k8s/ignored.yaml': service('other', 'nobody # service-topology-ignore selector-matches-nothing made elsewhere'),
      'k8s/broken.yaml': 'a: [1\nb: "2\n',
      'k8s/odd.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: "<&>\\u0007"}\n',
      '.service-topology.yaml': 'rules: {no-such: error}\n',
    };
    const log = sarif(files);
    expect(log.runs[0]!.results.length).toBeGreaterThan(4);
    expect(conforms(log, sarifSchema, sarifSchema)).toBe(true);
    // The check is one that can fail.
    expect(conforms({ ...log, runs: [{ ...log.runs[0], result: [] }] }, sarifSchema, sarifSchema)).toBe(false);
  });

  it('has what code-scanning services ask for', () => {
    const log = sarif({ 'k8s/my web.yaml': broken });
    expect(log.version).toBe('2.1.0');
    expect(log.$schema).toContain('sarif-2.1.0');
    const [found] = log.runs;
    expect(found!.columnKind).toBe('utf16CodeUnits');
    expect(found!.invocations).toMatchObject([{ executionSuccessful: true }]);
    const [result] = found!.results;
    expect(result).toMatchObject({
      ruleId: code,
      ruleIndex: 0,
      level: 'error',
      message: { text: expect.stringMatching(/^Service shop\/web selects no pod\n[^]*fix: Change the selector/) },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'k8s/my%20web.yaml', uriBaseId: '%SRCROOT%' },
            region: { startLine: 8, startColumn: 5, endLine: 8, endColumn: 13 },
          },
          logicalLocations: [{ fullyQualifiedName: 'Service shop/web' }],
        },
      ],
      relatedLocations: [{ id: 0, message: { text: 'Deployment shop/web has app: wbe' } }],
      suppressions: [],
    });
    expect(Object.values(result!.partialFingerprints)).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
  });

  it('explains each rule', () => {
    const [rule, ...more] = sarif({ 'web.yaml': broken }).runs[0]!.tool.driver.rules;
    expect(more).toEqual([]);
    expect(rule).toMatchObject({ id: code, defaultConfiguration: { level: 'error' } });
    expect(rule!.helpUri).toMatch(/^https:\/\/.*selector-matches-nothing/);
    expect(rule!.shortDescription.text).toMatch(/^The Service has a selector, and no pod template .*\.$/);
    expect(rule!.help.markdown).toContain('## Why');
    expect(rule!.help.text).toMatch(/Why\n\nA selector matches a pod/);
    expect(rule!.help.text).not.toMatch(/[*`]/);
  });

  it('has each rule that a result names, at the index that it says', () => {
    const ignored = `# service-topology-ignore yaml-depth\n${broken}`;
    const { tool, results } = sarif({ 'web.yaml': ignored, 'bad.yaml': 'a: [' }).runs[0]!;
    expect(results.map(({ ruleId }) => ruleId).sort()).toEqual(['ignore-unused', code, 'yaml-syntax'].sort());
    for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex]!.id).toBe(ruleId);
    for (const { help, shortDescription } of tool.driver.rules) expect([help.text, shortDescription.text]).not.toContain('');
  });

  it('keeps a fingerprint when lines move, and tells the same finding of two files apart', () => {
    const prints = (files: Readonly<Record<string, string>>) =>
      sarif(files).runs[0]!.results.flatMap(({ partialFingerprints }) => Object.values(partialFingerprints));
    const before = prints({ 'web.yaml': broken });
    expect(prints({ 'web.yaml': `# moved\n\n${broken}` })).toEqual(before);
    expect(prints({ 'web.yaml': broken.replaceAll(': web', ': wob') })).not.toEqual(before);
    expect(new Set(prints({ 'a/web.yaml': broken, 'b/web.yaml': broken })).size).toBe(2);
  });

  it('has what is ignored or known as suppressed', () => {
    const text = broken.replace('app: web\n', `app: web # service-topology-ignore ${code} by an operator\n`);
    const [result] = sarif({ 'web.yaml': text }).runs[0]!.results;
    expect(result!.suppressions).toMatchObject([
      { kind: 'inSource', justification: 'by an operator', location: { physicalLocation: { region: { startLine: 8 } } } },
    ]);
    const folder = folderOf({ 'web.yaml': broken });
    run(['check', '.', '--write-baseline', 'b.json'], { cwd: folder });
    const { stdout } = run(['check', '.', '--baseline', 'b.json', '--format', 'sarif'], { cwd: folder });
    expect((JSON.parse(stdout) as Log).runs[0]!.results[0]!.suppressions).toMatchObject([{ kind: 'external' }]);
  });

  it('of nothing found is a run without results', () => {
    const log = sarif({ 'web.yaml': broken.replaceAll('wbe', 'web') });
    expect(log.runs).toMatchObject([{ results: [], tool: { driver: { rules: [] } } }]);
  });
}); // prettier-ignore

describe('JUnit XML', () => {
  it('has a suite a file: errors fail, the rest passes, what is ignored is skipped', () => {
    const folder = folderOf({
      'a/web.yaml': broken,
      'b/web.yaml': broken.replace('app: web\n', `app: web # service-topology-ignore ${code} "so" <there>\n`),
      'c/web.yaml': `# service-topology-ignore yaml-depth\n${broken.replaceAll('wbe', 'web')}`,
      'd/web.yaml': broken.replaceAll('wbe', 'web'),
    });
    const { status, stdout } = run(['check', '.', '--format', 'junit'], { cwd: folder });
    expect(status).toBe(1);
    expect(stdout).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites name="service-topology check" tests="4" failures="1" errors="0">\n/);
    expect(stdout).toContain('<testsuite name="a/web.yaml" tests="1" failures="1" errors="0" skipped="0">');
    expect(stdout).toContain(`<testcase name="${code} at 8:5: Service shop/web selects no pod" classname="a/web.yaml">`);
    expect(stdout).toContain(`<failure type="${code}" message="Service shop/web selects no pod">a/web.yaml:8:5 error ${code}\n`);
    expect(stdout).toContain('<skipped message="ignored: &quot;so&quot; &lt;there&gt;"/>');
    expect(stdout).toMatch(/classname="c\/web\.yaml">\n +<system-out>c\/web\.yaml:1:27 hint ignore-unused\n/);
    expect(stdout).toContain('<testcase name="nothing found" classname="d/web.yaml"/>');
    expect(tagsOf(stdout)).toEqual([]);
  });

  it('has no character that XML has no form for', () => {
    const folder = folderOf({ 'a\u0001&.yaml': broken });
    const { stdout } = run(['check', '.', '--format', 'junit'], { cwd: folder });
    expect(stdout).toContain('<testsuite name="a\ufffd&amp;.yaml"');
    expect(stdout).not.toContain('\u0001');
  });
}); // prettier-ignore

/** Elements that are open at the end: of a well-formed text none. */
function tagsOf(xml: string): string[] {
  const open: string[] = [];
  for (const [, close, name, empty] of xml.matchAll(/<(\/?)([a-z-]+)(?:\s[a-z]+="[^"<]*")*\s*(\/?)>/g)) {
    if (close) expect(open.pop()).toBe(name);
    else if (!empty) open.push(name!);
  }
  return open;
}

describe('GitHub annotations', () => {
  it('are commands with their place, escaped as the runner reads them', () => {
    const folder = folderOf({ 'a,b/100%:web.yaml': broken });
    const { status, stdout } = run(['check', '.', '--format', 'github'], { cwd: folder });
    expect(status).toBe(1);
    expect(stdout.split('\n')).toHaveLength(2);
    expect(stdout).toMatch(/^::error file=a%2Cb\/100%25%3Aweb\.yaml,line=8,endLine=8,col=5,endColumn=13,title=selector-matches-nothing::Service shop\/web selects no pod%0A.*%0Afix: Change the selector to app: wbe\n$/);
  });

  it('take paths from the root of the checkout, wherever the step works', () => {
    const folder = folderOf({ 'k8s/web.yaml': broken });
    process.env.GITHUB_WORKSPACE = folder;
    onTestFinished(() => void delete process.env.GITHUB_WORKSPACE);
    const { stdout } = run(['check', '.', '--format', 'github'], { cwd: `${folder}/k8s` });
    expect(stdout).toMatch(/^::error file=k8s\/web\.yaml,/);
  });

  it('are warnings and notices for what is less grave, and nothing where nothing is found', () => {
    const check = (rules: string) =>
      run(['check', '.', '--format', 'github'], { cwd: folderOf({ 'web.yaml': broken, '.service-topology.yaml': rules }) });
    expect(check(`rules: {${code}: warning}`).stdout).toMatch(/^::warning file=web\.yaml,/);
    expect(check(`rules: {${code}: info}`).stdout).toMatch(/^::notice file=web\.yaml,/);
    expect(check(`rules: {${code}: "off"}`)).toMatchObject({ status: 0, stdout: '' });
  });
}); // prettier-ignore
