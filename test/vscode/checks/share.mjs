// What leaves the trace panel: texts into the clipboard, pictures and tests into files; and the example that comes in.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Workbench } from '../workbench.mjs';
import { expect, texts, traceFrom, until } from './support.mjs';

export async function share(workbench, item) {
  await workbench
    .panel()
    .getByRole('button', { name: 'Copy or save this trace' })
    .or(workbench.panel().getByText('Share', { exact: true }))
    .first()
    .click();
  await workbench.panel().getByRole('menuitem', { name: item }).click();
}

/** Answers the question for a file with the one that is proposed, and gives what was written. */
export async function savedAs(workbench, profile, name) {
  const file = path.join(profile.workspace, name);
  rmSync(file, { force: true });
  await until(`the question for ${name}`, async () =>
    (await workbench.input.inputValue().catch(() => '')).endsWith(name),
  );
  await workbench.page.keyboard.press('Enter');
  await until(`the file ${name}`, () => existsSync(file) && readFileSync(file).length > 0);
  const bytes = readFileSync(file);
  rmSync(file);
  return bytes;
}

export const checks = [
  [
    'a trace is shared as text, Markdown, diagram and command',
    async ({ workbench }) => {
      const { page } = workbench;
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await traceFrom(workbench, 'web.yaml', 5, 'REFUSED');
      for (const [item, part] of [
        ['Copy as Text', /REFUSED, always/],
        ['Copy as Markdown', /^### .*REFUSED/],
        ['Copy as Mermaid Diagram', /^sequenceDiagram/],
        ['Copy as Command', /^service-topology trace \. --from /],
      ]) {
        await page.evaluate(() => globalThis.navigator.clipboard.writeText(''));
        await share(workbench, item);
        await until(`${item} in the clipboard`, async () =>
          part.test(await page.evaluate(() => globalThis.navigator.clipboard.readText())),
        );
      }
    },
  ],
  [
    'a trace is shared as a picture that stands alone: SVG and PNG',
    async ({ workbench, profile }) => {
      await traceFrom(workbench, 'web.yaml', 5, 'REFUSED');
      await share(workbench, 'Save as SVG…');
      await workbench.input.waitFor();
      await workbench.screenshot('trace-save');
      const svg = (await savedAs(workbench, profile, 'trace.svg')).toString('utf8');
      expect(svg.startsWith('<svg') && svg.includes('REFUSED'), svg.slice(0, 200));
      await workbench.tabTitled('Trace').click();
      await share(workbench, 'Save as PNG…');
      const png = await savedAs(workbench, profile, 'trace.png');
      expect(png.toString('latin1', 1, 4) === 'PNG' && png.readUInt32BE(16) === 1960, 'a PNG of 1960 pixels');
    },
  ],
  [
    'a trace is saved as a reachability test that expects what comes out now',
    async ({ workbench, profile }) => {
      await traceFrom(workbench, 'web.yaml', 5, 'REFUSED');
      await share(workbench, 'Save as Reachability Test');
      await workbench.line('expect: refused').waitFor();
      await workbench.screenshot('trace-test');
      await workbench.tabTitled('requests.reachability.yaml').first().click();
      rmSync(path.join(profile.workspace, 'requests.reachability.yaml'), { force: true });
    },
  ],
  [
    'a request that was traced is offered again as a whole',
    async ({ workbench }) => {
      await traceFrom(workbench, 'web.yaml', 5, 'REFUSED');
      await workbench.command('View: Close All Editors');
      await workbench.showServices();
      await workbench.openRow('folder');
      await workbench.command('Service Topology: Trace Request');
      const recent = workbench.quickRow('shop/front → shop/web').first();
      await recent.waitFor();
      await workbench.screenshot('trace-recent');
      await recent.click();
      await workbench.panel().getByText('REFUSED').first().waitFor();
    },
  ],
  [
    'the example shop is copied where one says, opens, and has its findings',
    async ({ workbench, profile }) => {
      const place = path.join(profile.folder, 'examples-here');
      mkdirSync(place, { recursive: true });
      const { page } = workbench;
      const before = page.url();
      const pages = [page];
      page.context().on('page', (other) => pages.push(other));
      await workbench.command('Service Topology: Open Example Shop');
      await until('the question for a folder', async () =>
        (await workbench.input.inputValue().catch(() => '')).startsWith('/'),
      );
      await workbench.input.fill(`${place}/`);
      await workbench.screenshot('example-place');
      // The dialog reads the folder first, and takes no answer meanwhile.
      await until('the copy', async () => {
        if (existsSync(path.join(place, 'service-topology-shop'))) return true;
        await page.keyboard.press('Enter');
        await new Promise((resolve) => setTimeout(resolve, 500));
        return existsSync(path.join(place, 'service-topology-shop'));
      });
      // In a window of its own, or in this one: that is a setting of VS Code.
      const opened = await until('its window', () =>
        pages.find((one) => decodeURIComponent(one.url()).includes('service-topology-shop')),
      );
      const copy = new Workbench(opened);
      await copy.ready();
      await copy.status.waitFor({ timeout: 60_000 });
      await until('its three problems', async () => /Services\s+3/.test((await texts(copy.status))[0] ?? ''));
      await copy.screenshot('example-opened');
      if (opened !== page) await opened.close();
      await page.goto(before);
      await workbench.ready();
      await workbench.status.waitFor();
    },
  ],
];
