/** Renders that come, go and fail between edits: in whatever order, all comes to what a fresh reading gives. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createWorkspace, type Workspace } from '#analysis/workspace';
import type { RenderResult } from '#manifest/render-types';
import { defaultSettings } from '#model/settings';
import { deployment, service } from '../../support/manifests';
import { from, rendered } from '../../support/renders';

const names = ['web', 'api'];
const labels = ['web', 'wbe', 'api'];
const paths = [
  'base/app.yaml',
  'base/kustomization.yaml',
  'over/kustomization.yaml',
  'over/patch.yaml',
  'other/app.yaml',
];
const plans = ['kustomization:over', 'kustomization:base', 'kustomization:gone'];

const document = fc
  .tuple(fc.constantFrom(...names), fc.constantFrom(...labels), fc.constantFrom(service, deployment))
  .map(([name, label, make]) => make(name, label));

const text = fc.oneof(
  { weight: 4, arbitrary: fc.array(document, { maxLength: 3 }).map((list) => list.join('---\n')) },
  fc.constant('resources: [app.yaml]\n'),
  fc.constant('resources: [../base]\npatches: [{path: patch.yaml}]\n'),
  fc.constant('kind: [broken'),
);

/** Documents that lead to whatever stands in one of the files, or to nothing. */
const result: fc.Arbitrary<RenderResult | undefined> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(fc.array(fc.tuple(document, fc.nat(7)), { maxLength: 4 }), fc.subarray(paths, { minLength: 1 }))
      .map(([documents, read]) =>
        rendered(
          documents.map(([written, i]) => {
            // An engine tells of every file that it takes something from.
            const file = read[i % read.length]!;
            return {
              text: written,
              source: { file, document: 0 },
              fields: i % 2 === 0 ? [[[], from('base', file, [])]] : [],
            };
          }),
          read,
        ),
      ),
  },
  fc
    .constantFrom(...paths)
    .map((file) => ({ kind: 'failed' as const, message: 'no', place: { file, range: undefined }, read: [] })),
  fc.constant({ kind: 'stopped' as const, reason: 'time' as const, message: 'too long' }),
  fc.constant(undefined),
);

const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      path: fc.constantFrom(...paths),
      text: fc.option(text, { nil: undefined, freq: 5 }),
      settle: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ plan: fc.constantFrom(...plans), result, untraced: fc.boolean(), settle: fc.boolean() }),
  },
);

/** The same before anybody looked for origins. */
function untraced(given: RenderResult | undefined): RenderResult | undefined {
  if (given?.kind !== 'rendered') return given;
  const objects = given.objects.map((object) => ({ ...object, source: undefined, fields: [] }));
  return { ...given, objects, untraced: true };
}

const create = () => createWorkspace({ settings: defaultSettings, roots: [] });

function told(workspace: Workspace) {
  const scopes = workspace.scopes.map(({ scope }) => [scope.id, scope.files, scope.incomplete, scope.rendered]).sort();
  return {
    scopes,
    paths: workspace.paths(),
    files: [...workspace.paths(), ...workspace.scopes.flatMap(({ scope }) => scope.rendered ?? [])].map((path) => [
      path,
      workspace.findings(path),
      workspace.unknowns(path),
      workspace.problems(path),
    ]),
  };
}

it('comes to the same by any series of edits and renders as by a fresh reading', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 14 }), (steps) => {
      const edited = create();
      for (const each of steps) {
        if ('plan' in each) {
          edited.plans();
          edited.setRendered(each.plan, each.untraced ? untraced(each.result) : each.result);
        } else if (each.text === undefined) edited.removeFile(each.path);
        else edited.setFile(each.path, each.text);
        if (each.settle) edited.update();
      }
      edited.update();
      const fresh = create();
      for (const file of edited.files()) fresh.setFile(file.path, file.text);
      for (const { id } of fresh.plans()) fresh.setRendered(id, edited.rendered(id));
      fresh.update();
      expect(told(edited)).toEqual(told(fresh));
    }),
    { numRuns: 300 },
  );
});
