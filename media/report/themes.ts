/** Themes where there is no VS Code to give one: its four default ones, as the panels know them. */

import { highContrastDark, highContrastLight } from './high-contrast';
import { dark, fonts, light } from './palettes';

export type ThemeName = 'light' | 'dark' | 'high-contrast-light' | 'high-contrast-dark';

/** The variables, and the classes of the body. */
export interface Theme {
  readonly bodyClass: string;
  readonly variables: Readonly<Record<string, string>>;
}

const palettes: Readonly<
  Record<ThemeName, { readonly bodyClass: string; readonly colours: Readonly<Record<string, string>> }>
> = {
  // VS Code's light theme has one colour for all texts.
  light: { bodyClass: 'vscode-light', colours: { ...light, descriptionForeground: '#5c5c5c' } },
  dark: { bodyClass: 'vscode-dark', colours: dark },
  'high-contrast-light': { bodyClass: 'vscode-high-contrast vscode-high-contrast-light', colours: highContrastLight },
  'high-contrast-dark': { bodyClass: 'vscode-high-contrast', colours: highContrastDark },
};

export function themeOf(name: ThemeName): Theme {
  const { bodyClass, colours } = palettes[name];
  const entries = Object.entries({ ...fonts, ...colours });
  return {
    bodyClass,
    variables: Object.fromEntries(entries.map(([variable, value]) => [`--vscode-${variable}`, value])),
  };
}

/** Sets a theme on a document; by its object model, which a policy without inline styles allows. */
export function applyTheme({ bodyClass, variables }: Theme): void {
  const { documentElement: root, body } = document;
  // What the theme before had and this one has not would stay.
  for (const name of [...root.style]) if (name.startsWith('--vscode-')) root.style.removeProperty(name);
  for (const [name, value] of Object.entries(variables)) root.style.setProperty(name, value);
  const isDark = bodyClass === 'vscode-dark' || bodyClass === 'vscode-high-contrast';
  root.style.colorScheme = isDark ? 'dark' : 'light';
  body.className = bodyClass;
}
