/** The rules of a node as a document: its lines know who made them, what they do, and where their names lead. */

import { describe, expect, it } from 'vitest';
import { rulesDefinition } from '#analysis/rules-view/definition';
import { printWithCauses, rulesDocument, type RulesDocument } from '#analysis/rules-view/document';
import { rulesReferences } from '#analysis/rules-view/find-references';
import { rulesHover } from '#analysis/rules-view/hover';
import { rulesOutline, type RulesSymbol } from '#analysis/rules-view/outline';
import { createWorkspace, type Workspace } from '#analysis/workspace';
import { defaultSettings, type ProxyMode } from '#model/settings';

const manifests = {
  'web.yaml': `apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  type: NodePort
  clusterIP: 10.96.0.10
  selector: {app: web}
  ports:
    - {name: http, port: 80, targetPort: http, nodePort: 30080}
    - {name: admin, port: 81, targetPort: http, nodePort: 30081}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: registry.example/web:1, ports: [{name: http, containerPort: 8080}]}]}
`,
  'lost.yaml': `apiVersion: v1
kind: Service
metadata: {name: lost, namespace: shop}
spec:
  clusterIP: 10.96.0.20
  selector: {app: nobody}
  ports: [{name: http, port: 80}]
---
apiVersion: v1
kind: Service
metadata: {name: sticky, namespace: shop}
spec:
  clusterIP: 10.96.0.30
  sessionAffinity: ClientIP
  selector: {app: web}
  ports: [{port: 80, targetPort: http}]
`,
};

const modes: readonly ProxyMode[] = ['iptables', 'nftables', 'ipvs'];
const families = ['IPv4', 'IPv6'] as const;

function workspaceOf(files: Readonly<Record<string, string>> = manifests): Workspace {
  const workspace = createWorkspace({ settings: defaultSettings, roots: [] });
  for (const [path, text] of Object.entries(files)) workspace.setFile(path, text);
  workspace.update();
  return workspace;
}

function show(mode: ProxyMode, workspace = workspaceOf()) {
  const [state] = workspace.scopes;
  const ruleset = state!.simulation.dataPlane.rules('node-a', mode, 'IPv4');
  const document = rulesDocument(ruleset!);
  const context = workspace.context(state!);
  /** The position of the last character of `end` in the first line that has `text`. */
  const at = (text: string, end = text) => {
    const line = document.lines.findIndex((each) => each.text.includes(text));
    expect(line, `no line has ${text}`).toBeGreaterThanOrEqual(0);
    return { line, character: document.lines[line]!.text.indexOf(end) + end.length - 1 };
  };
  const hover = (text: string, end?: string) => rulesHover(document, at(text, end), context);
  const definition = (text: string, end?: string) => {
    const { lines, places } = rulesDefinition(document, at(text, end), context);
    return [
      ...lines.map((line) => document.lines[line]!.text.trim()),
      ...places.map(({ file, range }) => `${file}:${range.start.line + 1}`),
    ];
  };
  const references = (text: string, end?: string) =>
    rulesReferences(document, at(text, end)).map((line) => document.lines[line]!.text.trim());
  return { document, hover, definition, references, ruleset: ruleset!, dataPlane: state!.simulation.dataPlane };
}

describe('the document', () => {
  it.each(modes.flatMap((mode) => families.map((family) => [mode, family] as const)))(
    'is the text that is printed, in mode %s for %s',
    (mode, family) => {
      const { dataPlane } = show(mode);
      const ruleset = dataPlane.rules('node-b', mode, family)!;
      const { text, lines } = rulesDocument(ruleset);
      expect(text).toBe(dataPlane.print(ruleset));
      expect(text.split('\n')).toEqual([...lines.map((line) => line.text), '']);
    },
  );

  it('is kept with the rules', () => {
    const { ruleset, document } = show('nftables');
    expect(rulesDocument(ruleset)).toBe(document);
  });

  it.each(modes)('knows who made each line, in mode %s', (mode) => {
    const { text, causes } = printWithCauses(show(mode).ruleset);
    const lines = text.split('\n');
    const made = lines.flatMap((line, i) => (causes[i] ? [{ line, cause: causes[i] }] : []));
    expect(new Set(made.map(({ cause }) => cause.service))).toEqual(new Set(['shop/web', 'shop/lost', 'shop/sticky']));
    // What a line says of itself in a comment, and what the cause says, is the same.
    for (const { line, cause } of made) {
      const told = /--comment "(\w+\/\w+)/.exec(line);
      if (told) expect(told[1]).toBe(cause.service);
      if (/10\.96\.0\.20(?!.*10\.96)/.test(line) && !line.includes('10.96.0.10'))
        expect(cause.service).toBe('shop/lost');
      if (line.includes('10.96.0.10')) expect(cause.service).toBe('shop/web');
    }
    const refusing = made.find(({ line, cause }) => line.includes('10.96.0.20') && cause.refusal !== undefined);
    if (mode !== 'ipvs') expect(refusing?.cause.refusal).toBe('no endpoints');
  });

  it('tells two elements of one line apart', () => {
    const { document } = show('nftables');
    const line = document.lines.find(({ parts }) => parts.length === 2)!;
    expect(line.parts.map(({ from, to }) => line.text.slice(from, to))).toEqual(['10.96.0.10', '10.96.0.20']);
  });
});

describe('the hover', () => {
  it('says what a rule of iptables asks and does, and who made it', () => {
    const { hover } = show('iptables');
    const found = hover('-d 10.96.0.20/32', '-d');
    expect(found?.contents).toBe(
      '**If** its destination is `10.96.0.20`, and it is TCP, and its destination port is 80:  \n' +
        '**then** it is refused with icmp-port-unreachable: the client is told at once.\n\n' +
        'Made by **Service shop/lost**, port http/TCP, because the Service has no endpoints.',
    );
    expect(found?.links.map(({ text, place }) => [text, place.file, place.range.start.line + 1])).toEqual([
      ['Service shop/lost has the port http 80 → 80', 'lost.yaml', 7],
    ]);
  });

  it('names the pod behind an endpoint, and leads to what makes it one', () => {
    const found = show('iptables').hover('--to-destination 10.244.1.', '-m comment');
    expect(found?.contents).toMatch(/for the endpoint `10\.244\.1\.\d+:8080` \(pod shop\/web-\S+ on node-a\)/);
    expect(found?.links.map(({ text }) => text)).toContain('Deployment shop/web has the label app: web');
  });

  it('explains the chain whose name it is on', () => {
    const { hover } = show('iptables');
    const jump = /KUBE-SVC-\w+/.exec(show('iptables').document.text)![0];
    const found = hover(`-j ${jump}`);
    expect(found?.contents).toContain(`**Chain** \`${jump}\``);
    expect(found?.contents).toContain('draws one of all its endpoints');
    expect(found!.to - found!.from).toBe(jump.length);
  });

  it('explains rules, maps, elements and chains of nftables', () => {
    const { hover } = show('nftables');
    expect(hover('vmap @service-ips', '@service-ips')?.contents).toMatch(/^\*\*Map\*\* `service-ips`/);
    expect(hover('10.96.0.20 . tcp . 80', '10.96.0.20')?.contents).toContain('because the Service has no endpoints');
    expect(hover('ct state new jump firewall-check', 'ct state')?.contents).toContain(
      'the state of its connection is new',
    );
    const drawn = hover('dnat ip to numgen random mod 3', 'numgen');
    expect(drawn?.contents).toMatch(/one of 3 endpoints, each with a chance of 33\.3 %/);
    expect(drawn?.contents.match(/^- `10\.244\.\d\.\d+:8080` pod shop\/web-/gm)).toHaveLength(3);
  });

  it('explains virtual and real servers, addresses and sets of IPVS', () => {
    const { hover } = show('ipvs');
    expect(hover('-A -t 10.96.0.10:80')?.contents).toContain('3 real servers by `rr` (round robin');
    expect(hover('-a -t 10.96.0.10:80')?.contents).toMatch(/\*\*Real server\*\* `10\.244\.\d\.\d+:8080`/);
    expect(hover('10.96.0.30/32')?.contents).toContain('It belongs to Service shop/sticky.');
    expect(hover('add KUBE-CLUSTER-IP 10.96.0.20,tcp:80')?.contents).toContain('**Service shop/lost**');
    expect(hover('== ipset IPv4')?.contents).toContain('Sets that the iptables rules below ask');
  });

  it('says of each line of the text something, but of brackets and headings', () => {
    for (const mode of modes) {
      const { document } = show(mode);
      const context = contextOf();
      const silent = document.lines.filter(
        ({ text, parts }, line) =>
          text !== '' && !rulesHover(document, { line, character: parts[0]?.from ?? 0 }, context),
      );
      for (const { text } of silent)
        expect(text).toMatch(/^(\*\w+|COMMIT|table .*|\s*\}|\s*(comment|type|size|flags|timeout) .*)$/);
    }
  });
});

function contextOf() {
  const workspace = workspaceOf();
  return workspace.context(workspace.scopes[0]!);
}

describe('go to definition', () => {
  it('leads from a jump to the first rule of its chain, and from a chain to its declaration', () => {
    const { definition, document } = show('iptables');
    const chain = /10\.96\.0\.10\/32.*-j (KUBE-SVC-\w+)/.exec(document.text)![1]!;
    const [first] = definition(`-j ${chain}`);
    expect(first).toMatch(new RegExp(`^-A ${chain} `));
    expect(definition(`-A ${chain} ! -s`, chain)).toEqual([`:${chain} -`]);
  });

  it('leads from anything else to the YAML', () => {
    const { definition } = show('iptables');
    expect(definition('-d 10.96.0.20/32', '-d')).toEqual(['lost.yaml:7']);
    expect(definition('shop/web:http" -m tcp -j DNAT --to-destination 10.244.1.', '--to-destination')).toEqual([
      'web.yaml:9',
      'web.yaml:19',
    ]);
  });

  it('leads from a lookup to the map, and from its elements to chains', () => {
    const { definition } = show('nftables');
    expect(definition('vmap @service-ips', 'service-ips')).toEqual(['map service-ips {']);
    expect(definition('10.96.0.10 . tcp . 80 : goto service-', 'goto service-')[0]).toMatch(
      /^chain service-.*shop\/web\/tcp\/http \{$/,
    );
    expect(definition('10.96.0.10 . tcp . 80', '10.96.0.10')).toEqual(['web.yaml:9']);
  });

  it('leads from a real server to the Service and to the pod', () => {
    expect(show('ipvs').definition('-a -t 10.96.0.10:80', '-a')).toEqual(['web.yaml:9', 'web.yaml:19']);
  });
});

describe('find all references', () => {
  it('has the jumps to a chain, and none of another table', () => {
    const { references, document } = show('iptables');
    const jumps = references(':KUBE-MARK-MASQ');
    expect(jumps.length).toBeGreaterThan(3);
    expect(jumps).toEqual(document.text.split('\n').filter((line) => line.endsWith('-j KUBE-MARK-MASQ')));
    const nat = document.text.split('*nat')[1]!;
    const services = document.lines.findLastIndex(({ text }) => text.startsWith(':KUBE-SERVICES'));
    const found = rulesReferences(document, { line: services, character: 5 });
    expect(found.map((line) => document.lines[line]!.text)).toEqual(nat.split('\n').filter((line) => line.endsWith('-j KUBE-SERVICES'))); // prettier-ignore
  });

  it('has the rules that ask a set or map, and the elements that lead to a chain', () => {
    const { references } = show('nftables');
    expect(references('map service-ips', 'service-ips')).toEqual([
      'ip daddr . meta l4proto . th dport vmap @service-ips',
    ]);
    expect(references('chain reject-chain')).toEqual([expect.stringContaining('shop/lost:http')]);
    expect(show('ipvs').references('create KUBE-CLUSTER-IP').length).toBeGreaterThan(0);
  });

  it('has nothing for what has no name', () => {
    expect(show('iptables').references('COMMIT')).toEqual([]);
  });
});

describe('the outline', () => {
  const names = (symbols: readonly RulesSymbol[]) => symbols.map(({ name }) => name);
  const text = ({ lines }: RulesDocument, line: number) => lines[line]!.text.trim();

  it('has tables with their chains', () => {
    const { document } = show('iptables');
    const { symbols } = rulesOutline(document);
    expect(names(symbols)).toEqual(['mangle', 'filter', 'nat']);
    const nat = symbols[2]!;
    expect(names(nat.children)).toContain('KUBE-SERVICES');
    const chain = nat.children.find(({ name, detail }) => name.startsWith('KUBE-SVC-') && detail === 'shop/web http')!;
    for (let line = chain.from; line <= chain.to; line++) expect(text(document, line)).toContain(`-A ${chain.name} `);
    expect(nat.children.find(({ name }) => name.startsWith('KUBE-SEP-'))?.detail).toMatch(/→ 10\.244/);
  });

  it('folds chains of nftables, and those of one Service together', () => {
    const { document } = show('nftables');
    const { folds } = rulesOutline(document);
    const from = folds.map((fold) => `${text(document, fold.from)} … ${text(document, fold.to)}`);
    expect(from).toContain('chain services { … }');
    const service = folds.find((fold) =>
      /^chain service-\w+-shop\/web\/tcp\/(http|admin)/.test(text(document, fold.from)),
    )!;
    const inside = document.lines.slice(service.from, service.to + 1).map((line) => line.text).join('\n'); // prettier-ignore
    expect(inside).toContain('shop/web/tcp/http');
    expect(inside).toContain('shop/web/tcp/admin');
    expect(inside).not.toContain('chain service-.*shop/sticky');
    // Folds do not cross each other, and no two begin in one line.
    const starts = folds.map((fold) => fold.from);
    expect(new Set(starts).size).toBe(starts.length);
    for (const a of folds)
      for (const b of folds) if (a.from < b.from && b.from <= a.to) expect(b.to).toBeLessThanOrEqual(a.to);
  });

  it('has the listings of IPVS, the last one with its tables', () => {
    const { symbols } = rulesOutline(show('ipvs').document);
    expect(names(symbols)).toEqual(['ipvs IPv4', 'addresses IPv4', 'ipset IPv4', 'iptables-save']);
    expect(names(symbols[0]!.children)).toContain('TCP 10.96.0.10:80');
    const set = symbols[2]!.children.find(({ name }) => name === 'KUBE-CLUSTER-IP')!;
    expect(set.to - set.from).toBe(3);
    expect(names(symbols[2]!.children).filter((name) => name === 'KUBE-CLUSTER-IP')).toHaveLength(1);
    expect(names(symbols[3]!.children)).toEqual(['mangle', 'filter', 'nat'].filter((name) => names(symbols[3]!.children).includes(name))); // prettier-ignore
    expect(names(symbols[3]!.children)).toContain('nat');
  });
});
