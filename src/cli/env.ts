/** `env`: the environment variables of a pod's containers, and which of them its kubelet makes for Services. */

import type { ScopeState } from '#analysis/context';
import { resolveSource } from '#analysis/trace/source';
import { namespacedName } from '#model/kubernetes';
import type { ContainerEnvironment, EnvironmentVariable } from '#simulation/environment/types';
import { Failure } from './failure';
import { print, printValue, type Format } from './output';

/** Throws a Failure where there is no such pod or container. */
export function env(
  { simulation }: ScopeState,
  target: string,
  flags: { readonly container?: string; readonly output: Format },
): void {
  const source = resolveSource(target, simulation.controlPlane);
  if ('error' in source) throw new Failure(source.error);
  if (!source.pod) throw new Failure(`${source.label} is no pod`);
  const pod = namespacedName(source.pod);
  const all = simulation.environment.containers(pod);
  const chosen = flags.container === undefined ? all : all.filter(({ container }) => container === flags.container);
  if (chosen.length === 0)
    throw new Failure(`pod ${pod} has no container ${flags.container}: it has ${all.map((each) => each.container).join(', ')}`); // prettier-ignore
  const { enableServiceLinks = true }: { readonly enableServiceLinks?: boolean } = source.pod.spec as object;
  const notes = enableServiceLinks ? [onlyEarlier] : [onlyEarlier, linksAreOff];
  if (flags.output === 'text') print(textOf(pod, chosen, notes));
  else printValue({ pod, containers: chosen, notes }, flags.output);
}

const onlyEarlier = 'a container is told of the Services that are there when it starts: here, of all';
const linksAreOff = 'enableServiceLinks is false: of Services, only the API server\u2019s is told';

/** As `env` prints it in the container; where a value comes from, as a comment above a run of variables. */
function textOf(pod: string, containers: readonly ContainerEnvironment[], notes: readonly string[]): string {
  const blocks = containers.map(({ container, variables, problems }) => {
    const title = `# container ${container} of pod ${pod}`;
    const wrong = problems.map((problem) => `# ${problem}`);
    return [title, ...wrong, ...groups(variables)].join('\n');
  });
  return [...blocks, notes.map((note) => `# ${note}`).join('\n')].join('\n\n');
}

function groups(variables: readonly EnvironmentVariable[]): readonly string[] {
  const origins = [...new Set(variables.map(({ from }) => from))];
  return origins.flatMap((origin) => [
    `# ${origin}`,
    ...variables
      .filter(({ from }) => from === origin)
      .map(({ name, value }) => (value === undefined ? `# ${name} is not known here` : `${name}=${value}`)),
  ]);
}
