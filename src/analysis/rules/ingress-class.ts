/** ingress-class-unknown: an Ingress of a class that none of the scope's IngressClasses has. */

import type { Rule } from './index';
import { annotationOf, specOf, textOf } from '#simulation/http/read';
import { changeValue, fixBy } from './edits';
import { nearestName } from './near-names';
import { list, scopeName } from './words';

export const ingressClass: Rule = {
  codes: ['ingress-class-unknown'],
  check(object, context, report) {
    const name = textOf(specOf(object).ingressClassName);
    // The annotation comes first, and names no IngressClass.
    if (name === undefined || annotationOf(object, 'kubernetes.io/ingress.class') !== undefined) return;
    report.dependsOn('kind networking.k8s.io/IngressClass');
    const classes = [...context.simulation.controlPlane.objectsOfKind('networking.k8s.io', 'IngressClass')].map((found) => found.name); // prettier-ignore
    const path = ['spec', 'ingressClassName'];
    if (classes.length === 0 || classes.includes(name)) return;
    if (context.scope.incomplete.length > 0) return report.leaveOpen(report.place(path));
    const near = nearestName(name, classes);
    report.add({
      code: 'ingress-class-unknown',
      severity: 'hint',
      message: `IngressClass ${name} is not in ${scopeName(context.scope)}`,
      place: report.member(path),
      details: [
        { label: 'cause', text: `IngressClass ${list(classes.sort())} ${classes.length === 1 ? 'is' : 'are'} there` },
        { label: 'effect', text: 'unless the cluster has it from elsewhere, no controller serves the Ingress' },
      ],
      fixes: near === undefined ? [] : [fixBy(`Change the class to ${near}`, true, [changeValue(object, path, near, context)])], // prettier-ignore
    });
  },
};
