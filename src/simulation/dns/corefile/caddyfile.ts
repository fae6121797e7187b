/** The syntax of a Corefile: words, server blocks, directives with their blocks, snippets and imports. */

/** A word, with its line: a directive's arguments end where the line ends. */
export interface Token {
  readonly text: string;
  /** Of the file in which the word stands; words of different imports never share a line. */
  readonly line: number;
  readonly file: string;
}

/** One appearance of a directive in a server block: its own word first. */
export type Directive = readonly Token[];

export interface ServerBlock {
  /** `.:53`, `corp.example`, `dns://cluster.local`. */
  readonly keys: readonly string[];
  /** In the order of the file. */
  readonly directives: readonly Directive[];
}

export interface CaddyfileReading {
  readonly blocks: readonly ServerBlock[];
  /** Why the server would not start with it, in words; undefined where it would. */
  readonly error: string | undefined;
  /** Files that it imports and that are not known here, environment variables that it uses. */
  readonly unknown: readonly string[];
}

/** Gives the files that a path or pattern of `import` stands for; undefined where nobody knows. */
export type FindFiles = (pattern: string) => readonly { readonly path: string; readonly text: string }[] | undefined;

/** CoreDNS stops here too, at a hundred times as many. */
const maxImports = 200;

/** Models caddyfile/lexer.go of github.com/coredns/caddy v1.1.4: quotes, `\"` in them, comments up to the line's end. */
export function tokensOf(text: string, file: string): readonly Token[] {
  const tokens: Token[] = [];
  let line = 1;
  let value = '';
  let startLine = 1;
  let state: 'plain' | 'quoted' | 'comment' = 'plain';
  const end = () => {
    tokens.push({ text: value, line: startLine, file });
    value = '';
    state = 'plain';
  };
  for (let i = text.charCodeAt(0) === 0xfeff ? 1 : 0; i < text.length; i++) {
    const character = text[i]!;
    if (state === 'quoted') {
      if (character === '"') end();
      else if (character === '\\' && text[i + 1] === '"') value += text[++i]!;
      else value += character;
      if (character === '\n') line++;
      continue;
    }
    if (/\s/.test(character)) {
      if (character === '\r') continue;
      if (value !== '') end();
      if (character === '\n') {
        line++;
        state = 'plain';
      }
      continue;
    }
    // As in the real one, a number sign ends the line even in the middle of a word.
    if (character === '#') state = 'comment';
    if (state === 'comment') continue;
    if (value === '') {
      startLine = line;
      if (character === '"') {
        state = 'quoted';
        continue;
      }
    }
    value += character;
  }
  if (value !== '') end();
  return tokens;
}

/** Models caddyfile/parse.go Parse. A Corefile that CoreDNS would refuse gives the blocks up to there and the error. */
export function parseCaddyfile(text: string, file: string, find: FindFiles): CaddyfileReading {
  const parser = new Parser(tokensOf(text, file), find);
  const blocks: ServerBlock[] = [];
  try {
    for (let block = parser.block(); block; block = parser.block()) if (block.keys.length > 0) blocks.push(block);
    return { blocks, error: undefined, unknown: [...parser.unknown] };
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    return { blocks, error: error.message, unknown: [...parser.unknown] };
  }
}

/** Never leaves this file. */
class SyntaxProblem extends Error {}

class Parser {
  readonly unknown = new Set<string>();
  readonly #find: FindFiles;
  readonly #snippets = new Map<string, readonly Token[]>();
  #tokens: readonly Token[];
  #at = 0;
  #imports = 0;

  constructor(tokens: readonly Token[], find: FindFiles) {
    this.#tokens = tokens;
    this.#find = find;
  }

  /** The next server block; one without keys is a snippet. */
  block(): ServerBlock | undefined {
    if (this.#at >= this.#tokens.length) return undefined;
    const keys = this.#keys();
    const [only = ''] = keys;
    if (keys.length === 1 && only.startsWith('(') && only.endsWith(')')) {
      this.#defineSnippet(only.slice(1, -1));
      return { keys: [], directives: [] };
    }
    return { keys, directives: this.#directives() };
  }

  #keys(): readonly string[] {
    const keys: string[] = [];
    let expectsAnother = false;
    for (;;) {
      const token = this.#tokens[this.#at];
      if (!token) {
        if (expectsAnother) throw new SyntaxProblem('it ends where another address is expected');
        return keys;
      }
      const text = this.#replaceVariables(token.text);
      if (text === 'import' && this.#startsLine()) {
        this.#import();
        continue;
      }
      if (text === '{') {
        if (expectsAnother) throw new SyntaxProblem(`line ${token.line}: another address is expected, not {`);
        return keys;
      }
      if (keys.length > 0 && !expectsAnother && this.#startsLine()) return keys;
      expectsAnother = text.endsWith(',');
      const key = expectsAnother ? text.slice(0, -1) : text;
      if (key !== '') keys.push(key);
      this.#at++;
    }
  }

  #defineSnippet(name: string): void {
    if (this.#snippets.has(name)) throw new SyntaxProblem(`the snippet ${name} is declared twice`);
    if (this.#tokens[this.#at]?.text !== '{') throw new SyntaxProblem(`the snippet ${name} has no braces`);
    const body: Token[] = [];
    let depth = 1;
    for (this.#at++; this.#at < this.#tokens.length; this.#at++) {
      const token = this.#tokens[this.#at]!;
      if (token.text === '{') depth++;
      else if (token.text === '}') depth--;
      if (depth === 0) break;
      body.push(token);
    }
    if (depth > 0) throw new SyntaxProblem(`the snippet ${name} has no closing brace`);
    this.#at++;
    this.#snippets.set(name, body);
  }

  #directives(): readonly Directive[] {
    const directives: Directive[] = [];
    const braces = this.#tokens[this.#at]?.text === '{';
    if (braces) this.#at++;
    for (;;) {
      const token = this.#tokens[this.#at];
      if (!token) {
        if (braces) throw new SyntaxProblem('a server block has no closing brace');
        return directives;
      }
      if (token.text === '}') {
        if (!braces) throw new SyntaxProblem(`line ${token.line}: } without {`);
        this.#at++;
        return directives;
      }
      if (token.text === 'import') this.#import();
      else directives.push(this.#directive());
    }
  }

  #directive(): Directive {
    const first = this.#tokens[this.#at++]!;
    const words: Token[] = [{ ...first, text: this.#replaceVariables(first.text) }];
    let depth = 0;
    for (;;) {
      const token = this.#tokens[this.#at];
      if (!token) {
        if (depth > 0) throw new SyntaxProblem(`${first.text} has no closing brace`);
        return words;
      }
      if (token.text === '{') depth++;
      else if (depth === 0 && this.#startsLine()) return words;
      else if (token.text === '}') {
        if (depth === 0) throw new SyntaxProblem(`line ${token.line}: } without {`);
        depth--;
      } else if (token.text === 'import' && this.#startsLine()) {
        this.#import();
        continue;
      }
      words.push({ ...token, text: this.#replaceVariables(token.text) });
      this.#at++;
    }
  }

  /** Puts what is imported in the place of `import NAME`. */
  #import(): void {
    const line = this.#tokens[this.#at]!.line;
    const argument = this.#tokens[this.#at + 1];
    if (!argument || this.#startsLine(this.#at + 1)) throw new SyntaxProblem(`line ${line}: import of nothing`);
    const pattern = this.#replaceVariables(argument.text);
    if (++this.#imports > maxImports) throw new SyntaxProblem('too many imports');
    const imported = this.#snippets.get(pattern) ?? this.#files(pattern);
    this.#tokens = [...this.#tokens.slice(0, this.#at), ...imported, ...this.#tokens.slice(this.#at + 2)];
  }

  #files(pattern: string): readonly Token[] {
    const files = this.#find(pattern);
    if (!files) this.unknown.add(`the Corefile imports ${pattern}, which is not known here`);
    return (files ?? []).flatMap(({ path, text }) => tokensOf(text, path));
  }

  #startsLine(at = this.#at): boolean {
    const [before, token] = [this.#tokens[at - 1], this.#tokens[at]!];
    return !before || before.file !== token.file || before.line + newlinesIn(before.text) < token.line;
  }

  /** Models replaceEnvVars: `{$NAME}` and `{%NAME%}`. The variables of the server's container are not read. */
  #replaceVariables(text: string): string {
    if (!text.includes('{$') && !text.includes('{%')) return text;
    return text.replace(/\{\$([^}]+)\}|\{%([^%]+)%\}/g, (_, unix?: string, windows?: string) => {
      const name = unix ?? windows ?? '';
      this.unknown.add(`the Corefile uses the environment variable ${name}, which is not known here`);
      return '';
    });
  }
}

function newlinesIn(text: string): number {
  return text.split('\n').length - 1;
}

/** The words on the directive's own line. */
export function argumentsOf(directive: Directive): readonly string[] {
  const [name, ...rest] = directive;
  const args: string[] = [];
  for (const token of rest) {
    if (token.text === '{' || !sameLine(name!, token)) break;
    args.push(token.text);
  }
  return args;
}

/** The lines of the directive's block, a word an item; blocks in it are flat. */
export function linesOf(directive: Directive): readonly (readonly string[])[] {
  const open = directive.findIndex(({ text }, index) => index > 0 && text === '{');
  if (open < 0) return [];
  const lines: Token[][] = [];
  for (const token of directive.slice(open + 1)) {
    if (token.text === '}') continue;
    const line = lines.at(-1);
    if (line && sameLine(line[0]!, token)) line.push(token);
    else lines.push([token]);
  }
  return lines.map((line) => line.map(({ text }) => text));
}

function sameLine(a: Token, b: Token): boolean {
  return a.line === b.line && a.file === b.file;
}
