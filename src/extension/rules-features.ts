/** Hover, go to definition, outline and folding in documents of rules: the server knows what each line is about. */

import * as vscode from 'vscode';
import {
  rulesDefinitionRequest, rulesHoverRequest, rulesOutlineRequest, rulesReferencesRequest, type RulesSymbol,
} from '#protocol/server'; // prettier-ignore
import type { Server } from './client';
import { toRange } from './places';
import { questionOf, rulesScheme } from './rules-uri';

export function provideRulesFeatures(server: Server): vscode.Disposable {
  const selector: vscode.DocumentSelector = { scheme: rulesScheme };
  return vscode.Disposable.from(
    vscode.languages.registerHoverProvider(selector, {
      async provideHover(document, position, token) {
        const asked = placeOf(document, position);
        const { hover } = asked ? await server.ask(rulesHoverRequest, asked, token) : {};
        if (!hover) return undefined;
        const range = new vscode.Range(position.line, hover.from, position.line, hover.to);
        return new vscode.Hover(new vscode.MarkdownString(hover.contents), range);
      },
    }),
    vscode.languages.registerDefinitionProvider(selector, {
      async provideDefinition(document, position, token) {
        const asked = placeOf(document, position);
        if (!asked) return [];
        const { lines, places } = await server.ask(rulesDefinitionRequest, asked, token);
        return [
          ...lines.map((line) => new vscode.Location(document.uri, new vscode.Position(line, 0))),
          ...places.map(({ uri, range }) => new vscode.Location(vscode.Uri.parse(uri, true), toRange(range))),
        ];
      },
    }),
    vscode.languages.registerReferenceProvider(selector, {
      async provideReferences(document, position, _, token) {
        const asked = placeOf(document, position);
        if (!asked) return [];
        const { lines } = await server.ask(rulesReferencesRequest, asked, token);
        return lines
          .filter((line) => line < document.lineCount)
          .map((line) => new vscode.Location(document.uri, document.lineAt(line).range));
      },
    }),
    vscode.languages.registerDocumentSymbolProvider(selector, {
      async provideDocumentSymbols(document, token) {
        const rules = questionOf(document.uri);
        if (!rules) return [];
        const { symbols } = await server.ask(rulesOutlineRequest, rules, token);
        return symbols.flatMap((symbol) => symbolOf(symbol, document) ?? []);
      },
    }),
    vscode.languages.registerFoldingRangeProvider(selector, {
      async provideFoldingRanges(document, _, token) {
        const rules = questionOf(document.uri);
        if (!rules) return [];
        const { folds } = await server.ask(rulesOutlineRequest, rules, token);
        return folds
          .filter(({ to }) => to < document.lineCount)
          .map(({ from, to }) => new vscode.FoldingRange(from, to, vscode.FoldingRangeKind.Region));
      },
    }),
  );
}

function placeOf(document: vscode.TextDocument, position: vscode.Position) {
  const rules = questionOf(document.uri);
  const { line, character } = position;
  return rules && { rules, position: { line, character }, text: document.lineAt(position).text };
}

const kinds: Readonly<Record<RulesSymbol['kind'], vscode.SymbolKind>> = {
  table: vscode.SymbolKind.Module,
  chain: vscode.SymbolKind.Function,
  set: vscode.SymbolKind.Array,
  server: vscode.SymbolKind.Interface,
};

type Block = Omit<RulesSymbol, 'children'> & { readonly children?: readonly Block[] };

/** Undefined where the document is older than the outline, and has no such lines. */
function symbolOf({ kind, name, detail, from, to, children }: Block, document: vscode.TextDocument) {
  if (to >= document.lineCount) return undefined;
  const range = new vscode.Range(from, 0, to, document.lineAt(to).text.length);
  const symbol = new vscode.DocumentSymbol(name, detail, kinds[kind], range, document.lineAt(from).range);
  symbol.children = (children ?? []).flatMap((child): vscode.DocumentSymbol[] => {
    const found = symbolOf(child, document);
    return found ? [found] : [];
  });
  return symbol;
}
