/** The debugger as an editor talks to it: the Debug Adapter Protocol over a connection. */
import type { DebugClient } from '@vscode/debugadapter-testsupport';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { describe, expect, it } from 'vitest';
import type { RulesSource } from '#extension/debug/host';
import { connect, launch, linesWith, move, pathOfRules, shopWorkspace, shown } from './client';

const workspace = shopWorkspace();
const toCatalog = { from: 'deployment shop/front', to: 'http://catalog' };
const threadId = 1;

const stepIn = (client: DebugClient) => move(client, () => client.stepInRequest({ threadId }));
const next = (client: DebugClient) => move(client, () => client.nextRequest({ threadId }));
const goOn = (client: DebugClient) => move(client, () => client.continueRequest({ threadId }));
const back = (client: DebugClient) => move(client, () => client.stepBackRequest({ threadId }));

function reasonOf(event: DebugProtocol.Event): string {
  return event.event === 'stopped' ? (event as DebugProtocol.StoppedEvent).body.reason : event.event;
}

async function stepUntil(client: DebugClient, isThere: (name: string) => boolean): Promise<void> {
  for (;;) {
    const { stack } = await shown(client);
    if (isThere(stack[0]!.name)) return;
    const event = await stepIn(client);
    if (event.event !== 'stopped') throw new Error('the request ended before');
  }
}

async function evaluated(client: DebugClient, expression: string): Promise<string> {
  return (await client.evaluateRequest({ expression, context: 'watch' })).body.result;
}

describe('a session', () => {
  it('steps over hops, and into hooks and chains', async () => {
    const client = await connect(workspace);
    expect((await launch(client, toCatalog)).body.reason).toBe('entry');
    const names: string[] = [];
    for (let event = await next(client); event.event === 'stopped'; event = await next(client))
      names.push((await shown(client)).stack[0]!.name);
    expect(names).toEqual([
      expect.stringContaining('catalog → tried catalog.shop.svc.cluster.local'),
      expect.stringContaining('is the cluster IP of Service shop/catalog'),
      'node-a nat PREROUTING',
      expect.stringContaining('egress of shop/front'),
      'node-a filter FORWARD',
      'node-a nat POSTROUTING',
      expect.stringContaining('ingress of shop/catalog'),
      expect.stringContaining('pod shop/catalog'),
      expect.stringContaining('the answer passes node-a'),
    ]);
  });

  it('shows the chains as the stack, each at its line of the rules', async () => {
    const client = await connect(workspace);
    await launch(client, toCatalog);
    await stepUntil(client, (name) => name.startsWith('KUBE-SEP-'));
    const { stack, scopes } = await shown(client);
    const rules: RulesSource = { scope: '.', node: 'node-a', mode: 'iptables', family: 'IPv4' };
    expect(stack.map(({ name }) => name.split(' ')[0])).toEqual([
      expect.stringMatching(/^KUBE-SEP-/),
      expect.stringMatching(/^KUBE-SVC-/),
      'KUBE-SERVICES',
      'PREROUTING',
      'node-a',
      'pod',
    ]);
    for (const { line, path } of stack.slice(0, 4)) {
      expect(path).toBe(pathOfRules(rules));
      expect(line).toBeGreaterThan(0);
    }
    expect(linesWith(workspace, rules, `-A ${stack[2]!.name} `)).toContain(stack[2]!.line);
    expect(stack[5]!.path).toBe('/shop/front.yaml');
    expect(Object.keys(scopes)).toEqual(['Packet', 'Marks', 'Conntrack', 'Rule', 'Ways']);
    expect(scopes.Packet).toMatchObject({ dport: '80', protocol: 'TCP', iif: 'the interface of a pod of the node' });
    expect(scopes.Marks!.mark).toBe('0x0');
    expect(scopes.Conntrack).toMatchObject({ state: 'NEW', status: 'nothing translated' });
    expect(scopes.Rule!.matched).toBe('yes');
    const before = await evaluated(client, 'packet.daddr');
    await stepIn(client);
    const after = await shown(client);
    expect(after.scopes.Conntrack).toMatchObject({
      status: 'DNAT',
      original: expect.stringContaining(`→ ${before}:80`),
    });
    expect(after.scopes.Packet!.dport).toBe('8080');
  });

  it.each(['iptables', 'nftables', 'ipvs'])('goes back exactly as it came, in %s mode', async (mode) => {
    const client = await connect(workspace);
    await launch(client, { ...toCatalog, mode, rules: 'every' });
    const seen = [await shown(client)];
    while ((await next(client)).event === 'stopped' && seen.length < 6) seen.push(await shown(client));
    expect(seen.length).toBeGreaterThan(5);
    await back(client);
    for (let i = seen.length - 1; i >= 0; i--) {
      const now = await shown(client);
      expect(now).toEqual(seen[i]);
      await back(client);
    }
    expect((await shown(client)).stack).toEqual(seen[0]!.stack);
  });

  it('stops at every rule that looks at the packet, and tells why it is not met', async () => {
    const client = await connect(workspace);
    await launch(client, { ...toCatalog, mode: 'nftables', rules: 'every' });
    await stepUntil(client, (name) => name === 'firewall-check');
    const { scopes } = await shown(client);
    expect(scopes.Rule).toMatchObject({ matched: 'no', because: expect.stringContaining('is not in @firewall-ips') });
    expect(scopes.Sets).toMatchObject({ '@firewall-ips': expect.stringMatching(/^has no \S+ \. tcp \. 80$/) });
  });

  it('ends with the verdict in the console', async () => {
    const client = await connect(workspace);
    const told: string[] = [];
    client.on('output', (event: DebugProtocol.OutputEvent) => told.push(event.body.output));
    await launch(client, toCatalog);
    expect((await goOn(client)).event).toBe('terminated');
    const text = told.join('');
    expect(text).toContain('catalog.shop.svc.cluster.local: A ');
    expect(text).toMatch(/delivered: shop\/catalog-\S+:8080/);
    expect(text).toContain('verdict of all ways: DELIVERED');
  });
});

describe('an edit', () => {
  it('is told where the request goes another way by it, and a restart follows it', async () => {
    const edited = shopWorkspace();
    const changes = new Set<() => void>();
    const client = await connect(edited, changes);
    const told: string[] = [];
    client.on('output', (event: DebugProtocol.OutputEvent) => told.push(event.body.output));
    await launch(client, toCatalog);
    for (const change of changes) change();
    const file = edited.file('catalog.yaml')!;
    edited.setFile('catalog.yaml', file.text.replace(/app: catalog/, 'app: catalogue'));
    edited.update();
    const output = client.waitForEvent('output') as Promise<DebugProtocol.OutputEvent>;
    for (const change of changes) change();
    expect((await output).body.output).toContain('restart to follow it');
    expect(told.filter((text) => text.includes('have changed'))).toHaveLength(1);
    await move(client, () => client.restartRequest({}));
    await client.setExceptionBreakpointsRequest({ filters: ['failure'] });
    expect(reasonOf(await goOn(client))).toBe('exception');
  });
});

describe('breakpoints', () => {
  const rules: RulesSource = { scope: '.', node: 'node-a', mode: 'iptables', family: 'IPv4' };
  const source = { path: pathOfRules(rules) };

  it('stop at a rule, at the first rule of a chain that is declared, and nowhere else', async () => {
    const client = await connect(workspace);
    const [jump] = linesWith(workspace, rules, '-A PREROUTING ');
    const [declared] = linesWith(workspace, rules, ':KUBE-POSTROUTING ');
    const [first] = linesWith(workspace, rules, '-A KUBE-POSTROUTING ');
    const [table] = linesWith(workspace, rules, '*nat');
    let answer: DebugProtocol.Breakpoint[] = [];
    const breakpoints = [jump!, declared!, table!].map((line) => ({ line }));
    await launch(client, { ...toCatalog, stopOnEntry: false }, async () => {
      answer = (await client.setBreakpointsRequest({ source, breakpoints })).body.breakpoints;
    });
    expect(answer.map(({ verified, line }) => ({ verified, line }))).toEqual([
      { verified: true, line: jump },
      { verified: true, line: first },
      { verified: false, line: undefined },
    ]);
    expect((await shown(client)).stack[0]).toMatchObject({ line: jump });
    const second = (await goOn(client)) as DebugProtocol.StoppedEvent;
    expect(second.body).toMatchObject({ reason: 'breakpoint', hitBreakpointIds: [answer[1]!.id] });
    expect((await shown(client)).stack[0]).toMatchObject({ line: first });
    expect(reasonOf(await move(client, () => client.reverseContinueRequest({ threadId })))).toBe('breakpoint');
    expect((await shown(client)).stack[0]).toMatchObject({ line: jump });
    await goOn(client);
    expect((await goOn(client)).event).toBe('terminated');
  });

  it('count their hits', async () => {
    const client = await connect(workspace);
    const [line] = linesWith(workspace, rules, '-A KUBE-SERVICES ');
    const set = (hitCondition: string) =>
      client.setBreakpointsRequest({ source, breakpoints: [{ line: line!, hitCondition }] });
    await launch(client, { ...toCatalog, stopOnEntry: true }, () => set('1'));
    expect(reasonOf((await goOn(client)) as DebugProtocol.StoppedEvent)).toBe('breakpoint');
    await move(client, () => client.reverseContinueRequest({ threadId }));
    await set('> 1');
    expect((await goOn(client)).event).toBe('terminated');
    const verified = (await set('twice')).body.breakpoints.map((each) => [each.verified, each.message]);
    expect(verified).toEqual([[false, 'A hit count is a number, or one behind >, >=, <, <=, = or %.']]);
  });

  it('have conditions and messages', async () => {
    const client = await connect(workspace);
    const lines = linesWith(workspace, rules, '-A KUBE-SERVICES ');
    const told: string[] = [];
    client.on('output', (event: DebugProtocol.OutputEvent) => told.push(event.body.output));
    const breakpoints = [
      ...lines.map((line) => ({ line, condition: 'rule.matched == yes && daddr in 10.96.0.0/12' })),
      ...lines.map((line) => ({ line, logMessage: 'asked for {daddr}:{dport}, {rule.matched}' })),
    ];
    await launch(client, { ...toCatalog, stopOnEntry: false }, () =>
      client.setBreakpointsRequest({ source, breakpoints }),
    );
    expect(await evaluated(client, 'rule.matched')).toBe('yes');
    expect(await evaluated(client, 'packet.dport != 80')).toBe('false');
    const daddr = await evaluated(client, 'daddr');
    expect(told.join('')).toContain(`asked for ${daddr}:80, yes`);
    await expect(client.evaluateRequest({ expression: 'packet.colour' })).rejects.toThrow(
      'There is no packet.colour here',
    );
  });

  it('stand on chains and on changes of the packet', async () => {
    const client = await connect(workspace);
    await launch(client, { ...toCatalog, stopOnEntry: false }, async () => {
      await client.setFunctionBreakpointsRequest({ breakpoints: [{ name: 'KUBE-SERVICES' }] });
    });
    expect((await shown(client)).stack[0]!.name).toBe('KUBE-SERVICES');
    await client.setFunctionBreakpointsRequest({ breakpoints: [] });
    const { body } = (await client.customRequest('dataBreakpointInfo', { name: 'daddr' })) as DebugProtocol.DataBreakpointInfoResponse; // prettier-ignore
    await client.customRequest('setDataBreakpoints', { breakpoints: [{ dataId: body.dataId }] });
    const event = (await goOn(client)) as DebugProtocol.StoppedEvent;
    expect(event.body).toMatchObject({ reason: 'data breakpoint', text: 'daddr has changed' });
    expect(await evaluated(client, 'conntrack.status')).toBe('DNAT');
  });
});

describe('chance', () => {
  it.each(['iptables', 'nftables', 'ipvs'])('can be led another way, in %s mode', async (mode) => {
    const client = await connect(workspace);
    await launch(client, { ...toCatalog, mode });
    let targets: DebugProtocol.StepInTarget[] = [];
    while (targets.length === 0) {
      expect((await stepIn(client)).event).toBe('stopped');
      const response = (await client.customRequest('stepInTargets', { frameId: 0 })) as DebugProtocol.StepInTargetsResponse; // prettier-ignore
      targets = response.body.targets;
    }
    expect(targets).toHaveLength(3);
    const wanted = targets[2]!;
    await move(client, () => client.stepInRequest({ threadId, targetId: wanted.id }));
    const told: string[] = [];
    client.on('output', (event: DebugProtocol.OutputEvent) => told.push(event.body.output));
    expect((await goOn(client)).event).toBe('terminated');
    expect(told.join('')).toContain(`delivered: ${wanted.label.split(' ')[0]}`);
  });

  it('is led by the launch configuration, and by the variable "way"', async () => {
    const client = await connect(workspace);
    const { ways } = (await (await import('./client')).hostOf(workspace).record({ scope: '.', ...toCatalog }) as { recording: { ways: { text: string }[] } }).recording; // prettier-ignore
    const [, second, third] = ways.map(({ text }) => text);
    await launch(client, { ...toCatalog, choose: second!.replace(/:\d+$/, '') });
    await stepUntil(client, (name) => name.startsWith('KUBE-SEP-'));
    const { scopes } = await shown(client);
    expect(scopes.Ways!.way).toContain(second);
    const reference = (await client.scopesRequest({ frameId: 0 })).body.scopes.find(({ name }) => name === 'Ways')!;
    await move(client, () => client.setVariableRequest({ variablesReference: reference.variablesReference, name: 'way', value: '3' })); // prettier-ignore
    const now = await shown(client);
    expect(now.scopes.Ways!.way).toContain(third);
    // It goes back to where the ways part.
    expect(now.stack[0]!.name).toMatch(/^KUBE-SVC-/);
  });
});

describe('a failure', () => {
  it('stops where it falls, with its cause in the YAML', async () => {
    const client = await connect(workspace);
    await launch(client, { ...toCatalog, to: 'http://web' }, async () => {
      await client.setExceptionBreakpointsRequest({ filters: ['failure'] });
    });
    const event = (await goOn(client)) as DebugProtocol.StoppedEvent;
    expect(event.body).toMatchObject({ reason: 'exception', description: 'stopped: refused' });
    const { stack } = await shown(client);
    expect(stack[0]!.name).toBe('KUBE-SERVICES');
    expect(stack.at(-1)).toMatchObject({ name: 'because Service shop/web selects no pod', path: '/shop/web.yaml' });
    const info = (await client.customRequest('exceptionInfo', { threadId })) as DebugProtocol.ExceptionInfoResponse;
    expect(info.body.exceptionId).toBe('refused');
    expect(info.body.description).toMatch(/^a rule rejects it\nbecause Service shop\/web selects no pod \(web\.yaml:/);
    expect((await goOn(client)).event).toBe('terminated');
  });

  it('of a name ends at the name', async () => {
    const client = await connect(workspace);
    await launch(client, { ...toCatalog, to: 'http://nowhere', stopOnEntry: false }, async () => {
      await client.setExceptionBreakpointsRequest({ filters: ['failure'] });
    });
    expect((await shown(client)).stack[0]!.name).toContain('nowhere');
  });
});

describe('a launch configuration', () => {
  it.each([
    [{ from: 'deployment shop/front' }, '“to” is missing'],
    [{ to: 'http://web' }, '“from” is missing'],
    [{ ...toCatalog, port: 70000 }, '“port” is 70000; it has to be a number from 1 to 65535.'],
    [{ ...toCatalog, mode: 'ebpf' }, '“mode” is “ebpf”; it can be iptables, nftables, ipvs.'],
    [{ ...toCatalog, form: 'x' }, '“form” is no attribute'],
    [{ ...toCatalog, from: 'deployment shop/nobody' }, 'nobody'],
    [{ ...toCatalog, node: 'node-z' }, 'There is no node node-z. There are node-a, node-b, node-c.'],
    [{ ...toCatalog, choose: 'shop/web-9' }, 'No way of the request ends at “shop/web-9”.'],
    [{ ...toCatalog, choose: 9 }, 'There is no way 9: the request has 3.'],
  ])('%j is refused in words', async (configuration, words) => {
    const client = await connect(workspace);
    await expect(launch(client, configuration)).rejects.toThrow(words);
  });

  it('says node, family and mode', async () => {
    const client = await connect(workspace);
    await launch(client, { node: 'node-b', to: 'service shop/catalog', mode: 'ipvs', port: 80 });
    await stepUntil(client, (name) => name === 'node-b nat OUTPUT');
    expect((await shown(client)).scopes.Packet).toMatchObject({ node: 'node-b', iif: expect.stringContaining('none') });
  });
});
