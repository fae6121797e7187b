/** Questions in several steps: title, count of steps, a way back, and free text where a list cannot hold every answer. */

import * as vscode from 'vscode';

export interface Choice extends vscode.QuickPickItem {
  /** What the step answers; a separator has none. */
  readonly value?: string;
}

export interface Question {
  readonly title: string;
  readonly placeholder: string;
  readonly choices: readonly Choice[];
  /** How a text that no choice has is offered; without it only choices are answers. */
  readonly freeText?: (text: string) => Choice | undefined;
}

type Reply =
  { readonly kind: 'answer'; readonly value: string } | { readonly kind: 'back' } | { readonly kind: 'cancelled' };

/**
 * Asks one question after the other. `next` gets the answers so far and gives the next question, undefined at the end;
 * `total` says how many there are in all as far as it is known. Gives undefined where the user leaves.
 */
export async function askSteps(
  next: (answers: readonly string[]) => Promise<Question | undefined> | Question | undefined,
  total: (answers: readonly string[]) => number,
): Promise<readonly string[] | undefined> {
  const answers: string[] = [];
  for (;;) {
    const question = await next(answers);
    if (!question) return answers;
    const reply = await askOne(question, answers.length + 1, Math.max(total(answers), answers.length + 1));
    if (reply.kind === 'cancelled') return undefined;
    if (reply.kind === 'back') answers.pop();
    else answers.push(reply.value);
  }
}

function askOne(question: Question, step: number, totalSteps: number): Promise<Reply> {
  const pick = vscode.window.createQuickPick<Choice>();
  pick.title = question.title;
  pick.placeholder = question.placeholder;
  pick.matchOnDescription = true;
  pick.items = question.choices;
  if (totalSteps > 1) {
    pick.step = step;
    pick.totalSteps = totalSteps;
    // A panel that takes the focus as it is drawn must not throw away what was answered.
    pick.ignoreFocusOut = true;
  }
  if (step > 1) pick.buttons = [vscode.QuickInputButtons.Back];
  return new Promise((resolve) => {
    const finish = (reply: Reply) => {
      resolve(reply);
      pick.dispose();
    };
    pick.onDidTriggerButton(() => finish({ kind: 'back' }));
    pick.onDidHide(() => finish({ kind: 'cancelled' }));
    pick.onDidChangeValue((text) => {
      pick.items = withFreeText(question, text.trim());
    });
    pick.onDidAccept(() => {
      const value = pick.selectedItems[0]?.value;
      if (value !== undefined) finish({ kind: 'answer', value });
    });
    pick.show();
  });
}

/** The text that was typed comes first only where no choice begins with it, so that Enter takes what is marked. */
function withFreeText({ choices, freeText }: Question, text: string): readonly Choice[] {
  const typed = text === '' ? undefined : freeText?.(text);
  if (!typed) return choices;
  const lower = text.toLowerCase();
  if (choices.some(({ value, label }) => value === text || label.toLowerCase() === lower)) return choices;
  const found = choices.some(({ label }) => label.toLowerCase().includes(lower));
  return found ? [...choices, { ...typed, alwaysShow: true }] : [{ ...typed, alwaysShow: true }, ...choices];
}

/** Puts a separator with its title above each group, in the order in which the groups first appear. */
export function grouped(choices: readonly (Choice & { readonly group: string })[]): Choice[] {
  return [...new Set(choices.map(({ group }) => group))].flatMap((group): Choice[] => [
    { label: group, kind: vscode.QuickPickItemKind.Separator },
    ...choices.filter((choice) => choice.group === group),
  ]);
}
