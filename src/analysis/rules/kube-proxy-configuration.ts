/** kube-proxy's configuration in a ConfigMap: what kube-proxy would not start with, and what it leaves out. */

import { rangeInFile } from '#manifest/index';
import { writtenField } from '../places';
import { proxyConfigurationText } from '../proxy-configuration';
import type { Rule } from './index';

export const kubeProxyConfiguration: Rule = {
  codes: ['kube-proxy-configuration'],
  check: (object, context, report) => {
    const read = proxyConfigurationText(object);
    if (!read) return;
    for (const { message, fatal, range } of read.problems) {
      const field = writtenField(object, read.path, context);
      const place = field
        ? { file: field.file.path, range: rangeInFile(field.file, field.document, field.path, range) }
        : report.place(read.path);
      report.add({
        code: 'kube-proxy-configuration',
        severity: fatal ? 'error' : 'warning',
        message: `${object.name}: ${wordsOf(message)}`,
        place,
        details: [
          { label: 'cause', text: `kube-proxy says: ${message}` },
          { label: 'effect', text: fatal ? 'kube-proxy does not start: no node has rules' : 'it is left out' },
        ],
      });
    }
  },
};

/** The end of kube-proxy's sentence, which names the field and what is wrong. */
function wordsOf(message: string): string {
  return message
    .replace(/^failed (validate|complete: failed to decode): /, '')
    .replace(/^(KubeProxyConfiguration|json|strict decoding error)[.:] ?/, '');
}
