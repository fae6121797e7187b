/** The table of rules: which of them look at which kind of object. A new finding is a new file and a line here. */

import type { KubernetesObject } from '#model/object';
import type { AnalysisContext } from '../context';
import type { Report } from './report';
import { headlessTargetPort } from './headless-target-port';
import { refusedByApiServer } from './refused-by-api-server';
import { replacedByLaterDocument } from './replaced-by-later-document';
import { selectorMatchesNothing } from './selector-matches-nothing';
import { selectorMatchesSeveralWorkloads } from './selector-matches-several-workloads';
import { serviceNameRelease } from './service-name-release';
import { targetPortName } from './target-port-name';
import { targetPortUndeclared } from './target-port-undeclared';

export interface Rule {
  /** The findings that it can give; each has a section in docs/findings.md. */
  readonly codes: readonly string[];
  /** Pure: reads the control plane of the context and adds to the report. */
  readonly check: (object: KubernetesObject, context: AnalysisContext, report: Report) => void;
}

/** For what is written, whether the cluster would hold it or not, by `GROUP/KIND`. */
export const writtenRulesByKind: ReadonlyMap<string, readonly Rule[]> = new Map([['/Service', [serviceNameRelease]]]);

/** For any object, in this order; where one of them finds something, the object does not exist for the rules below. */
export const existenceRules: readonly Rule[] = [replacedByLaterDocument, refusedByApiServer];

/** For accepted objects, by `GROUP/KIND`. */
export const rulesByKind: ReadonlyMap<string, readonly Rule[]> = new Map([
  [
    '/Service',
    [selectorMatchesNothing, selectorMatchesSeveralWorkloads, targetPortName, targetPortUndeclared, headlessTargetPort],
  ],
]);
