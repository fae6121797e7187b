// Templates of a chart: what is known without rendering, and that nothing is told twice beside the extensions for Helm.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cursorAt, expect, texts, until } from './support.mjs';

const chart = {
  'Chart.yaml': 'apiVersion: v2\nname: site\nversion: 1.0.0\n',
  'values.yaml': 'replicas: 3\nportOfSite: 8080\n',
  'templates/_helpers.tpl': '{{- define "site.name" -}}\nsite\n{{- end }}\n',
  'templates/site.yaml': `apiVersion: v1
kind: Service
metadata:
  name: {{ include "site.name" . }}
spec:
  selector: {app: site}
  ports:
    - port: {{ .Values.portOfSite }}
      name: {{ .Values. }}
`,
};

async function withChart({ workbench, profile }, run) {
  const folder = path.join(profile.workspace, 'site');
  await mkdir(path.join(folder, 'templates'), { recursive: true });
  for (const [name, text] of Object.entries(chart)) await writeFile(path.join(folder, name), text);
  try {
    // A busy machine may not tell of files that came.
    await workbench.reload();
    await run();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Goes behind some text of a line. */
async function goBehind(workbench, line, text) {
  const column = chart['templates/site.yaml'].split('\n')[line - 1].indexOf(text) + text.length + 1;
  await workbench.openFile('site.yaml', `${line}:${column}`);
  await cursorAt(workbench, line);
}

async function hoverOfPort(workbench) {
  await goBehind(workbench, 8, '.Values.port');
  const rows = workbench.page.locator('.monaco-hover-content .hover-row');
  await until('the hover with the value', async () => {
    await workbench.command('Show or Focus Hover');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    return (await texts(rows)).some((text) => text.includes('8080'));
  });
  return (await texts(rows)).filter((text) => text.includes('8080'));
}

async function keysOffered(workbench) {
  await goBehind(workbench, 9, '.Values.');
  const rows = workbench.page.locator('.suggest-widget.visible .monaco-list-row .label-name');
  await until('the keys of values', async () => {
    await workbench.page.keyboard.press('Escape');
    await workbench.page.keyboard.press('Control+Space');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    return (await texts(rows)).includes('portOfSite');
  });
  return (await texts(rows)).filter((text) => text === 'portOfSite');
}

export const checks = [
  [
    'in a template a value shows what it is, leads to where it is set, and is completed',
    async ({ workbench, profile }) =>
      withChart({ workbench, profile }, async () => {
        expect((await hoverOfPort(workbench)).length === 1, 'the value is told twice');
        await workbench.screenshot('template-hover');
        expect((await keysOffered(workbench)).length === 1, 'the key is offered twice');
        await workbench.screenshot('template-completion');
        await workbench.page.keyboard.press('Escape');
        await goBehind(workbench, 8, '.Values.port');
        await workbench.command('Go to Definition');
        await cursorAt(workbench, 2);
        await goBehind(workbench, 4, 'site.na');
        await workbench.command('Go to Definition');
        await workbench.tab('_helpers.tpl').waitFor();
      }),
  ],
];

export const kubernetesChecks = [
  [
    'beside the Kubernetes extension a key of the values is offered once',
    async ({ workbench, profile }) =>
      withChart({ workbench, profile }, async () => {
        expect((await keysOffered(workbench)).length === 1, 'the key is offered twice');
        expect((await hoverOfPort(workbench)).length === 1, 'the value is told twice');
      }),
  ],
];

export const helmChecks = [
  [
    'beside the extension of helm-ls the value is told once, by that one',
    async ({ workbench, profile }) =>
      withChart({ workbench, profile }, async () => {
        const told = await hoverOfPort(workbench);
        await workbench.screenshot('template-hover-helm-ls');
        expect(told.length === 1, `told: ${told.join(' | ')}`);
        expect(told[0].startsWith('values.yaml:'), `told: ${told[0]}`);
      }),
  ],
];
