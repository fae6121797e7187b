/** The colours that panels ask VS Code for, where there is none: those of its default themes, light and dark. */

/** As VS Code's own, without its name for the variables. */
export const fonts = {
  'font-family': 'system-ui, "Segoe UI", "Liberation Sans", sans-serif',
  'font-size': '13px',
  'font-weight': 'normal',
  'editor-font-family': 'ui-monospace, "Droid Sans Mono", "DejaVu Sans Mono", monospace',
  'editor-font-size': '12px',
};

export const dark = {
  foreground: '#cccccc',
  descriptionForeground: '#9d9d9d',
  errorForeground: '#f85149',
  focusBorder: '#0078d4',
  'editor-background': '#1f1f1f',
  'editor-foreground': '#cccccc',
  'editorWidget-background': '#202020',
  'editorWidget-border': '#454545',
  'sideBar-background': '#181818',
  'panel-background': '#181818',
  'panel-border': '#2b2b2b',
  'widget-border': '#313131',
  'widget-shadow': 'rgba(0, 0, 0, 0.36)',
  'editorError-foreground': '#f14c4c',
  'editorWarning-foreground': '#cca700',
  'editorInfo-foreground': '#3794ff',
  'testing-iconPassed': '#73c991',
  'charts-foreground': '#cccccc',
  'charts-lines': 'rgba(204, 204, 204, 0.5)',
  'charts-red': '#f14c4c',
  'charts-blue': '#3794ff',
  'charts-yellow': '#cca700',
  'charts-orange': '#d18616',
  'charts-green': '#89d185',
  'charts-purple': '#b180d7',
  'list-warningForeground': '#cca700',
  'list-hoverBackground': '#2a2d2e',
  'list-activeSelectionBackground': '#04395e',
  'list-activeSelectionForeground': '#ffffff',
  'list-inactiveSelectionBackground': '#37373d',
  'toolbar-hoverBackground': 'rgba(90, 93, 94, 0.31)',
  'toolbar-activeBackground': 'rgba(99, 102, 103, 0.31)',
  'button-background': '#0078d4',
  'button-foreground': '#ffffff',
  'button-border': 'rgba(255, 255, 255, 0.07)',
  'button-hoverBackground': '#026ec1',
  'button-secondaryBackground': '#313131',
  'button-secondaryForeground': '#cccccc',
  'button-secondaryHoverBackground': '#3c3c3c',
  'input-background': '#313131',
  'input-foreground': '#cccccc',
  'input-border': '#3c3c3c',
  'input-placeholderForeground': '#989898',
  'inputValidation-errorBackground': '#5a1d1d',
  'inputValidation-errorBorder': '#be1100',
  'dropdown-background': '#313131',
  'dropdown-foreground': '#cccccc',
  'dropdown-border': '#3c3c3c',
  'dropdown-listBackground': '#1f1f1f',
  'checkbox-background': '#313131',
  'checkbox-border': '#3c3c3c',
  'checkbox-foreground': '#cccccc',
  'settings-dropdownListBorder': '#454545',
  'badge-background': '#616161',
  'badge-foreground': '#f8f8f8',
  'progressBar-background': '#0078d4',
  'textLink-foreground': '#4daafc',
  'textLink-activeForeground': '#4daafc',
  'textCodeBlock-background': '#2b2b2b',
  'scrollbarSlider-background': 'rgba(121, 121, 121, 0.4)',
  'scrollbarSlider-hoverBackground': 'rgba(100, 100, 100, 0.7)',
  'scrollbarSlider-activeBackground': 'rgba(191, 191, 191, 0.4)',
};

export const light: Readonly<Record<string, string>> = {
  ...dark,
  foreground: '#3b3b3b',
  descriptionForeground: '#3b3b3b',
  focusBorder: '#005fb8',
  'editor-background': '#ffffff',
  'editor-foreground': '#3b3b3b',
  'editorWidget-background': '#f8f8f8',
  'editorWidget-border': '#c8c8c8',
  'sideBar-background': '#f8f8f8',
  'panel-background': '#f8f8f8',
  'panel-border': '#e5e5e5',
  'widget-border': '#e5e5e5',
  'widget-shadow': 'rgba(0, 0, 0, 0.16)',
  'editorError-foreground': '#e51400',
  'editorWarning-foreground': '#bf8803',
  'editorInfo-foreground': '#1a85ff',
  'testing-iconPassed': '#73c991',
  'charts-red': '#e51400',
  'charts-blue': '#1a85ff',
  'charts-yellow': '#bf8803',
  'charts-green': '#388a34',
  'list-warningForeground': '#855f00',
  'list-hoverBackground': '#f2f2f2',
  'list-activeSelectionBackground': '#e8e8e8',
  'list-activeSelectionForeground': '#000000',
  'list-inactiveSelectionBackground': '#e4e6f1',
  'toolbar-hoverBackground': 'rgba(184, 184, 184, 0.31)',
  'toolbar-activeBackground': 'rgba(166, 166, 166, 0.31)',
  'button-background': '#005fb8',
  'button-border': 'rgba(0, 0, 0, 0.1)',
  'button-hoverBackground': '#0258a8',
  'button-secondaryBackground': '#e5e5e5',
  'button-secondaryForeground': '#3b3b3b',
  'button-secondaryHoverBackground': '#cccccc',
  'input-background': '#ffffff',
  'input-foreground': '#3b3b3b',
  'input-border': '#cecece',
  'input-placeholderForeground': '#767676',
  'inputValidation-errorBackground': '#f2dede',
  'dropdown-background': '#ffffff',
  'dropdown-foreground': '#3b3b3b',
  'dropdown-border': '#cecece',
  'dropdown-listBackground': '#ffffff',
  'checkbox-background': '#f8f8f8',
  'checkbox-border': '#cecece',
  'checkbox-foreground': '#3b3b3b',
  'settings-dropdownListBorder': '#e5e5e5',
  'badge-background': '#cccccc',
  'badge-foreground': '#3b3b3b',
  'progressBar-background': '#005fb8',
  'textLink-foreground': '#005fb8',
  'textLink-activeForeground': '#005fb8',
  'textCodeBlock-background': '#f8f8f8',
};

export type ThemeName = 'light' | 'dark';

/** A theme as the panels know it: the variables, and the class of the body. */
export interface Theme {
  readonly bodyClass: string;
  readonly variables: Readonly<Record<string, string>>;
}

export function themeOf(name: ThemeName): Theme {
  // VS Code's light theme has one colour for all texts.
  const colours: Readonly<Record<string, string>> =
    name === 'dark' ? dark : { ...light, descriptionForeground: '#5c5c5c' };
  const entries = Object.entries({ ...fonts, ...colours });
  return {
    bodyClass: `vscode-${name}`,
    variables: Object.fromEntries(entries.map(([variable, value]) => [`--vscode-${variable}`, value])),
  };
}

/** Sets a theme on a document; by its object model, which a policy without inline styles allows. */
export function applyTheme({ bodyClass, variables }: Theme): void {
  const { documentElement: root, body } = document;
  for (const [name, value] of Object.entries(variables)) root.style.setProperty(name, value);
  root.style.colorScheme = bodyClass === 'vscode-dark' ? 'dark' : 'light';
  body.className = bodyClass;
}
