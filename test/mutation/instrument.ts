/**
 * Writes mutants into a TypeScript source: each is a small fault behind a switch, so that one bundle holds them all and
 * none has to be built by itself. `mutant(ID)` is true for the one that is switched on.
 */

import ts from 'typescript';

export type MutantKind =
  'rule' | 'comparison' | 'logic' | 'negation' | 'quantifier' | 'branch' | 'statement' | 'dependency';

export interface Mutant {
  readonly id: number;
  readonly file: string;
  /** One-based. */
  readonly line: number;
  readonly kind: MutantKind;
  /** `a === b → a !== b`. */
  readonly change: string;
  /** What the source would be with this fault alone: the text between the offsets is another one. */
  readonly edit: { readonly start: number; readonly end: number; readonly text: string };
  /** Whether it decides what an answer depends on, which is seen when something is edited. */
  readonly isOfDependency: boolean;
}

/** A way in which a node may be wrong, as the text that stands in its stead. */
interface Fault {
  readonly kind: MutantKind;
  readonly text: string;
}

const comparisons: ReadonlyMap<ts.SyntaxKind, readonly string[]> = new Map([
  [ts.SyntaxKind.EqualsEqualsEqualsToken, ['!==']],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, ['===']],
  [ts.SyntaxKind.LessThanToken, ['<=', '>=']],
  [ts.SyntaxKind.LessThanEqualsToken, ['<', '>']],
  [ts.SyntaxKind.GreaterThanToken, ['>=', '<=']],
  [ts.SyntaxKind.GreaterThanEqualsToken, ['>', '<']],
]);
const otherLogic: ReadonlyMap<ts.SyntaxKind, string> = new Map([
  [ts.SyntaxKind.AmpersandAmpersandToken, '||'],
  [ts.SyntaxKind.BarBarToken, '&&'],
]);
const otherQuantifier: Readonly<Record<string, string>> = { some: 'every', every: 'some' };
/** Calls that tell something; without them nothing else changes. */
const telling: Readonly<Record<string, MutantKind>> = {
  add: 'statement',
  cannotKnow: 'statement',
  dependsOn: 'dependency',
  searchedElsewhere: 'dependency',
};

/** The text with its mutants, and what they are; ids count on from `firstId`. */
export function instrument(
  file: string,
  text: string,
  firstId: number,
): { readonly text: string; readonly mutants: readonly Mutant[] } {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const mutants: Mutant[] = [];

  function switchOf(node: ts.Node, { kind, text: replacement }: Fault): string {
    const id = firstId + mutants.length;
    const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    const change = `${oneLine(node.getText())} → ${oneLine(replacement)}`;
    const edit = { start: node.getStart(), end: node.end, text: replacement };
    mutants.push({ id, file, line, kind, change, edit, isOfDependency: isOfDependency(node) });
    return `mutant(${id})`;
  }

  /** The node's text, with the space and the comments before it, and with the mutants of all that is in it. */
  function render(node: ts.Node): string {
    const before = text.slice(node.getFullStart(), node.getStart());
    if (ts.isExpression(node)) {
      const switches = faultsOf(node).map((fault) => `${switchOf(node, fault)} ? ${fault.text} : `);
      const inside = renderInside(node);
      return before + (switches.length === 0 ? inside : `(${switches.join('')}(${inside}))`);
    }
    if (ts.isIfStatement(node)) {
      const never = switchOf(node.expression, { kind: 'branch', text: 'false' });
      const condition = `${never} ? false : (${render(node.expression)})`;
      const rest = [node.thenStatement, node.elseStatement].filter((part) => part !== undefined).map(render);
      return `${before}if (${condition}) ${rest.join(' else ')}`;
    }
    const kind = kindOfCall(node);
    if (kind) return `${before}if (!${switchOf(node, { kind, text: '' })}) { ${renderInside(node)} }`;
    if (isCheckOfRule(node)) {
      const off = switchOf(node.name, { kind: 'rule', text: 'switched off' });
      return `${before}${renderInside(node).replace('{', `{ if (${off}) return;`)}`;
    }
    return before + renderInside(node);
  }

  function renderInside(node: ts.Node): string {
    let result = '';
    let at = node.getStart();
    node.forEachChild((child) => {
      if (child.end <= at) return;
      result += text.slice(at, Math.max(at, child.getFullStart()));
      result += child.getFullStart() < at ? render(child).slice(at - child.getFullStart()) : render(child);
      at = child.end;
    });
    return result + text.slice(at, node.end);
  }

  return { text: render(source) + text.slice(source.end), mutants };
}

function faultsOf(node: ts.Expression): readonly Fault[] {
  if (ts.isBinaryExpression(node)) {
    const { left, operatorToken, right } = node;
    const turned = (operator: string) => `((${left.getText()}) ${operator} (${right.getText()}))`;
    const logic = otherLogic.get(operatorToken.kind);
    if (logic !== undefined) return [{ kind: 'logic', text: turned(logic) }];
    return (comparisons.get(operatorToken.kind) ?? []).map((other) => ({ kind: 'comparison', text: turned(other) }));
  }
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken)
    return [{ kind: 'negation', text: `(${node.operand.getText()})` }];
  if (ts.isConditionalExpression(node)) {
    const { condition, whenTrue, whenFalse } = node;
    return [
      { kind: 'branch', text: `((${condition.getText()}) ? (${whenFalse.getText()}) : (${whenTrue.getText()}))` },
    ];
  }
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return [];
  const { name } = node.expression;
  const other = Object.hasOwn(otherQuantifier, name.text) ? otherQuantifier[name.text] : undefined;
  if (other === undefined) return [];
  const whole = node.getText();
  const at = name.getStart() - node.getStart();
  return [{ kind: 'quantifier', text: `(${whole.slice(0, at)}${other}${whole.slice(at + name.text.length)})` }];
}

/** Of a statement that is nothing but `report.add(…)` and its like. */
function kindOfCall(node: ts.Node): MutantKind | undefined {
  if (!ts.isExpressionStatement(node) || !ts.isCallExpression(node.expression)) return undefined;
  const callee = node.expression.expression;
  if (!ts.isPropertyAccessExpression(callee) || callee.expression.getText() !== 'report') return undefined;
  return Object.hasOwn(telling, callee.name.text) ? telling[callee.name.text] : undefined;
}

/** In `report.dependsOn(…)`, or in the condition for it. */
function isOfDependency(node: ts.Node): boolean {
  for (let at = node; !ts.isFunctionLike(at) && !ts.isSourceFile(at); at = at.parent) {
    if (kindOfCall(at) === 'dependency') return true;
    if (ts.isIfStatement(at)) return node.end <= at.expression.end && kindOfCall(at.thenStatement) === 'dependency';
  }
  return false;
}

/** `check(object, context, report) { … }` beside `codes`. */
function isCheckOfRule(node: ts.Node): node is ts.MethodDeclaration {
  return (
    ts.isMethodDeclaration(node) &&
    node.name.getText() === 'check' &&
    ts.isObjectLiteralExpression(node.parent) &&
    node.parent.properties.some((property) => property.name?.getText() === 'codes')
  );
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}
