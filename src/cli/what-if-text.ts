/** A what-if for people: the moments one below the other, each with who did what and what that changed. */

import type {
  EndpointState, MomentReport, PodState, RulesDifference, ServiceDifference,
} from '#analysis/what-if/report'; // prettier-ignore
import { printShare } from '#analysis/trace/words';
import type { Style } from './output';

export function whatIfText(reports: readonly MomentReport[], style: Style): string {
  return reports.map((report) => momentLines(report, style).join('\n')).join('\n\n');
}

function momentLines(report: MomentReport, style: Style): readonly string[] {
  const number = String(report.index).padStart(2);
  const head = `${number}  ${style.bold(report.title)}${report.when === '' ? '' : style.dim(`  ${report.when}`)}`;
  const actors = Math.min(28, Math.max(0, ...report.events.map(({ by }) => by.length)));
  return [
    head,
    ...report.events.map(({ by, text }) => `      ${style.dim(by.padEnd(actors))}  ${text}`),
    ...report.nodes.map(({ name, before, after }) => `    node ${name}: ${before ?? 'none'} → ${after ?? 'gone'}`),
    ...report.pods.map(({ name, before, after }) => `    pod ${name}: ${podChange(before, after, style)}`),
    ...report.services.flatMap((service) => serviceLines(service, style)),
    ...rulesLine(report.rules, style),
    ...report.requests.flatMap((request) => requestLines(request, style)),
  ];
}

function podChange(before: PodState | undefined, after: PodState | undefined, style: Style): string {
  if (!after) return `${before?.text ?? ''} → ${style.red('gone')}`;
  const place = [after.node === undefined ? [] : `on ${after.node}`, after.address ?? []].flat().join(', ');
  const where = place === '' ? '' : style.dim(`  (${place})`);
  const text = after.state === 'ready' ? style.green(after.text) : style.yellow(after.text);
  return before ? `${before.text} → ${text}${where}` : `${style.green('new')}, ${text}${where}`;
}

function serviceLines(difference: ServiceDifference, style: Style): readonly string[] {
  const { service, change, fields, endpoints, ready, fallsBack } = difference;
  const count = `${ready} ready ${ready === 1 ? 'endpoint' : 'endpoints'}`;
  const back = fallsBack ? style.yellow(': kube-proxy falls back to those that terminate and still serve') : '';
  return [
    `    Service ${style.bold(service)}: ${change === 'changed' ? '' : `${change}, `}${count}${back}`,
    ...fields.map(({ field, before, after }) => `      ${field}: ${before ?? 'none'} → ${after ?? 'none'}`),
    ...endpoints.map(({ address, pod, slice, before, after }) => {
      const mark = after ? (before ? style.yellow('~') : style.green('+')) : style.red('-');
      const conditions = before && after ? `${words(before)} → ${words(after)}` : words((after ?? before)!);
      return `      ${mark} ${address}  ${pod ?? ''}  ${conditions}${style.dim(`  (slice ${slice})`)}`;
    }),
  ];
}

function words({ ready, serving, terminating }: EndpointState): string {
  return `ready=${ready}, serving=${serving}, terminating=${terminating}`;
}

function rulesLine(rules: readonly RulesDifference[], style: Style): readonly string[] {
  if (rules.length === 0) return [];
  const several = new Set(rules.map(({ family }) => family)).size > 1;
  const parts = rules.map(({ node, family, added, removed }) => `${node}${several ? ` ${family}` : ''} +${added} -${removed}`); // prettier-ignore
  return [`    rules (${rules[0]!.mode}): ${style.dim(parts.join(', '))}`];
}

function requestLines(request: MomentReport['requests'][number], style: Style): readonly string[] {
  const { from, to } = request.request;
  const verdict = request.failed ? style.red(request.verdict) : style.green(request.verdict);
  const mark = request.changed ? style.yellow(' ●') : '';
  const failures = request.ends.filter(({ delivered }) => !delivered);
  return [
    `    ${from} → ${to}: ${verdict}${mark}`,
    ...failures.map(({ text, share }) => `      ${share < 1 ? `${printShare(share)}: ` : ''}${text}`),
  ];
}
