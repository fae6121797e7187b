/** The variables that VS Code gives a webview, for its four default themes: those that panels commonly use. */

import { themeOf, type Theme } from '../../../media/report/themes';

export type { Theme };
export type ThemeName = 'dark' | 'light' | 'hc-dark' | 'hc-light';

export const themes: Readonly<Record<ThemeName, Theme>> = {
  dark: themeOf('dark'),
  light: themeOf('light'),
  'hc-dark': themeOf('high-contrast-dark'),
  'hc-light': themeOf('high-contrast-light'),
};
