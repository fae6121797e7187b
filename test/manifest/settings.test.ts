/** Settings: what is taken, what is refused, and that the schema that editors use says the same. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mergeSettings, readSettings, readSettingsFile } from '#manifest/index';
import { defaultSettings } from '#model/settings';

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
];

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
];

/** What no pattern of a schema can say. */
const invalidToTheReaderOnly: [Record<string, unknown>, string][] = [
  [{ masqueradeBit: 32 }, 'masqueradeBit'],
  [{ serviceCIDRs: ['10.0.0.0/16', '10.1.0.0/16'] }, 'serviceCIDRs'],
  [{ serviceCIDRs: ['300.0.0.0/16'] }, 'serviceCIDRs[0]'],
  [{ nodePortRange: '32767-30000' }, 'nodePortRange'],
  [{ nodes: [node, node] }, 'nodes[1].name'],
];

const pathsOf = (value: unknown) => readSettings(value).problems.map(({ message }) => message.split(' ')[0]);

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
    });
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

/** The words of JSON schema that ours uses. */
interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  required?: string[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  definitions?: Record<string, Schema>;
  $schema?: string;
  title?: string;
  description?: string;
}

function conforms(value: unknown, schema: Schema, root: Schema): boolean {
  if (schema.$ref !== undefined) return conforms(value, root.definitions![schema.$ref.split('/')[2]!]!, root);
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  if (schema.type !== undefined && ![schema.type].flat().includes(type)) return false;
  if (schema.enum && !schema.enum.includes(value)) return false;
  if ('const' in schema && schema.const !== value) return false;
  if (schema.anyOf && !schema.anyOf.some((option) => conforms(value, option, root))) return false;
  if (schema.oneOf && schema.oneOf.filter((option) => conforms(value, option, root)).length !== 1) return false;
  if (typeof value === 'string') {
    if (value.length < (schema.minLength ?? 0) || value.length > (schema.maxLength ?? Infinity)) return false;
    return schema.pattern === undefined || new RegExp(schema.pattern, 'u').test(value);
  }
  if (Array.isArray(value)) {
    if (value.length < (schema.minItems ?? 0) || value.length > (schema.maxItems ?? Infinity)) return false;
    return value.every((item) => !schema.items || conforms(item, schema.items, root));
  }
  return typeof value !== 'object' || value === null || membersConform(value, schema, root);
}

function membersConform(value: object, schema: Schema, root: Schema): boolean {
  if (schema.required?.some((key) => !Object.hasOwn(value, key))) return false;
  return Object.entries(value).every(([key, member]) => {
    const known = schema.properties?.[key];
    if (known) return conforms(member, known, root);
    const others = schema.additionalProperties;
    return typeof others === 'object' ? conforms(member, others, root) : others !== false;
  });
}
