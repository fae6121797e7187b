/** `dns`: what the cluster's DNS server answers, and what a pod's resolver makes of a name. */

import type { ScopeState } from '#analysis/context';
import { resolveSource } from '#analysis/trace/source';
import type { ControlPlane, DnsAnswer, NameService } from '#simulation/types';
import { namespacedName } from '#model/kubernetes';
import { answerText, resolutionText, resolverFilesText } from './dns-text';
import { Failure } from './failure';
import { print, printValue, readRequests, type Format } from './output';
import { dnsRequestOf, recordTypeOf } from './requests';

interface DnsFlags {
  readonly requests?: string;
  readonly from?: string;
  readonly output: Format;
}

/** `type` undefined: addresses. Throws a Failure for a request that makes no sense. */
export async function dns(
  { simulation }: ScopeState,
  name: string | undefined,
  type: string | undefined,
  flags: DnsFlags,
): Promise<void> {
  const service = simulation.dns;
  if (flags.requests !== undefined) {
    const answers = (await readRequests(flags.requests)).map((line) => {
      if ('error' in line) return line;
      try {
        const request = dnsRequestOf(line.value);
        return wire(service.query(request.name, request.type));
      } catch (error) {
        if (error instanceof Failure) return { error: error.message };
        throw error;
      }
    });
    printValue(answers, flags.output === 'text' ? 'jsonl' : flags.output);
    return;
  }
  if (flags.from !== undefined) {
    printResolution(service, simulation.controlPlane, name, type, flags.from, flags.output);
    return;
  }
  if (name === undefined) throw new Failure('name the name to ask for, or give --from POD or --requests -');
  const recordType = recordTypeOf(type);
  const answer = service.query(name, recordType);
  if (flags.output === 'text') print(answerText(name, recordType, answer, service.server()));
  else printValue(whole(answer, service), flags.output);
}

function printResolution(
  service: NameService,
  controlPlane: ControlPlane,
  name: string | undefined,
  type: string | undefined,
  from: string,
  output: Format,
): void {
  if (type !== undefined && !['A', 'AAAA'].includes(type.toUpperCase()))
    throw new Failure(`a resolver looks for addresses (A and AAAA at once): leave ${type} or --from out`);
  const source = resolveSource(from, controlPlane);
  if ('error' in source) throw new Failure(source.error);
  if (source.packet.kind === 'outside') throw new Failure('from outside, nobody asks the cluster\u2019s DNS server');
  const pod = source.pod && namespacedName(source.pod);
  const conf = service.resolvConf(pod);
  const hosts = pod === undefined ? undefined : service.hostsFile(pod);
  const resolution = name === undefined ? undefined : service.resolve(pod, name);
  if (output !== 'text') {
    const tries = resolution?.tries.map((tried) => ({
      name: tried.name,
      type: tried.type,
      ...described(tried.answer),
    }));
    printValue({ from: source.label, resolvConf: conf, hostsFile: hosts, ...(resolution && { ...resolution, tries }) }, output); // prettier-ignore
  } else if (resolution === undefined || name === undefined) print(resolverFilesText(source.label, conf, hosts));
  else print(resolutionText(name, source.label, resolution, conf));
}

/** The fixed form of answers to requests. */
function wire(answer: DnsAnswer) {
  return {
    rcode: answer.rcode,
    answers: answer.answers.map((record) => `${record.name} ${record.type} ${record.value}`),
  };
}

function described(answer: DnsAnswer) {
  return { ...wire(answer), ttl: answer.ttl, cause: answer.cause, service: answer.service };
}

function whole(answer: DnsAnswer, service: NameService) {
  const { authority = [], additional = [] } = answer;
  return { ...described(answer), authority, additional, server: service.server() };
}
