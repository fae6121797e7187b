/** The variables that VS Code gives a webview, for its four default themes: those that panels commonly use. */

import { dark, fonts, light } from '../../../media/report/palettes';

export type ThemeName = 'dark' | 'light' | 'hc-dark' | 'hc-light';

export interface Theme {
  readonly bodyClass: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** What high contrast has no colour for. */
const withoutContrast = ['widget-shadow', 'testing-iconPassed', 'textCodeBlock-background'];

function highContrast(base: Readonly<Record<string, string>>, own: Readonly<Record<string, string>>): typeof own {
  const left = Object.entries(base).filter(([name]) => !withoutContrast.includes(name));
  return { ...Object.fromEntries(left), ...own };
}

const hcDark = highContrast(dark, {
  contrastBorder: '#6fc3df',
  contrastActiveBorder: '#f38518',
  foreground: '#ffffff',
  descriptionForeground: 'rgba(255, 255, 255, 0.7)',
  errorForeground: '#f48771',
  focusBorder: '#f38518',
  'editor-background': '#000000',
  'editor-foreground': '#ffffff',
  'editorWidget-background': '#0c141f',
  'editorWidget-border': '#6fc3df',
  'sideBar-background': '#000000',
  'panel-background': '#000000',
  'panel-border': '#6fc3df',
  'editorError-foreground': '#f48771',
  'editorWarning-foreground': '#ffd370',
  'testing-iconPassed': '#89d185',
  'list-hoverBackground': 'rgba(255, 255, 255, 0.1)',
  'list-activeSelectionBackground': 'transparent',
  'list-activeSelectionForeground': '#ffffff',
  'list-inactiveSelectionBackground': 'transparent',
  'toolbar-hoverBackground': 'transparent',
  'toolbar-activeBackground': 'transparent',
  'button-background': '#000000',
  'button-foreground': '#ffffff',
  'button-border': '#6fc3df',
  'button-hoverBackground': '#000000',
  'button-secondaryBackground': '#000000',
  'button-secondaryForeground': '#ffffff',
  'button-secondaryHoverBackground': '#000000',
  'input-background': '#000000',
  'input-foreground': '#ffffff',
  'input-border': '#6fc3df',
  'input-placeholderForeground': 'rgba(255, 255, 255, 0.7)',
  'inputValidation-errorBackground': '#000000',
  'dropdown-background': '#000000',
  'dropdown-foreground': '#ffffff',
  'dropdown-border': '#6fc3df',
  'checkbox-background': '#000000',
  'checkbox-border': '#6fc3df',
  'settings-dropdownListBorder': '#ffffff',
  'badge-background': '#000000',
  'badge-foreground': '#ffffff',
  'progressBar-background': '#6fc3df',
  'textLink-foreground': '#21a6ff',
  'textLink-activeForeground': '#21a6ff',
});

const hcLight = highContrast(light, {
  contrastBorder: '#0f4a85',
  contrastActiveBorder: '#006bbd',
  foreground: '#292929',
  descriptionForeground: 'rgba(41, 41, 41, 0.7)',
  errorForeground: '#b5200d',
  focusBorder: '#006bbd',
  'editor-background': '#ffffff',
  'editor-foreground': '#292929',
  'editorWidget-background': '#ffffff',
  'editorWidget-border': '#0f4a85',
  'sideBar-background': '#ffffff',
  'panel-background': '#ffffff',
  'panel-border': '#0f4a85',
  'editorError-foreground': '#b5200d',
  'editorWarning-foreground': '#895503',
  'testing-iconPassed': '#007100',
  'list-hoverBackground': 'rgba(15, 74, 133, 0.1)',
  'list-activeSelectionBackground': 'rgba(15, 74, 133, 0.1)',
  'list-activeSelectionForeground': '#292929',
  'list-inactiveSelectionBackground': 'rgba(15, 74, 133, 0.1)',
  'toolbar-hoverBackground': 'transparent',
  'toolbar-activeBackground': 'transparent',
  'button-background': '#0f4a85',
  'button-foreground': '#ffffff',
  'button-border': '#0f4a85',
  'button-hoverBackground': '#0f4a85',
  'button-secondaryBackground': '#ffffff',
  'button-secondaryForeground': '#292929',
  'button-secondaryHoverBackground': '#ffffff',
  'input-background': '#ffffff',
  'input-foreground': '#292929',
  'input-border': '#0f4a85',
  'inputValidation-errorBackground': '#ffffff',
  'dropdown-background': '#ffffff',
  'dropdown-foreground': '#292929',
  'dropdown-border': '#0f4a85',
  'checkbox-background': '#ffffff',
  'checkbox-border': '#0f4a85',
  'settings-dropdownListBorder': '#0f4a85',
  'badge-background': '#0f4a85',
  'badge-foreground': '#ffffff',
  'progressBar-background': '#0f4a85',
  'textLink-foreground': '#0f4a85',
  'textLink-activeForeground': '#0f4a85',
});

function theme(bodyClass: string, colours: Readonly<Record<string, string>>): Theme {
  const entries = Object.entries({ ...fonts, ...colours });
  return { bodyClass, variables: Object.fromEntries(entries.map(([name, value]) => [`--vscode-${name}`, value])) };
}

export const themes: Readonly<Record<ThemeName, Theme>> = {
  dark: theme('vscode-dark', dark),
  light: theme('vscode-light', light),
  'hc-dark': theme('vscode-high-contrast', hcDark),
  'hc-light': theme('vscode-high-contrast vscode-high-contrast-light', hcLight),
};
