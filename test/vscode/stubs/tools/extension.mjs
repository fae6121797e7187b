// Asks each tool for assistants once, and shows the answers as a document. Bundled for the browser's worker, which
// takes no modules.
import * as vscode from 'vscode';

const questions = [
  ['explain_service', { service: 'shop/web' }],
  ['trace_request', { from: 'deployment/shop/front', to: 'http://web/' }],
  ['list_findings', {}],
  ['simulate_change', { files: [{ file: 'web.yaml' }] }],
];

async function answerOf([name, input]) {
  const tool = vscode.lm.tools.find((each) => each.name.endsWith(name));
  if (!tool) return `${name}: there is no such tool`;
  const { content } = await vscode.lm.invokeTool(tool.name, { input, toolInvocationToken: undefined });
  return `${name}: ${content.map(({ value }) => value).join('')}`;
}

/** Read-only, so that nobody has to save it. */
const provider = {
  async provideTextDocumentContent() {
    const answers = [];
    for (const question of questions) answers.push((await answerOf(question)).slice(0, 600));
    return answers.join('\n');
  },
};

export function activate({ subscriptions }) {
  subscriptions.push(
    vscode.workspace.registerTextDocumentContentProvider('tools', provider),
    vscode.commands.registerCommand('tools.ask', async () => {
      const document = await vscode.workspace.openTextDocument(vscode.Uri.parse('tools:answers.txt'));
      await vscode.window.showTextDocument(document);
    }),
  );
}
