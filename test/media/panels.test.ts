/** The panels as they are shipped, in a real browser under the policy that VS Code's webviews have. */

import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { browserPath, hasBrowser } from './harness/browser';
import { panelsOfSuite, type OpenPanels } from './harness/stage';
import { simulated } from './harness/simulated-traces';
import { shop } from './harness/topology-fixture';

if (!hasBrowser) console.log(`The panels are not tested: there is no browser at ${browserPath}.`);

describe.skipIf(!hasBrowser)('panels', { timeout: 60_000 }, () => {
  const panels = panelsOfSuite();
  const { recorded, lastPosted, send } = panels;
  let page: Page;

  async function open(...what: Parameters<OpenPanels['open']>): Promise<void> {
    page = await panels.open(...what);
  }

  const spoken = () => page.getByRole('status');
  const map = () => page.getByRole('listbox', { name: /^Map of/ });
  const thing = (id: string) => page.locator(`[data-id="${id}"]`);
  const option = (id: string) => page.locator(`[data-id="${id}"] > [role=option]`);
  const search = () => page.getByRole('textbox', { name: 'Search' });
  /** Where the map's layer stands, and its scale. */
  const view = async () => {
    const layer = await page.locator('.canvas').evaluate((canvas) => (canvas as SVGElement).style.transform);
    return `${layer} ${await page.locator('.canvas > g').getAttribute('transform')}`;
  };
  const activeName = (list: ReturnType<typeof map>) =>
    list.evaluate((element) => {
      const id = element.getAttribute('aria-activedescendant');
      const active = id === null ? null : document.getElementById(id);
      return active?.getAttribute('aria-label') ?? active?.textContent ?? null;
    });
  /** What is kept is written a moment after the last change. */
  const kept = (part: string) =>
    page.waitForFunction(
      (text) => Object.values({ ...sessionStorage }).some((state) => String(state).includes(text)),
      part,
    );

  describe('topology', () => {
    it('says that it is ready, and what it shows', async () => {
      await open('topology', 'shop');
      expect((await recorded()).posted).toEqual([{ kind: 'ready' }]);
      await expect.poll(() => spoken().textContent()).toBe('9 Services, 10 workloads, 6 problems');
      expect(await option('service/shop/web').getAttribute('aria-label')).toMatch(
        /^Service web, ClusterIP 10\.96\.114\.7 \(assigned\), 1 problem: Service shop\/web selects no pod/,
      );
    });

    it('is one stop of the keyboard, with arrows inside', async () => {
      await open('topology', 'shop');
      await map().focus();
      await page.keyboard.press('Home');
      expect(await activeName(map())).toBe('Outside outside, clients outside of the cluster');
      await page.keyboard.press('ArrowRight');
      expect(await activeName(map())).toBe('Service front, NodePort 30080');
      await page.keyboard.press('ArrowRight');
      expect(await activeName(map())).toBe('Deployment front, Deployment, 3 replicas');
      await page.keyboard.press('ArrowUp');
      expect(await activeName(map())).toBe('Deployment catalog, Deployment, 2 replicas');
      await page.keyboard.press('Enter');
      expect(await lastPosted()).toEqual({ kind: 'reveal', id: 'deployment/shop/catalog' });
      await page.keyboard.press('Escape');
      expect(await activeName(map())).toBeNull();
    });

    it('selects on a click, opens on a double click, traces from the side panel', async () => {
      await open('topology', 'shop');
      await thing('service/shop/catalog').click();
      const side = page.getByRole('complementary', { name: 'Service catalog' });
      await expect
        .poll(() => side.ariaSnapshot())
        .toBe(
          `- complementary "Service catalog":
  - text: Service
  - heading "catalog" [level=2]
  - button "Close"
  - paragraph: ClusterIP 10.96.8.41
  - button "Trace to here"
  - button "What if…"
  - button "Open YAML"
  - button "Focus"
  - heading "Problems" [level=3]
  - list:
    - listitem:
      - img "Error"
      - 'link "Service shop/catalog port http: no container of Deployment shop/catalog has a port named http (it has web, grpc)"'
  - heading "Ports" [level=3]
  - list:
    - listitem:
      - text: http 80 → http (no such port)
      - list:
        - listitem:
          - link "catalog"
          - 'img "Error: no container of it has a port named http"'
    - listitem:
      - text: grpc 9000 → grpc (9000)
      - list:
        - listitem:
          - link "catalog"
          - text: "9000"`,
        );
      const problem = side.getByRole('link', { name: 'Service shop/catalog port http' });
      const message = await problem.textContent();
      await problem.click();
      expect(await lastPosted()).toEqual({ kind: 'reveal', id: 'service/shop/catalog', problem: message });
      await thing('deployment/shop/cart#cart-1').dblclick();
      expect(await lastPosted()).toEqual({ kind: 'reveal', id: 'deployment/shop/cart#cart-1' });
      await page.getByRole('button', { name: 'Close' }).click();
      await expect.poll(() => map().evaluate((element) => element === document.activeElement)).toBe(true);
    });

    it('takes both ends of a trace from clicks, or from the keyboard', async () => {
      await open('topology', 'shop');
      await thing('service/shop/cart').click();
      await page.getByRole('button', { name: 'Trace to here' }).click();
      const bar = page.getByRole('group', { name: 'Request to trace' });
      await bar.getByRole('button', { name: 'Trace' }).click();
      // Who asks is not chosen yet: the extension asks.
      expect(await lastPosted()).toEqual({ kind: 'trace', to: 'service/shop/cart' });
      await thing('deployment/shop/front').click();
      await map().focus();
      await page.keyboard.press('s');
      await expect.poll(lastPosted).toEqual({ kind: 'trace', from: 'deployment/shop/front', to: 'service/shop/cart' });
      await bar.getByRole('button', { name: 'Forget these ends' }).click();
      expect(await bar.count()).toBe(0);
    });

    it('takes changes to what it shows, and asks anew where it misses one', async () => {
      await open('topology', 'shop');
      const cart = shop.nodes.find((node) => node.id === 'service/shop/cart');
      const change = { nodes: [{ ...cart, detail: 'changed' }], edges: [], removed: ['service/shop/search'] };
      await send({ kind: 'change', base: 1, version: 2, change, scopes: [] });
      await thing('service/shop/search').waitFor({ state: 'detached' });
      expect(await option('service/shop/cart').getAttribute('aria-label')).toBe('Service cart, changed');
      expect((await recorded()).posted).toEqual([{ kind: 'ready' }]);
      await send({ kind: 'change', base: 7, version: 8, change, scopes: [] });
      await expect.poll(async () => (await recorded()).posted.length).toBe(2);
      expect(await lastPosted()).toEqual({ kind: 'ready' });
    });

    it('shows less by filters, and one thing with its neighbours', async () => {
      await open('topology', 'shop');
      await page.getByRole('button', { name: 'Filter' }).click();
      await page.getByRole('checkbox', { name: 'data' }).click();
      await thing('service/data/redis').waitFor({ state: 'detached' });
      await page.getByRole('checkbox', { name: 'Only what has problems' }).click();
      await thing('service/shop/cart').waitFor({ state: 'detached' });
      expect(await thing('service/shop/web').count()).toBe(1);
      await page.getByRole('button', { name: 'Show everything' }).click();
      await thing('service/data/redis').waitFor();
      await page.getByRole('button', { name: 'Close' }).click();
      await thing('service/shop/front').click();
      await map().focus();
      await page.keyboard.press('f');
      await thing('service/shop/cart').waitFor({ state: 'detached' });
      expect(await thing('outside').count()).toBe(1);
      expect(await thing('deployment/shop/front').count()).toBe(1);
      await page.getByRole('button', { name: /Show the whole map again$/ }).click();
      await thing('service/shop/cart').waitFor();
    });

    it('groups workloads by node and by zone', async () => {
      await open('topology', 'shop');
      await page.getByRole('combobox', { name: 'Group by' }).click();
      await page.getByRole('option', { name: 'by node' }).click();
      await thing('deployment/shop/front@node-a').waitFor();
      expect(await option('deployment/shop/front@node-c').getAttribute('aria-label')).toBe(
        'Deployment front, Deployment in shop, 1 of 3 pods',
      );
      await thing('deployment/shop/front@node-c').dblclick();
      expect(await lastPosted()).toEqual({ kind: 'reveal', id: 'deployment/shop/front' });
      await page.getByRole('combobox', { name: 'Group by' }).click();
      await page.getByRole('option', { name: 'by zone' }).click();
      await thing('zone/zone-a').waitFor();
      expect(await thing('deployment/shop/front@zone-a').count()).toBe(1);
    });

    it('draws itself as pictures that stand alone, with the colours of the theme', async () => {
      await open('topology', 'shop', 'light');
      await send({ kind: 'export', format: 'svg' });
      const exported = async (format: string) => {
        const last = (await lastPosted()) as { kind: string; format: string; data: string };
        return last.kind === 'exported' && last.format === format ? last.data : undefined;
      };
      await expect.poll(() => exported('svg')).toContain('<svg xmlns="http://www.w3.org/2000/svg"');
      const svg = (await exported('svg'))!;
      expect(svg).toContain('>catalog</text>');
      expect(svg).toContain('<title>Service web');
      expect(svg).not.toMatch(/var\(|class=|data-id|aria-/);
      const alone = await page.evaluate((text) => {
        const parsed = new DOMParser().parseFromString(text.slice(text.indexOf('<svg')), 'image/svg+xml');
        const ground = parsed.querySelector('rect')?.getAttribute('fill');
        return { isWhole: parsed.querySelector('parsererror') === null, ground };
      }, svg);
      expect(alone).toEqual({ isWhole: true, ground: 'rgb(255, 255, 255)' });
      await send({ kind: 'export', format: 'png' });
      await expect.poll(() => exported('png')).toMatch(/^iVBORw0KGgo/);
      const png = Buffer.from((await exported('png'))!, 'base64');
      // Width and height stand in the header.
      expect(png.readUInt32BE(16)).toBeGreaterThan(2000);
      expect(await page.locator('.stage').count()).toBe(0);
    });

    it('dims what a search does not find, and gives the focus back', async () => {
      await open('topology', 'shop');
      await page.keyboard.press('/');
      await page.keyboard.type('front');
      await expect.poll(() => spoken().textContent()).toBe('5 of 49 match');
      expect(await thing('service/shop/cart').getAttribute('class')).toContain('dimmed');
      expect(await thing('service/shop/front').getAttribute('class')).not.toContain('dimmed');
      await page.keyboard.press('Escape');
      await expect.poll(() => map().evaluate((element) => element === document.activeElement)).toBe(true);
    });

    it('draws edges broken where they are', async () => {
      await open('topology', 'shop');
      expect(await page.locator('.edge-lost').count()).toBe(4);
      expect(await page.locator('.edge-lost .icon-close').count()).toBe(4);
      // Nodes have edges only for what is selected.
      const lines = async () =>
        (await page.locator('.runs-on').getAttribute('d', { timeout: 2000 }))?.split('M').length;
      expect(await page.locator('.runs-on').count()).toBe(0);
      await thing('service/shop/front').click();
      await expect.poll(lines).toBe(1 + 3);
    });

    it('pans by dragging and zooms by the wheel, around the pointer', async () => {
      await open('topology', 'shop');
      const numbers = async () =>
        (/translate\((\S+)px, (\S+)px\) scale\((\S+)\)/.exec(await view()) ?? []).slice(1).map(Number);
      const [x0 = 0, y0 = 0, zoom0 = 0] = await numbers();
      await page.mouse.move(150, 200);
      await page.mouse.down();
      await page.mouse.move(190, 230, { steps: 4 });
      await page.mouse.up();
      const [x1 = 0, y1 = 0, zoom1 = 0] = await numbers();
      expect([x1 - x0, y1 - y0, zoom1]).toEqual([40, 30, zoom0]);
      await page.keyboard.down('Control');
      await page.mouse.wheel(0, -120);
      await page.keyboard.up('Control');
      await expect.poll(async () => ((await numbers())[2] ?? 0) > zoom1).toBe(true);
      await map().focus();
      await page.keyboard.press('0');
      await expect.poll(async () => (await numbers())[2]).toBeCloseTo(zoom0, 5);
    });

    it('is as it was after a reload', async () => {
      await open('topology', 'shop');
      await thing('service/data/redis').click();
      await map().focus();
      await page.keyboard.press('+');
      await search().fill('redis');
      const before = await view();
      await kept('"query":"redis"');
      await page.reload();
      await page.locator('.panel:not(.waiting)').waitFor();
      expect(await view()).toBe(before);
      expect(await search().inputValue()).toBe('redis');
      expect(await option('service/data/redis').getAttribute('aria-selected')).toBe('true');
    });

    it('keeps selection, its place in the window and the order when the manifests change', async () => {
      await open('topology', 'shop');
      await thing('service/shop/cart').click();
      const onScreen = async () => (await option('service/shop/cart').boundingBox())!;
      const before = await onScreen();
      const place = await thing('service/shop/cart').locator('.frame').getAttribute('y');
      const added = {
        ...shop.nodes.find((node) => node.id === 'service/shop/cart'),
        id: 'service/shop/aaa',
        label: 'aaa',
      };
      await send({ kind: 'topology', version: 2, topology: { ...shop, nodes: [...shop.nodes, added] }, scopes: [] });
      await thing('service/shop/aaa').waitFor();
      await expect.poll(async () => Math.abs((await onScreen()).y - before.y)).toBeLessThanOrEqual(1);
      expect((await onScreen()).x).toBeCloseTo(before.x, 0);
      expect(await option('service/shop/cart').getAttribute('aria-selected')).toBe('true');
      const y = async (id: string) => Number(await thing(id).locator('.frame').getAttribute('y'));
      expect(await y('service/shop/cart')).toBeLessThan(await y('service/shop/catalog'));
      expect(Number(place)).toBeLessThan(await y('service/shop/catalog'));
      // An older snapshot that comes late is not taken.
      await send({ kind: 'topology', version: 1, topology: shop, scopes: [] });
      await page.waitForTimeout(50);
      expect(await thing('service/shop/aaa').count()).toBe(1);
      // Renamed, it is still what was chosen, in its old place.
      const { nodes, edges } = shop;
      const renamed = nodes.map((node) =>
        node.id === 'service/shop/cart' ? { ...node, id: 'service/shop/zebra', label: 'zebra' } : node,
      );
      await send({
        kind: 'topology',
        version: 3,
        topology: { ...shop, nodes: [...renamed, added], edges },
        scopes: [],
      });
      await page.getByRole('complementary').getByRole('heading', { name: 'zebra' }).waitFor();
      await expect
        .poll(async () => Math.abs((await option('service/shop/zebra').boundingBox())!.y - before.y))
        .toBeLessThanOrEqual(1);
    });

    it('explains what is selected, and stops when nobody wants that', async () => {
      await open('topology', 'shop');
      await thing('service/shop/front').click();
      await expect.poll(() => lastPosted()).toEqual({ kind: 'explain', id: 'service/shop/front' });
      expect(await page.getByRole('button', { name: /^What is this/ }).count()).toBe(0);
      await send({ kind: 'explained', id: 'service/shop/front', topics: [{ title: 'NodePort', text: 'A port.' }] });
      await page.getByRole('button', { name: 'What is this? Service front: NodePort' }).click();
      await page.getByRole('complementary').getByText('A port.').waitFor();
      // Of another thing it is not told.
      await thing('service/shop/cart').click();
      await page.getByRole('complementary').getByRole('heading', { name: 'cart' }).waitFor();
      expect(await page.getByRole('button', { name: /^What is this/ }).count()).toBe(0);
      await send({ kind: 'explained', id: 'service/shop/cart', topics: [{ title: 'ClusterIP', text: 'No machine.' }] });
      await page.getByRole('button', { name: /^What is this/ }).click();
      await page.getByRole('button', { name: 'Show no explanations' }).click();
      expect(await lastPosted()).toEqual({ kind: 'stopExplaining' });
      expect(await page.getByRole('button', { name: /^What is this/ }).count()).toBe(0);
    });

    it('writes no word of an edge over another', async () => {
      await open('topology', 'entries');
      for (const id of ['gateway/shop/public', 'httproute/shop/front', 'service/shop/front']) {
        await thing(id).first().click();
        const boxes = await page
          .locator('.edge-label')
          .evaluateAll((labels) => labels.map((label) => label.getBoundingClientRect().toJSON() as DOMRect));
        expect(boxes.length).toBeGreaterThan(1);
        const overlapping = boxes.filter((a, i) =>
          boxes.some(
            (b, k) => k < i && a.left < b.right && b.left < a.right && a.top < b.bottom - 2 && b.top < a.bottom - 2,
          ),
        );
        expect(overlapping).toEqual([]);
      }
    });

    it('drops a message of another shape with a warning', async () => {
      await open('topology', 'shop');
      const warning = page.waitForEvent('console', (message) => message.type() === 'warning');
      await send({ kind: 'topology', version: 'two' });
      expect((await warning).text()).toMatch(/unknown shape/);
      expect(await thing('service/shop/cart').count()).toBe(1);
    });

    it('brings into view what the extension asks for', async () => {
      await open('topology', 'large');
      await send({ kind: 'focus', id: 'service/team-079/service-1999' });
      await expect.poll(() => thing('service/team-079/service-1999').isVisible()).toBe(true);
      expect(await option('service/team-079/service-1999').getAttribute('aria-selected')).toBe('true');
      const box = await thing('service/team-079/service-1999').boundingBox();
      expect(box!.x).toBeGreaterThan(0);
      expect(box!.x + box!.width).toBeLessThan(1280);
    });

    it('draws of 2,000 Services only what is seen: namespaces from afar, boxes of the window nearby', async () => {
      await open('topology', 'large');
      await expect.poll(() => page.locator('.shape-tower').count()).toBe(80);
      expect(await page.locator('.shape-box').count()).toBe(0);
      await thing('namespace/team-040').dblclick();
      await thing('service/team-040/service-1000').waitFor();
      expect(await page.locator('.node').count()).toBeLessThan(700);
    });

    it('has a twin as a list, with the same selection', async () => {
      await open('topology', 'shop');
      await thing('service/shop/web').click();
      await page.getByRole('button', { name: 'Show as list' }).click();
      const tree = page.getByRole('tree');
      expect(await tree.getByRole('treeitem', { selected: true }).getAttribute('aria-label')).toMatch(/^Service web/);
      await tree.focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      expect(await activeName(tree)).toBe('Namespace data, 2 Services, 2 workloads');
      await page.keyboard.press('ArrowRight');
      expect(await activeName(tree)).toBe('Service postgres, headless');
      await page.keyboard.press('Enter');
      expect(await lastPosted()).toEqual({ kind: 'reveal', id: 'service/data/postgres' });
    });

    it('asks for another scope', async () => {
      await open('topology', 'shop');
      await page.getByRole('combobox', { name: 'Scope' }).click();
      await page.getByRole('option', { name: 'large' }).click();
      expect(await lastPosted()).toEqual({ kind: 'scope', scope: 'large' });
    });

    it('says what would help when there is nothing to show', async () => {
      await open('topology', 'message');
      expect(await page.getByRole('main').ariaSnapshot()).toContain('heading "No manifests here yet" [level=2]');
    });
  });

  describe('trace', () => {
    it('tells the path in order, and where it ends', async () => {
      await open('trace', 'refused');
      expect(await page.getByRole('banner').or(page.locator('header')).first().ariaSnapshot()).toMatch(
        /^- heading "pod shop\/front-\S+ on node-\w → http:\/\/web\/ \(10\.\S+:80\/TCP\)" \[level=1\]\n- paragraph: REFUSED, always\n- paragraph: "The client sees: connection refused, at once"$/,
      );
      expect(await spoken().textContent()).toMatch(
        /^\d hops, refused at node-\w iptables \(filter FORWARD → KUBE-SERVICES\)$/,
      );
      const failed = await page.locator('.state-failed').ariaSnapshot();
      expect(failed).toMatch(/KUBE-SERVICES\) REJECT icmp-port-unreachable fails here/);
      expect(failed).toMatch(/-A KUBE-SERVICES -d \S+ -p tcp .*shop\/web:http has no endpoints.* -j REJECT/);
      expect(failed).toMatch(/text: because\n\s+- link "Service shop\/web selects no pod.*"\n\s+- text: web\.yaml:/);
    });

    it('leads to causes and fixes', async () => {
      await open('trace', 'refused');
      await page.getByRole('link', { name: /^Service shop\/web selects no pod/ }).click();
      const hop = (await page.locator('.hop').count()) - 1;
      expect(await lastPosted()).toEqual({ kind: 'reveal', link: { of: 'cause', path: 0, hop, cause: 0 } });
    });

    it('offers the changes that were tried, to look at and to make', async () => {
      await open('trace', 'refused-nftables');
      const best = page.locator('.remedy').first();
      expect(await best.ariaSnapshot()).toMatch(
        /^- listitem:\n\s+- paragraph: .*\n\s+- paragraph: ".*DELIVERED to shop\//,
      );
      await best.getByRole('button', { name: /^Preview: / }).click();
      expect(await lastPosted()).toEqual({ kind: 'remedy', remedy: 0, act: 'preview' });
      await best.getByRole('button', { name: /^Apply: / }).focus();
      await page.keyboard.press('Enter');
      expect(await lastPosted()).toEqual({ kind: 'remedy', remedy: 0, act: 'apply' });
    });

    it('says that changes are tried, and where none helps', async () => {
      const message = simulated({ from: 'deployment/shop/front', to: 'http://web/' }, 2);
      await open('trace', 'iptables');
      expect(await page.locator('.remedies').count()).toBe(0);
      await send({ ...message, remedies: undefined });
      await page.getByText('Trying changes on a copy of the manifests').waitFor();
      await send({ ...message, version: 3, remedies: { list: [], hints: [] } });
      await page.getByText('No change was found that helps.').waitFor();
    });

    it('leads from a rule to its line, and explains what is met', async () => {
      await open('trace', 'iptables');
      const hop = page.locator('.hop-rules').first();
      await hop.getByRole('button', { name: /^Show this rule among those of node-\w: KUBE-SVC/ }).click();
      expect(await lastPosted()).toMatchObject({ kind: 'reveal', link: { of: 'rule', path: 0 } });
      const explain = hop.getByRole('button', { name: /^What is this\?/ });
      await explain.click();
      expect(await explain.getAttribute('aria-expanded')).toBe('true');
      await hop.getByText('KUBE-SEP', { exact: true }).waitFor();
      await hop.getByRole('button', { name: 'Show no explanations' }).click();
      expect(await lastPosted()).toEqual({ kind: 'stopExplaining' });
      await send({ ...simulated({ from: 'deployment/shop/front', to: 'http://cart/' }, 2), explains: false });
      await expect.poll(() => page.getByRole('button', { name: /^What is this\?/ }).count()).toBe(0);
    });

    it('shows the packet before and after each change at a glance', async () => {
      await open('trace', 'outside');
      const rows = page.getByRole('table', { name: 'The packet on its way' }).getByRole('row');
      const texts = (await rows.allInnerTexts()).map((text) => text.split('\t').map((part) => part.trim()));
      expect(texts[0]).toEqual(['packet', 'source', 'destination']);
      expect(texts[1]!.slice(0, 2)).toEqual(['as sent TCP', '203.0.113.10:41312']);
    });

    it('pins, copies and saves by a menu that the keyboard can use', async () => {
      await open('trace', 'iptables');
      await page.getByRole('button', { name: 'Pin', exact: true }).click();
      await expect.poll(lastPosted).toEqual({ kind: 'pin', pinned: true });
      await send({ ...simulated({ from: 'deployment/shop/front', to: 'http://cart/' }, 2), isPinned: true });
      await page.getByRole('button', { name: 'Pinned', pressed: true }).click();
      await expect.poll(lastPosted).toEqual({ kind: 'pin', pinned: false });
      const share = page.getByRole('button', { name: 'Share' });
      await share.focus();
      await page.keyboard.press('Enter');
      await page.getByRole('menuitem', { name: 'Copy as Text' }).waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await expect.poll(lastPosted).toEqual({ kind: 'copy', format: 'markdown', path: 0 });
      await expect.poll(() => page.getByRole('menu').count()).toBe(0);
      await page.keyboard.press('Enter');
      await page.getByRole('menuitem', { name: 'Copy as Text' }).waitFor();
      await page.keyboard.press('Escape');
      await expect.poll(() => page.getByRole('menu').count()).toBe(0);
      await expect.poll(() => share.evaluate((element) => element === document.activeElement)).toBe(true);
    });

    it('suggests what the fields may hold, and takes a port by its name', async () => {
      await open('trace', 'iptables');
      const to = page.getByRole('combobox', { name: 'To', exact: true });
      await to.fill('we');
      await page.getByRole('option', { name: /shop\/web/ }).waitFor();
      await to.press('ArrowDown');
      await to.press('Enter');
      expect(await to.inputValue()).toBe('service shop/web');
      expect(await page.getByRole('option').count()).toBe(await page.locator('.outcome').count());
      await page.getByRole('textbox', { name: 'Port' }).fill('http');
      await page.getByRole('button', { name: 'Trace', exact: true }).click();
      expect(await lastPosted()).toMatchObject({ kind: 'trace', request: { to: 'service shop/web:http' } });
    });

    it('says at the field what is wrong with it, with what could stand there', async () => {
      await open('trace', 'untraceable');
      const from = page.getByRole('combobox', { name: 'From' });
      expect(await from.getAttribute('aria-invalid')).toBe('true');
      await page.getByRole('alert').getByText('no deployment shop/frotn').waitFor();
      await page.getByRole('button', { name: 'deployment shop/front', exact: true }).click();
      expect(await lastPosted()).toEqual({
        kind: 'trace',
        request: { from: 'deployment shop/front', to: 'http://web/' },
      });
    });

    it('traces what the form says, and refuses a port that is none', async () => {
      await open('trace', 'refused');
      const port = page.getByRole('textbox', { name: 'Port' });
      await port.fill('99999');
      await page.getByRole('button', { name: 'Trace', exact: true }).click();
      await page.getByRole('alert').waitFor();
      expect((await recorded()).posted).toEqual([{ kind: 'ready' }]);
      await port.fill('8080');
      await page.getByRole('combobox', { name: 'Mode' }).click();
      await page.getByRole('option', { name: 'nftables' }).click();
      await page.getByRole('combobox', { name: 'To', exact: true }).fill('front');
      await page.getByRole('combobox', { name: 'To', exact: true }).press('Enter');
      expect(await lastPosted()).toEqual({
        kind: 'trace',
        request: { from: 'deployment/shop/front', to: 'front', port: 8080, mode: 'nftables' },
      });
      // With little motion, words stand for the turning ring.
      await page.getByText('Tracing …').waitFor();
    });

    it('fills the form from the request', async () => {
      await open('trace', 'mixed');
      expect(await page.getByRole('textbox', { name: 'Port' }).inputValue()).toBe('30080');
      await expect.poll(() => page.getByRole('combobox', { name: 'Protocol' }).textContent()).toContain('TCP');
    });

    it('shows the path of the chosen outcome, and keeps it over a reload', async () => {
      await open('trace', 'mixed');
      const outcomes = page.getByRole('listbox', { name: 'Where requests end' });
      await outcomes.focus();
      await page.keyboard.press('End');
      expect(await activeName(outcomes)).toMatch(/^timeout, .*, 1\/2$/);
      await expect.poll(() => spoken().textContent()).toMatch(/^\d hops, timeout at ingress of shop\/closed-/);
      await page.locator('.assumptions summary').click();
      await kept('"path":1,"assumptions":true');
      await page.reload();
      await page.locator('.panel:not(.waiting)').waitFor();
      await expect.poll(() => activeName(outcomes)).toMatch(/^timeout/);
      expect(await page.locator('details.assumptions').getAttribute('open')).not.toBeNull();
    });

    it('marks what a translation changed, on the way there and back', async () => {
      await open('trace', 'delivered');
      const marked = await page.locator('.hops mark').allTextContents();
      expect(marked[0]).toMatch(/^10\.244\.\d+\.\d+:8080$/);
      // The table of the packets tells of the way back, too.
      const all = await page.locator('mark').allTextContents();
      expect(all.filter((text) => text === marked[0]).length).toBeGreaterThan(1);
    });

    it('folds the rules that did not match, and tells why each did not', async () => {
      await open('trace', 'iptables');
      const fold = page.locator('.folded details', { hasText: /^1 rule of KUBE-SVC-\w+ did not match/ });
      expect(await fold.getByText('source 10.244.1.189 is in 10.244.0.0/16').isVisible()).toBe(false);
      await fold.getByText(/^1 rule of KUBE-SVC-\w+ did not match$/).click();
      const passed = fold.locator('.passed li');
      expect(await passed.locator('.reason').textContent()).toBe('source 10.244.1.189 is in 10.244.0.0/16');
      expect(await passed.textContent()).toMatch(/^-A KUBE-SVC-\w+ ! -s 10\.244\.0\.0\/16 -d .* -j KUBE-MARK-MASQ/);
      // By the keyboard, too.
      await page.keyboard.press('Enter');
      await expect.poll(() => passed.isVisible()).toBe(false);
    });

    it('names the chain where a rule does not', async () => {
      await open('trace', 'nftables');
      const chains = await page.locator('.lines .chain').allTextContents();
      expect(chains.slice(0, 2)).toEqual(['nat-prerouting', 'services']);
      expect(chains[2]).toMatch(/^service-[A-Z2-7]{8}-shop\/cart\/tcp\/http$/);
      await open('trace', 'iptables');
      expect(await page.locator('.lines .chain').count()).toBe(0);
    });

    it('breaks rules between their words, and leaves their text as it is', async () => {
      await open('trace', 'iptables', 'light', 420);
      const rule = page.locator('.lines li', { hasText: /^-A KUBE-SERVICES .*shop\/cart:http/ }).first();
      expect(await rule.textContent()).toMatch(
        /^-A KUBE-SERVICES -d \S+ -p tcp -m comment --comment "shop\/cart:http cluster IP" -m tcp --dport 80 -j \S+$/,
      );
      const heights = await rule.locator('.word').evaluateAll((words) => words.map((word) => word.clientHeight));
      expect(new Set(heights).size).toBe(1);
    });

    it('asks for the comparison when it is opened, and traces what is clicked in it', async () => {
      const request = { from: 'deployment/shop/front', to: '172.30.0.12', port: 30081 };
      await open('trace', 'iptables');
      await send(simulated(request, 2));
      await page.locator('.comparison > summary').click();
      await expect.poll(() => lastPosted()).toEqual({ kind: 'compare', open: true });
      await page.getByText('Comparing').first().waitFor();
      await send(simulated(request, 3, 'compared'));
      const table = page.locator('.comparison table');
      await table.waitFor();
      expect(await table.locator('thead th').allTextContents()).toEqual(['from', 'iptables', 'nftables', 'ipvs']);
      const sources = await table.locator('tbody tr:not(.costs) th').allTextContents();
      expect(sources).toEqual(['deployment/shop/front', 'node node-a', 'node node-b', 'node node-c']);
      // A pod that reaches itself by another node's port: only iptables hides its address on the way.
      const row = table.getByRole('row', { name: /^deployment\/shop\/front/ });
      expect((await row.getByRole('link').allTextContents())[0]).toBe('DELIVERED');
      await row.getByRole('link').nth(1).click();
      expect(await lastPosted()).toEqual({ kind: 'trace', request: { ...request, mode: 'nftables' } });
      await table
        .getByRole('row', { name: /^node node-b/ })
        .getByRole('link')
        .nth(2)
        .click();
      expect(await lastPosted()).toEqual({ kind: 'trace', request: { ...request, from: 'node node-b', mode: 'ipvs' } });
      await page.locator('.comparison > summary').click();
      await expect.poll(() => lastPosted()).toEqual({ kind: 'compare', open: false });
    });

    it('traces from a node what the node was compared with: the address, since it knows no name', async () => {
      await open('trace', 'iptables');
      await page.locator('.comparison > summary').click();
      await send(simulated({ from: 'deployment/shop/front', to: 'http://cart/' }, 2, 'compared'));
      const row = page.getByRole('row', { name: /^node node-b to 10\.98\.220\.122, port 80 / });
      await row.waitFor();
      await row.getByRole('link', { name: 'DELIVERED' }).nth(1).click();
      expect(await lastPosted()).toEqual({
        kind: 'trace',
        request: { from: 'node node-b', to: '10.98.220.122', port: 80, protocol: 'TCP', mode: 'nftables' },
      });
    });

    it('says why a request cannot be compared', async () => {
      await open('trace', 'iptables');
      await page.locator('.comparison > summary').click();
      await page.getByText('Comparing').first().waitFor();
      const message = simulated({ from: 'deployment/shop/front', to: 'http://cart/' }, 2);
      await send({ ...message, comparisonProblem: 'there is no scope shop any more' });
      await page.getByText('It cannot be compared: there is no scope shop any more').waitFor();
      expect(await page.getByText('Comparing').count()).toBe(0);
    });

    it('asks for the comparison again after a reload', async () => {
      await open('trace', 'iptables');
      await page.locator('.comparison > summary').click();
      await kept('"compares":true');
      await page.reload();
      await page.locator('.panel:not(.waiting)').waitFor();
      await expect.poll(() => lastPosted()).toEqual({ kind: 'compare', open: true });
    });

    it('tells of an Ingress and of a hostPort', async () => {
      await open('trace', 'ingress');
      expect(await page.locator('.hop').first().getAttribute('aria-label')).toBe(
        'HTTP: GET http://shop.example/cart/17',
      );
      await page.getByRole('link', { name: /^Ingress shop\/shop, rule 1/ }).click();
      expect(await lastPosted()).toEqual({ kind: 'reveal', link: { of: 'cause', path: 0, hop: 0, cause: 0 } });
      await open('trace', 'host-port');
      expect(await page.getByText(/^the network plugin maps hostPort 9090/).isVisible()).toBe(true);
    });

    it('fits into 300 pixels', async () => {
      for (const fixture of ['refused', 'delivered', 'unresolved', 'nftables', 'ipvs', 'compared']) {
        await open('trace', fixture, 'light', 300);
        const overflow = await page.locator('.panel').evaluate((element) => element.scrollWidth - element.clientWidth);
        expect(overflow).toBeLessThanOrEqual(0);
      }
    });

    it('says what is wrong with a request, above it the form to mend it', async () => {
      await open('trace', 'message');
      expect(await page.getByRole('combobox', { name: 'From' }).inputValue()).toBe('pod shop/fornt-1');
      expect(await spoken().textContent()).toMatch(/^Nothing is called shop\/fornt-1/);
    });
  });

  it.each(['dark', 'light', 'hc-dark', 'hc-light'] as const)('keeps the policy in theme %s', async (theme) => {
    await open('topology', 'shop', theme);
    await page.getByRole('button', { name: 'Legend' }).click();
    await page.getByRole('button', { name: /problems$/ }).click();
    const border = await page
      .locator('.node-service .frame')
      .first()
      .evaluate((element) => getComputedStyle(element).stroke);
    if (theme === 'hc-dark') expect(border).toBe('rgb(111, 195, 223)');
    if (theme === 'hc-light') expect(border).toBe('rgb(15, 74, 133)');
  });
});
