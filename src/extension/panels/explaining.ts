/** Whether the panels explain what they show: a setting, which each of them can switch off. */

import * as vscode from 'vscode';
import { section } from '../client';

export function isExplaining(): boolean {
  return vscode.workspace.getConfiguration(section).get('explanations', true);
}

export async function stopExplaining(): Promise<void> {
  await vscode.workspace.getConfiguration(section).update('explanations', false, vscode.ConfigurationTarget.Global);
}
