/** What is reported on, when and by what; and where to go from there. */

import { useRef } from 'preact/hooks';
import type { Page } from '#page/page';
import { tabs, type Tab } from './address';
import { Choose } from './choose';
import type { ThemeName } from './themes';

export type ThemeChoice = ThemeName | 'system';

const themes = [
  { value: 'system', label: 'as the system' },
  { value: 'light', label: 'light' },
  { value: 'dark', label: 'dark' },
  { value: 'high-contrast-light', label: 'high contrast, light' },
  { value: 'high-contrast-dark', label: 'high contrast, dark' },
] as const;

export function Head(props: {
  readonly page: Page;
  readonly tab: Tab;
  readonly scope: string;
  readonly theme: ThemeChoice;
  /** How many problems the scope has. */
  readonly problems: number;
  readonly onTab: (tab: Tab) => void;
  readonly onScope: (scope: string) => void;
  readonly onTheme: (theme: ThemeChoice) => void;
}) {
  const { page, tab, scope, theme, problems, onTab, onScope, onTheme } = props;
  const { data, scopes } = page;
  return (
    <header class="head">
      <div class="head-line">
        <h1>{data.title}</h1>
        <p class="muted made">
          as of <time dateTime={data.made}>{readable(data.made)}</time>, by Service Topology {data.version}, Kubernetes{' '}
          {data.settings.kubernetesVersion}
          {leftOut(data.withheld)}
        </p>
      </div>
      <div class="head-line">
        <Tabs tab={tab} problems={problems} onTab={onTab} />
        <span class="head-space" />
        {scopes.length > 1 && (
          <Choose
            label="Scope"
            value={scope}
            choices={scopes.map(({ name, services, problems: count }) => ({
              value: name,
              label: `${name === '.' ? data.title : name} (${counted(services, 'Service')}${count > 0 ? `, ${counted(count, 'problem')}` : ''})`,
            }))}
            onChoose={onScope}
          />
        )}
        <Choose label="Theme" value={theme} choices={themes} onChoose={onTheme} />
      </div>
    </header>
  );
}

function Tabs(props: { readonly tab: Tab; readonly problems: number; readonly onTab: (tab: Tab) => void }) {
  const { tab, problems, onTab } = props;
  const list = useRef<HTMLDivElement>(null);
  const names: Readonly<Record<Tab, string>> = {
    map: 'Map',
    trace: 'Trace',
    findings: problems === 0 ? 'Findings' : `Findings (${problems})`,
    rules: 'Rules',
  };
  const onKey = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const next = tabs[(tabs.indexOf(tab) + by + tabs.length) % tabs.length];
    if (by === 0 || next === undefined) return;
    event.preventDefault();
    onTab(next);
    list.current?.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label="Parts of the report" ref={list} onKeyDown={onKey}>
      {tabs.map((name) => (
        <button
          key={name}
          type="button"
          role="tab"
          id={`tab-${name}`}
          aria-selected={name === tab ? 'true' : 'false'}
          aria-controls={`part-${name}`}
          tabIndex={name === tab ? 0 : -1}
          onClick={() => onTab(name)}
        >
          {names[name]}
        </button>
      ))}
    </div>
  );
}

function leftOut({ secrets }: Page['data']['withheld']): string {
  if (secrets === 0) return '';
  return `; ${secrets === 1 ? 'what 1 Secret holds is' : `what ${secrets} Secrets hold is`} left out`;
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `2026-11-23 17:03 UTC`, wherever it is read. */
function readable(made: string): string {
  return made.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*$/, '$1 $2 UTC');
}
