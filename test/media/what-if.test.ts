/** The what-if panel as it is shipped, in a real browser under the policy that VS Code's webviews have. */

import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { browserPath, hasBrowser } from './harness/browser';
import { whatIfMessage } from './harness/simulated-what-ifs';
import { panelsOfSuite } from './harness/stage';

if (!hasBrowser) console.log(`The what-if panel is not tested: there is no browser at ${browserPath}.`);

describe.skipIf(!hasBrowser)('the what-if panel', { timeout: 60_000 }, () => {
  const panels = panelsOfSuite();
  const { lastPosted } = panels;
  let page: Page;

  async function open(fixture: string, width?: number): Promise<void> {
    page = await panels.open('what-if', fixture, 'dark', width);
  }

  const slider = () => page.getByRole('slider', { name: 'Moment' });
  const title = () => page.locator('.moment-head h2').innerText();
  const service = () => page.getByRole('region', { name: 'Service shop/web' });

  it('goes over the moments by the slider’s keys, the buttons and the list, and all show the same one', async () => {
    await open('update');
    expect(await title()).toBe('deployment shop/web restarts');
    await slider().press('ArrowRight');
    expect(await slider().getAttribute('aria-valuetext')).toMatch(/^Moment 2 of 8: pod shop\/web-\S+ is ready\. when the new pods are up\. pod shop\/client to http:\/\/web: DELIVERED$/);
    await page.getByRole('button', { name: 'Next moment' }).click();
    expect(await page.getByRole('option', { selected: true }).innerText()).toMatch(/^3\s+1 pod created, 1 pod deleted/);
    await page.getByRole('listbox', { name: 'Moments' }).press('End');
    expect(await slider().inputValue()).toBe('8');
    await page.getByRole('option').first().click();
    expect(await title()).toBe('As it is');
    expect(await page.getByRole('status').innerText()).toMatch(/^Moment 0 of 8: Start/);
  }); // prettier-ignore

  it('shows the conditions of an endpoint that ends, and which pod comes in its place', async () => {
    await open('update');
    await slider().fill('3');
    const ending = service().getByRole('row', { name: /^changed .*false true true$/ });
    expect(await ending.count()).toBe(1);
    expect(await service().getByRole('row', { name: /^new .*false false false$/ }).count()).toBe(1);
    await slider().fill('4');
    expect(await service().getByRole('row', { name: /^gone / }).count()).toBe(1);
  }); // prettier-ignore

  it('marks where requests fail, and says why', async () => {
    await open('node');
    expect(await page.locator('.position').innerText()).toMatch(/requests fail at 1 moment$/);
    const requests = page.getByRole('region', { name: 'Requests' });
    expect(await requests.innerText()).toMatch(/DELIVERED 2\/3, TIMES OUT 1\/3/);
    expect(await requests.innerText()).toMatch(/1\/3\s+pod shop\/web-\S+ is on node node-a, which is down/);
    expect(await page.locator('.tick.fail').count()).toBe(1);
  });

  it('tells that kube-proxy falls back to terminating endpoints', async () => {
    await open('recreate');
    expect(await title()).toBe('deployment shop/web restarts');
    expect(await service().innerText()).toMatch(/falls back to those that are terminating/);
  });

  it('adds a step from the form and by text, and removes one', async () => {
    await open('empty');
    await page.getByRole('button', { name: 'Add Step' }).click();
    expect(await lastPosted()).toEqual({ kind: 'steps', steps: ['deployment shop/web restarts'] });
    const message = whatIfMessage(['deployment shop/web restarts'], undefined, 2);
    await page.evaluate((value) => window.postMessage(value, '*'), message);
    await page.getByRole('listbox', { name: 'Moments' }).waitFor();
    expect(await title()).toBe('deployment shop/web restarts');
    await page.getByText('Add a step', { exact: true }).click();
    await page.getByRole('combobox', { name: 'About' }).click();
    await page.getByRole('option', { name: 'Write it' }).click();
    const field = page.getByRole('textbox', { name: 'Step' });
    await page.getByRole('button', { name: 'Add Step' }).click();
    await page.getByRole('alert').waitFor();
    await field.fill('node node-a fails');
    await field.press('Enter');
    expect(await lastPosted()).toEqual({ kind: 'steps', steps: ['deployment shop/web restarts', 'node node-a fails'] });
    await page.getByRole('button', { name: /^Remove step 1/ }).click();
    expect(await lastPosted()).toEqual({ kind: 'steps', steps: [] });
  });

  it('says at its step why one cannot be taken', async () => {
    await open('wrong');
    const alerts = page.getByRole('alert');
    expect(await alerts.first().innerText()).toBe('there is no node nobody; there are node-a, node-b, node-c');
    await slider().waitFor();
    // What cannot be read is told although what stands before it cannot be taken.
    expect(await alerts.nth(1).innerText()).toMatch(/^cannot read "pod x explodes": write one of\n/);
    const message = whatIfMessage(['node nobody fails', 'node node-a fails'], undefined, 2);
    await panels.send(message);
    await page.getByText('not taken: step 1 cannot be').waitFor();
  });

  it('asks the extension for rules, traces, YAML and what is kept', async () => {
    await open('recreate');
    await slider().fill('3');
    await page.getByRole('region', { name: 'Rules' }).getByRole('link').first().click();
    expect(await lastPosted()).toEqual({ kind: 'rules', moment: 3, row: 0 });
    await page.getByRole('region', { name: 'Requests' }).getByRole('link').press('Enter');
    expect(await lastPosted()).toEqual({ kind: 'trace', request: 0 });
    await service().getByRole('link').click();
    expect(await lastPosted()).toEqual({ kind: 'reveal', object: 'service shop/web' });
    await page.getByRole('button', { name: 'Apply to YAML' }).click();
    expect(await lastPosted()).toEqual({ kind: 'keep', as: 'edits' });
    await page.getByRole('button', { name: /^Remove the request/ }).click();
    expect(await lastPosted()).toEqual({ kind: 'requests', requests: [] });
  });

  it('works in 320 pixels, as at 400 % zoom, without a second scroll bar', async () => {
    await open('update', 320);
    const overflow = await page.locator('main').evaluate((element) => element.scrollWidth - element.clientWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await slider().press('End');
    expect(await title()).toMatch(/has ended and is gone$/);
  });
});
