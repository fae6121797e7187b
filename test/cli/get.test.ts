/** `get` for people, against the tables that the real API server gave for the same objects. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { durationText } from '../../src/cli/kubectl-text';
import { lookupKinds, tableOf, type LookupKind } from '../../src/cli/lookup';
import { clusterOf, clusterOfText } from '../simulation/cluster';
import { readCase } from '../simulation/controllers/golden';
import { deployment, folderOf, run, service } from '../support/program';

interface RecordedTable {
  readonly columns: readonly string[];
  /** Of a kind with namespaces: the namespace, then the cells. */
  readonly rows: readonly (readonly (string | number)[])[];
}

/** What depends on the clock, or on what the recording left out. */
const unknownColumns = new Set(['AGE', 'DURATION']);

describe.each(['tables', 'pod-states'])('the objects of the case %s', (name) => {
  const { given, cluster } = readCase(`controllers/${name}`);
  const observed = new Set(['Node', 'Service', 'EndpointSlice', 'Endpoints', 'Pod']);
  const controlPlane = clusterOf([...cluster, ...given.filter((object) => !observed.has(object.kind))]);
  const file = new URL(`../golden/controllers/${name}/tables.json`, import.meta.url);
  const recorded = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, RecordedTable>>;

  it.each(Object.keys(recorded))('%s print as the real server prints them', (kind) => {
    const [header = [], ...rows] = tableOf(kind as LookupKind, controlPlane, 0);
    const { columns, rows: theirs } = recorded[kind]!;
    const names = columns.map((column) => column.toUpperCase());
    const scoped = header[0] === 'NAMESPACE';
    expect(header).toEqual(scoped ? ['NAMESPACE', ...names] : names);
    const withoutClock = (row: readonly (string | number)[]) =>
      row.map((cell, i) => (unknownColumns.has(header[i] ?? '') ? '' : header[i] === 'VERSION' && cell === '' ? '<unknown>' : String(cell))); // prettier-ignore
    // A Deployment's ReplicaSets are not among our objects.
    const ownName = (row: readonly (string | number)[]) => kind !== 'replicasets' || row[1] === 'set';
    expect(rows.map(withoutClock)).toEqual(theirs.filter(ownName).map(withoutClock));
  });
});

describe('an age', () => {
  it.each([
    [0, '0s'], [119, '119s'], [120, '2m'], [125, '2m5s'], [600, '10m'], [10_799, '179m'], [10_800, '3h'],
    [11_100, '3h5m'], [28_800, '8h'], [172_799, '47h'], [172_800, '2d'], [176_400, '2d1h'], [691_200, '8d'],
    [63_072_000, '2y'], [63_158_400, '2y1d'], [315_360_000, '10y'],
  ])('of %i seconds is %s', (seconds, text) => expect(durationText(seconds)).toBe(text)); // prettier-ignore

  it('is told where the manifest says when the object was made', () => {
    const controlPlane = clusterOfText(`
apiVersion: v1
kind: Service
metadata: {name: web, creationTimestamp: "2026-01-01T00:00:00Z"}
spec: {ports: [{port: 80}]}
`);
    const [header, row] = tableOf('services', controlPlane, Date.parse('2026-01-01T03:10:00Z'));
    expect(row![header!.indexOf('AGE')]).toBe('3h10m');
  });
});

describe('get', () => {
  it('prints a table, takes short names, and names what there is to get', () => {
    const folder = folderOf({ 'web.yaml': `${service('web', 'web')}---\n${deployment('web', 'web')}` });
    const pods = run(['get', 'po', folder]);
    expect(pods.stdout).toMatch(/^NAMESPACE +NAME +READY +STATUS +RESTARTS +AGE +IP +NODE/);
    expect(pods.stdout).toMatch(
      /^shop +web-[a-z0-9]+-[a-z0-9]{5} +1\/1 +Running +0 +<unknown> +10\.244\.\d\.\d+ +node-/m,
    );
    expect(run(['get', 'netpol', folder]).stdout).toBe('No resources found.\n');
    const { status, stderr } = run(['get', 'secrets', folder]);
    expect(status).toBe(2);
    expect(stderr).toContain(lookupKinds.join(', '));
  });
});
