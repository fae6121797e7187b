/** `explain`: what a finding means, with an example and its fix; or all codes, a line each. */

import { isKnownCode, knownCodes, nearestCode } from '#analysis/control/codes';
import { documentationOf } from '#server/diagnostics';
import { Failure } from './failure';
import { print } from './output';
import { plainText, ruleHelp, type RuleHelp } from './rule-help';

export type ExplainFormat = 'text' | 'markdown';

/** Without a code, the list of them. Throws a Failure for a code that there is not. */
export function explain(code: string | undefined, format: ExplainFormat): 0 {
  print(code === undefined ? list() : page(code, format));
  return 0;
}

function list(): string {
  const width = Math.max(...knownCodes.map((code) => code.length));
  const lines = knownCodes.map((code) => {
    const help = ruleHelp(code);
    return `${code.padEnd(width)}  ${(help?.severity ?? '').padEnd(7)}  ${help?.summary ?? ''}`.trimEnd();
  });
  return lines.join('\n');
}

function page(code: string, format: ExplainFormat): string {
  if (!isKnownCode(code)) {
    const nearest = nearestCode(code);
    throw new Failure(`there is no finding ${code}${nearest === undefined ? '' : `: did you mean ${nearest}?`}; explain without a code lists them all`); // prettier-ignore
  }
  const help = ruleHelp(code);
  if (!help) return `The documentation is not beside this program. Read ${documentationOf(code)}`;
  return format === 'markdown' ? `# ${code}\n\n${help.markdown}` : text(code, help);
}

function text(code: string, { markdown }: RuleHelp): string {
  const sections = markdown.replace(/^## (.*)$/gm, (_, heading: string) => heading.toUpperCase());
  return `${code}\n\n${indentCode(sections)}\n\n${documentationOf(code)}`;
}

/** Blocks of code keep every letter, and stand apart by two blanks. */
function indentCode(markdown: string): string {
  return markdown
    .split(/^(```\w*\n[^]*?^```)$/m)
    .map((part) => {
      const code = /^```\w*\n([^]*?)\n?```$/.exec(part)?.[1];
      return code === undefined ? plainText(part) : code.replace(/^(?=.)/gm, '  ');
    })
    .join('');
}
