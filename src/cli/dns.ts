/** `dns`: what the cluster's DNS server answers. */

import type { ScopeState } from '#analysis/context';
import type { DnsAnswer, RecordType } from '#simulation/types';
import { Failure } from './failure';
import { print, printValue, readRequests, type Format } from './output';
import { dnsRequestOf, recordTypeOf } from './requests';

export async function dns(
  { simulation }: ScopeState,
  name: string | undefined,
  type: string,
  flags: { readonly requests?: string; readonly output: Format },
): Promise<void> {
  const answer = (asked: string, recordType: RecordType) => simulation.dns.query(asked, recordType);
  if (flags.requests !== undefined) {
    const answers = (await readRequests(flags.requests)).map((line) => {
      if ('error' in line) return line;
      try {
        const request = dnsRequestOf(line.value);
        return wire(answer(request.name, request.type));
      } catch (error) {
        if (error instanceof Failure) return { error: error.message };
        throw error;
      }
    });
    printValue(answers, flags.output === 'text' ? 'jsonl' : flags.output);
    return;
  }
  if (name === undefined) throw new Failure('name the name to ask for, or give --requests -');
  const recordType = recordTypeOf(type);
  const result = answer(name, recordType);
  if (flags.output === 'text') print(asText(name, recordType, result));
  else printValue(wire(result), flags.output);
}

function wire(answer: DnsAnswer) {
  return {
    rcode: answer.rcode,
    answers: answer.answers.map((record) => `${record.name} ${record.type} ${record.value}`),
  };
}

/** As `dig` lays it out. */
function asText(name: string, type: RecordType, answer: DnsAnswer): string {
  const question = name.endsWith('.') ? name : `${name}.`;
  const records = answer.answers.map((record) => `${record.name}\tIN\t${record.type}\t${record.value}`);
  const section = records.length > 0 ? [';; ANSWER SECTION:', ...records, ''] : [];
  return [
    `;; status: ${answer.rcode}`,
    ';; QUESTION SECTION:',
    `;${question}\tIN\t${type}`,
    '',
    ...section,
    `;; ${answer.cause}`,
  ].join('\n');
}
