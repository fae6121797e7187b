/** service-name-needs-1-36: a Service's name that older releases refuse. */

import { minorVersion } from '#model/settings';
import { behaves } from '#simulation/releases';
import type { Rule } from './index';

export const serviceNameRelease: Rule = {
  codes: ['service-name-needs-1-36'],
  check(object, context, report) {
    const minor = minorVersion(context.simulation.controlPlane.settings.kubernetesVersion);
    if (minor === undefined || !behaves(minor, 'relaxedServiceNames') || !/^[0-9]/.test(object.name)) return;
    report.add({
      code: 'service-name-needs-1-36',
      severity: 'info',
      message: `Service name ${object.name} starts with a digit: releases before 1.36 refuse it`,
      place: report.place(['metadata', 'name']),
      details: [
        {
          label: 'cause',
          text: 'a Service name had to be an RFC 1035 label, which starts with a letter; since 1.36 RFC 1123 is enough',
        },
      ],
    });
  },
};
