/** Settings: what is taken, what is refused, and that the schema that editors use says the same. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { knownCodes } from '#analysis/control/codes';
import { mergeSettings, readSettings, readSettingsFile } from '#manifest/index';
import { defaultSettings } from '#model/settings';
import { conforms, type Schema } from '../support/json-schema';

const node = { name: 'n1', addresses: ['10.0.0.1'], podCIDRs: ['10.1.0.0/24'] };

const valid: Record<string, unknown>[] = [
  {},
  { kubernetesVersion: '1.29' },
  { kubernetesVersion: 'v1.37.2' },
  { serviceCIDRs: ['10.0.0.0/16', 'fd00::/108'] },
  { nodePortRange: '30000-32767' },
  { clusterCIDRs: ['fd00::/48'] },
  { clusterDomain: 'Example.com.' },
  { nodes: [node, { ...node, name: 'n2', zone: 'z', region: 'r', labels: { a: 'b' } }] },
  { proxyMode: 'nftables' },
  { nodePortAddresses: ['10.0.0.0/8', '192.168.0.0/16'] },
  { nodePortAddresses: ['primary'] },
  { nodePortAddresses: ['localhost', 'all'] },
  { nodePortAddresses: [] },
  { masqueradeAll: true, masqueradeBit: 31, localhostNodePorts: false },
  { detectLocalMode: 'BridgeInterface', bridgeInterface: 'cni0' },
  { detectLocalMode: 'InterfaceNamePrefix', interfaceNamePrefix: 'veth' },
  { ipvsScheduler: 'sh' },
  { roots: ['deploy'], exclude: ['*.tmp.yaml', '!a'] },
  { roots: null },
  { rules: { 'target-port-undeclared': 'off', 'selector-matches-nothing': 'hint' } },
  { rules: { 'cannot-know': 'off' } },
  { rules: null },
  { charts: null, bases: ['deploy/base'] },
  { charts: { 'charts/web': null } },
  { charts: { 'charts/web': { release: 'w', namespace: 'shop', valueFiles: ['values-prod.yaml'], values: { a: { b: 1 } } } } },
  { charts: { 'charts/web': [{ name: 'dev', set: ['a.b=c'] }, { release: 'prod', kubernetesVersion: '1.34' }] } },
]; // prettier-ignore

/** With the path of the mistake. */
const invalid: [Record<string, unknown>, string][] = [
  [{ kubernetesversion: '1.37' }, 'kubernetesversion'],
  [{ kubernetesVersion: 1.37 }, 'kubernetesVersion'],
  [{ kubernetesVersion: '1.28' }, 'kubernetesVersion'],
  [{ kubernetesVersion: '2.0' }, 'kubernetesVersion'],
  [{ serviceCIDRs: '10.0.0.0/16' }, 'serviceCIDRs'],
  [{ serviceCIDRs: [] }, 'serviceCIDRs'],
  [{ serviceCIDRs: ['10.0.0.0'] }, 'serviceCIDRs[0]'],
  [{ nodePortRange: '30000' }, 'nodePortRange'],
  [{ nodePortRange: 30000 }, 'nodePortRange'],
  [{ clusterDomain: 'a..b' }, 'clusterDomain'],
  [{ clusterDomain: '' }, 'clusterDomain'],
  [{ nodes: 3 }, 'nodes'],
  [{ nodes: [] }, 'nodes'],
  [{ nodes: ['a'] }, 'nodes[0]'],
  [{ nodes: [{ name: 'n1', addresses: ['10.0.0.1'] }] }, 'nodes[0]'],
  [{ nodes: [{ ...node, name: 'N1' }] }, 'nodes[0].name'],
  [{ nodes: [{ ...node, podCidrs: [] }] }, 'nodes[0].podCidrs'],
  [{ nodes: [{ ...node, addresses: ['x'] }] }, 'nodes[0].addresses[0]'],
  [{ nodes: [{ ...node, labels: { a: 1 } }] }, 'nodes[0].labels.a'],
  [{ proxyMode: 'userspace' }, 'proxyMode'],
  [{ nodePortAddresses: 'primary' }, 'nodePortAddresses'],
  [{ masqueradeAll: 'yes' }, 'masqueradeAll'],
  [{ masqueradeBit: '14' }, 'masqueradeBit'],
  [{ localhostNodePorts: 1 }, 'localhostNodePorts'],
  [{ detectLocalMode: 'Bridge' }, 'detectLocalMode'],
  [{ interfaceNamePrefix: '' }, 'interfaceNamePrefix'],
  [{ roots: 'deploy' }, 'roots'],
  [{ exclude: [''] }, 'exclude[0]'],
  [{ rules: 'off' }, 'rules'],
  [{ rules: { 'target-port-undeclared': 'fatal' } }, 'rules.target-port-undeclared'],
  [{ rules: { 'cannot-know': 'error' } }, 'rules.cannot-know'],
  [{ rules: { 'selector-matches-nothin': 'off' } }, 'rules.selector-matches-nothin'],
  [{ bases: 'deploy/base' }, 'bases'],
  [{ charts: ['charts/web'] }, 'charts'],
  [{ charts: { web: 'values.yaml' } }, 'charts.web'],
  [{ charts: { web: ['values.yaml'] } }, 'charts.web[0]'],
  [{ charts: { web: { valuesFiles: [] } } }, 'charts.web.valuesFiles'],
  [{ charts: { web: { valueFiles: 'values.yaml' } } }, 'charts.web.valueFiles'],
  [{ charts: { web: { valueFiles: [''] } } }, 'charts.web.valueFiles[0]'],
  [{ charts: { web: { values: [] } } }, 'charts.web.values'],
  [{ charts: { web: { kubernetesVersion: '1.2' } } }, 'charts.web.kubernetesVersion'],
];

/** What no pattern of a schema can say. */
const invalidToTheReaderOnly: [Record<string, unknown>, string][] = [
  [{ masqueradeBit: 32 }, 'masqueradeBit'],
  [{ serviceCIDRs: ['10.0.0.0/16', '10.1.0.0/16'] }, 'serviceCIDRs'],
  [{ serviceCIDRs: ['300.0.0.0/16'] }, 'serviceCIDRs[0]'],
  [{ nodePortRange: '32767-30000' }, 'nodePortRange'],
  [{ nodes: [node, node] }, 'nodes[1].name'],
  [{ charts: { web: [{ name: 'a' }, { name: 'a' }] } }, 'charts.web[1].name'],
  [{ charts: { '../web': {} } }, 'charts[../web]'],
];

const pathsOf = (value: unknown) =>
  readSettings(value, knownCodes).problems.map(({ message }) => message.split(' ')[0]);

describe('readSettings', () => {
  it.each(valid)('takes %j', (value) => {
    expect(readSettings(value).problems).toEqual([]);
  });

  it.each([...invalid, ...invalidToTheReaderOnly])('refuses %j', (value, path) => {
    expect(pathsOf(value)).toEqual([path]);
  });

  it('leaves a wrong setting out and keeps the others', () => {
    expect(readSettings({ proxyMode: 'x', nodePortRange: '1-2', kubernetesVersion: 'v1.33.1' }).settings).toEqual({
      nodePortRange: { from: 1, to: 2 },
      kubernetesVersion: '1.33',
    });
    expect(readSettings({ nodes: [node, { ...node, name: 3 }] }).settings).toEqual({});
    expect(readSettings(undefined)).toEqual({ settings: {}, problems: [] });
    expect(readSettings([]).problems).toHaveLength(1);
    expect(readSettings({ toString: 1, __proto__: null }).problems).toHaveLength(1);
  });

  it('says what was meant', () => {
    expect(readSettings({ serviceCidr: [] }).problems[0]?.message).toBe(
      'serviceCidr is no setting; did you mean serviceCIDRs?',
    );
  });
});

describe('rules', () => {
  it('take off without quotes, which YAML 1.1 reads as false', () => {
    expect(readSettingsFile('rules:\n  yaml-depth: off\n')).toEqual({
      settings: { rules: { 'yaml-depth': 'off' } },
      problems: [],
    });
  });

  it('point at a code that nobody knows, and say which was meant', () => {
    const { problems } = readSettingsFile('rules:\n  yaml-dept: off\n', knownCodes);
    expect(problems.map(({ range, message }) => [range.start, message])).toEqual([
      [{ line: 1, character: 2 }, 'rules.yaml-dept is no rule; did you mean yaml-depth?'],
    ]);
  });
});

describe('the settings file', () => {
  it('shows mistakes at their places', () => {
    const { settings, problems } = readSettingsFile(
      'proxyMode: ipvs\nnodes:\n- name: n1\n  adresses: [x]\n  podCIDRs: [10.1.0.0/24]\nroots: [a]\n',
    );
    expect(settings).toEqual({ proxyMode: 'ipvs', roots: ['a'] });
    expect(
      problems.map(({ range, message }) => `${range.start.line + 1}:${range.start.character + 1} ${message}`),
    ).toEqual([
      '4:3 nodes[0].adresses is no setting; did you mean addresses?',
      '3:3 nodes[0] has to be a mapping with addresses',
    ]);
  });

  it('may be empty or broken', () => {
    expect(readSettingsFile('')).toEqual({ settings: {}, problems: [] });
    expect(readSettingsFile('# nothing\n---\n')).toEqual({ settings: {}, problems: [] });
    expect(readSettingsFile('a: b: c\n').problems[0]?.code).toBe('yaml-syntax');
  });
});

describe('mergeSettings', () => {
  it('lets the later part count, setting by setting', () => {
    const merged = mergeSettings(
      defaultSettings,
      { proxyMode: 'ipvs', roots: ['a'], masqueradeAll: true },
      { proxyMode: 'nftables', clusterDomain: undefined },
      { roots: ['b'] },
    );
    expect(merged).toEqual({
      cluster: {
        ...defaultSettings,
        proxyMode: 'nftables',
        masqueradeAll: true,
        said: new Set(['proxyMode', 'masqueradeAll']),
      },
      roots: ['b'],
      exclude: [],
      rules: {},
      charts: [],
      bases: [],
    });
  });

  it('lets the later part count rule by rule', () => {
    const merged = mergeSettings(
      defaultSettings,
      { rules: { 'yaml-syntax': 'off', 'yaml-depth': 'off' } },
      { roots: ['a'] },
      { rules: { 'yaml-depth': 'error' } },
    );
    expect(merged.rules).toEqual({ 'yaml-syntax': 'off', 'yaml-depth': 'error' });
    expect(merged.cluster).toEqual(defaultSettings);
  });
});

describe('charts', () => {
  it('are replaced chart by chart by what is said later', () => {
    const part = (value: object) => readSettings({ charts: value }).settings;
    const merged = mergeSettings(
      defaultSettings,
      part({ a: { release: 'one' }, b: { release: 'two' } }),
      part({ './b/': [{ name: 'x' }, { release: 'y' }] }),
    );
    expect(merged.charts.map(({ chart, name, release }) => [chart, name, release])).toEqual([
      ['a', undefined, 'one'],
      ['b', 'x', undefined],
      ['b', 'y', 'y'],
    ]);
  });

  it('know where their value files are named', () => {
    const text = 'charts:\n  web:\n    valueFiles:\n      - a.yaml\n      - b.yaml\n';
    const [chart] = readSettingsFile(text).settings.charts ?? [];
    expect([chart?.at?.chart, ...(chart?.at?.valueFiles ?? [])].map((range) => range?.start)).toEqual([
      { line: 1, character: 2 },
      { line: 3, character: 8 },
      { line: 4, character: 8 },
    ]);
  });
});

describe('the JSON schema', () => {
  const schema = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../docs/service-topology.schema.json'), 'utf8'),
  ) as Schema;
  const check = (value: unknown) => conforms(value, schema, schema);

  it.each(valid)('takes %j', (value) => expect(check(value)).toBe(true));
  it.each(invalid)('refuses %j', (value) => expect(check(value)).toBe(false));

  it('takes nothing at all', () => expect(check(null)).toBe(true));

  it('knows the same settings as the reader', () => {
    for (const key of Object.keys(schema.properties!)) {
      expect(readSettings({ [key]: Symbol() }).problems.map(({ part }) => part)).toEqual(['value']);
    }
    const unknown = readSettings({ '?': 1 }).problems[0]!.message;
    expect(unknown.split('known are ')[1]!.split(', ').sort()).toEqual(Object.keys(schema.properties!).sort());
  });
});
