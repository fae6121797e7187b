// The first seconds, the walkthrough, and a server that crashes.
import { readFileSync, readdirSync } from 'node:fs';
import { texts, until } from './support.mjs';

/** The ids of the language servers of this profile. */
export function serverProcesses(profile) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((id) => {
      try {
        const line = readFileSync(`/proc/${id}/cmdline`, 'utf8');
        return line.includes(profile.extensions) && line.includes('dist/server.js');
      } catch {
        return false; // Ended while we looked.
      }
    })
    .map(Number);
}

export const startCheck = [
  'the extension starts and reads the folder',
  async ({ workbench }) => {
    await workbench.status.waitFor({ timeout: 60_000 });
    await until('the status with its problems', async () =>
      /Services\s+3/.test((await texts(workbench.status))[0] ?? ''),
    );
  },
];

export const checks = [
  [
    'the walkthrough has its seven steps, each with its picture',
    async ({ workbench }) => {
      await workbench.command('Welcome: Open Walkthrough');
      await workbench.input.fill('Service Topology');
      await workbench.quickRow('Get Started with Service Topology').first().click();
      for (const [step, picture] of [
        ['Take the example shop', 'KUBERNETES SERVICES'],
        ['See your Services', 'KUBERNETES SERVICES'],
        ['Follow a selector', 'KUBERNETES SERVICES'],
        ['Trace a request', 'KUBE-SERVICES'],
        ['Mend it, and keep watch', 'KUBE-SERVICES'],
        ["See the packet's rules", 'KUBE-SERVICES'],
        ['See who reaches whom', 'workloads'],
      ]) {
        await workbench.page.locator('.getting-started-step', { hasText: step }).first().click();
        await workbench.panel().getByText(picture).first().waitFor();
        await workbench.screenshot(`walkthrough-${step.toLowerCase().replaceAll(' ', '-')}`);
      }
    },
  ],
  [
    'a crashed server comes back; one that keeps crashing can be restarted',
    async ({ workbench, profile }) => {
      for (let crash = 0; crash < 5; crash++) {
        const [id] = await until('a language server', () => {
          const found = serverProcesses(profile);
          return found.length > 0 && found;
        });
        process.kill(id, 'SIGKILL');
        await until('its end', () => !serverProcesses(profile).includes(id));
      }
      await until('the status "stopped"', async () => /stopped/.test((await texts(workbench.status))[0] ?? ''));
      await workbench.showServices();
      await workbench.welcome().getByText('has stopped').waitFor();
      await workbench.screenshot('stopped');
      await workbench.status.click();
      await workbench.treeRow('Service web').first().waitFor();
    },
  ],
];
