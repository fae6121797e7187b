// What the checks of live clusters share: kubeconfigs, connecting, a real control plane.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ControlPlane, findPrograms } from '../../live/control-plane.ts';
import { createShop } from '../../live/shop.ts';
import { until } from './support.mjs';

/** Names the kubeconfig as a user does for the machine: a folder may not. */
export async function useKubeconfig(profile, file) {
  const folder = path.join(profile.data, 'Machine');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'settings.json'), JSON.stringify({ 'serviceTopology.kubeconfig': file }));
}

/** Writes a kubeconfig of several contexts, all of one cluster but the one that names a server of its own. */
export async function writeKubeconfig(profile, contexts) {
  const file = path.join(profile.folder, 'kubeconfig.json');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: contexts.map(({ name, server, authority }) => ({
      name,
      cluster: { server, ...(authority ? { 'certificate-authority': authority } : {}) },
    })),
    users: contexts.map(({ name, token }) => ({ name, user: { token } })),
    contexts: contexts.map(({ name, namespace }) => ({
      name,
      context: { cluster: name, user: name, ...(namespace ? { namespace } : {}) },
    })),
    'current-context': contexts[0].name,
  };
  await writeFile(file, JSON.stringify(config));
  return file;
}

export const nowhere = { name: 'far-away', server: 'https://127.0.0.1:9', token: 'a-token-that-nobody-takes' };

/** Asked for until the setting has arrived. */
export async function connect(workbench, context) {
  await until(`${context} among the contexts`, async () => {
    await workbench.command('Service Topology: Connect to Cluster');
    const row = workbench.quickRow(context).first();
    try {
      await row.click({ timeout: 3000 });
      return true;
    } catch {
      await workbench.page.keyboard.press('Escape');
      return false;
    }
  });
}

export async function disconnect(workbench) {
  await workbench.command('Service Topology: Disconnect from Cluster');
  await workbench.treeRow('Cluster ').first().waitFor({ state: 'detached' });
}

/** A picture; with the variable THEMES set, one in each kind of theme, for whoever looks at them. */
export async function inThemes(workbench, name) {
  if (!process.env.THEMES) return workbench.screenshot(name);
  for (const [theme, suffix, kind] of [
    ['Light Modern', 'light', 'vs'],
    ['Dark High Contrast', 'contrast', 'hc-black'],
    ['Dark Modern', 'dark', 'vs-dark'],
  ]) {
    await workbench.theme(theme);
    await workbench.page.locator(`.monaco-workbench.${kind}`).waitFor();
    await workbench.screenshot(`${name}-${suffix}`);
  }
}

export async function withPlane(profile, body) {
  const found = findPrograms();
  if ('missing' in found) {
    console.log(`      skipped: ${found.missing}`);
    return;
  }
  const plane = await ControlPlane.start([{ name: 'narrow', token: 'narrow-token-of-the-test' }]);
  try {
    await createShop(plane);
    const authority = path.join(plane.folder, 'certs/apiserver.crt');
    const ours = { server: plane.server, authority };
    const file = await writeKubeconfig(profile, [
      { ...ours, name: 'shop-cluster', token: plane.token('admin') },
      { ...ours, name: 'shop-narrow', token: plane.token('narrow'), namespace: 'shop' },
      nowhere,
    ]);
    await useKubeconfig(profile, file);
    await body(plane);
  } finally {
    await plane.stop();
  }
}

/** The files of the profile that hold one of the texts: its logs, settings and saved state. */
export async function filesWith(texts, { data }) {
  const found = [];
  const entries = await readdir(data, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((each) => each.isFile())) {
    const file = path.join(entry.parentPath, entry.name);
    const content = await readFile(file);
    for (const text of texts) if (content.includes(text)) found.push(`${file}: ${text}`);
  }
  return { found, files: entries.length };
}

/** The entries of the browser's storages that hold one of the texts: there VS Code for the web keeps its state. */
export async function stateWith(texts, { page }) {
  return page.evaluate(async (wanted) => {
    const all = (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const found = [];
    let entries = 0;
    const look = (name, value) => {
      entries++;
      const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
      for (const each of wanted) if (text.includes(each)) found.push(`${name}: ${each}`);
    };
    for (const storage of [localStorage, sessionStorage])
      for (const key of Object.keys(storage)) look(key, storage.getItem(key));
    for (const { name } of await indexedDB.databases()) {
      const database = await all(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        const values = await all(database.transaction(store).objectStore(store).getAll());
        for (const value of values)
          look(
            `${name}/${store}`,
            value instanceof ArrayBuffer || ArrayBuffer.isView(value) ? new TextDecoder().decode(value) : value,
          );
      }
      database.close();
    }
    return { found, entries };
  }, texts);
}
