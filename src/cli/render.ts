/** `render`: what kustomize or Helm make of an overlay or a chart, as it is then applied. */

import type { WorkspacePlan } from '#manifest/plans/index';
import { assertNever } from '#base/assert';
import { Failure } from './failure';
import type { Loaded, LoadFlags } from './load';

/** The text as the engine prints it, but for the data of Secrets. */
export async function render({ workspace, rendered }: Loaded, flags: LoadFlags): Promise<void> {
  if (flags.live) throw new Failure('render works from files: it does not go with --live');
  if (flags.render === false) throw new Failure('render does not go with --no-render');
  const plan = choosePlan(workspace.plans(), flags.scope);
  const result = await rendered?.(plan);
  if (!result) throw new Failure(`${plan.name} is not rendered`);
  switch (result.kind) {
    case 'rendered':
      for (const { what } of result.unavailable)
        process.stderr.write(`service-topology: ${what} is not available here\n`);
      process.stdout.write(result.text);
      return;
    case 'failed': {
      const { place } = result;
      const at = place?.range ? `:${place.range.start.line + 1}:${place.range.start.character + 1}` : '';
      throw new Failure(
        `${plan.name} cannot be rendered: ${result.message}${place ? `\n  at ${place.file}${at}` : ''}`,
      );
    }
    case 'stopped':
      throw new Failure(`${plan.name} is not rendered: ${result.message}`);
    default:
      return assertNever(result);
  }
}

function choosePlan(plans: readonly WorkspacePlan[], name: string | undefined): WorkspacePlan {
  const list = `there are:\n${plans.map((plan) => `  ${plan.name}`).join('\n')}`;
  if (plans.length === 0) throw new Failure('no kustomization or chart there');
  if (name === undefined) {
    if (plans.length === 1) return plans[0]!;
    throw new Failure(`there are ${plans.length} kustomizations and charts: choose one with --scope NAME; ${list}`);
  }
  const chosen = plans.find((plan) => plan.name === name || plan.id === name);
  if (!chosen) throw new Failure(`no kustomization or chart ${name}; ${list}`);
  return chosen;
}
