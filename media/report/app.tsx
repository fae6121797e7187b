/** The report: the panels of VS Code in their frames, and beside them what findings, rules and sources say. */

import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Page } from '#page/page';
import { ruleLineRequest, type WireRemedy } from '#protocol/trace';
import type { WireHopRule, WirePlace, WireTrace, WireTraceRequest } from '#protocol/values';
import { fromTopologyPanel, fromTracePanel, type ToTopologyPanel, type ToTracePanel } from '#protocol/webview';
import { Empty } from '../components/empty';
import { printAddress, readAddress, type Tab } from './address';
import { FormatDialog, TextDialog } from './dialogs';
import { Findings } from './findings';
import { Head, type ThemeChoice } from './head';
import { MapHost } from './map-host';
import { applyTheme, themeOf, type ThemeName } from './themes';
import { Panel, type PanelCode } from './panel';
import { Rules, type RulesWanted } from './rules';
import { SourcePane, type Source } from './source';
import { TraceHost } from './trace-host';

/** The code that runs in the frames. */
export interface ReportAssets {
  readonly frame: string;
  readonly topology: PanelCode;
  readonly trace: PanelCode;
}

type Over = { readonly kind: 'format' } | { readonly kind: 'text'; readonly text: string };

export function App({ page, assets }: { readonly page: Page; readonly assets: ReportAssets }) {
  const first = useMemo(() => readAddress(location.hash), []);
  const [scope, setScope] = useState(() => firstScope(page, first.scope));
  const [tab, setTab] = useState<Tab>(first.tab);
  const [request, setRequest] = useState<WireTraceRequest | undefined>(first.request);
  const [rules, setRules] = useState<RulesWanted | undefined>();
  const [source, setSource] = useState<Source | undefined>();
  const [over, setOver] = useState<Over | undefined>();
  const [told, setTold] = useState('');
  const [choice, setChoice] = useState<ThemeChoice>('system');
  const theme = useTheme(choice);
  // What was never looked at is not made.
  const [seen, setSeen] = useState<ReadonlySet<Tab>>(new Set([first.tab]));
  const hosts = useRef<{ map?: MapHost; trace?: TraceHost }>({});
  const before = useRef<HTMLElement | null>(null);

  const files = useMemo(() => page.findings(scope), [page, scope]);
  const problems = files.reduce((sum, { reported }) => sum + reported.filter(({ severity }) => severity === 'error' || severity === 'warning').length, 0); // prettier-ignore

  const go = useCallback((to: Tab): void => {
    setTab(to);
    setSeen((now) => new Set([...now, to]));
  }, []);
  const onError = useCallback((error: unknown) => setTold(error instanceof Error ? error.message : String(error)), []);
  const show = useCallback((next: Source) => {
    before.current = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    setSource(next);
  }, []);
  const showPlace = useCallback(
    (place: WirePlace) => {
      const found = page.text(place.uri);
      if (found) show({ title: found.path, text: found.text, range: place.range });
      else setTold('The file of this is not in the report.');
    },
    [page, show],
  );
  const closeSource = (): void => {
    setSource(undefined);
    before.current?.focus();
  };

  useEffect(() => {
    if (told === '') return;
    const timer = setTimeout(() => setTold(''), 8000);
    return () => clearTimeout(timer);
  }, [told]);

  useEffect(() => {
    const fragment = printAddress({ tab, scope: page.scopes.length > 1 ? scope : undefined, request });
    try {
      history.replaceState(null, '', fragment);
    } catch {
      // Some places where reports are shown allow no other address: nothing but the link is lost.
    }
  }, [tab, scope, request]);

  const changeScope = (next: string): void => {
    setScope(next);
    setRules(undefined);
    setSource(undefined);
    setRequest(undefined);
    hosts.current.map?.show(next).catch(onError);
    hosts.current.trace?.show(next, undefined).catch(onError);
  };

  const trace = (asked: WireTraceRequest, of = scope): void => {
    setRequest(asked);
    go('trace');
    hosts.current.trace?.show(of, asked).catch(onError);
  };

  const current = useRef({ scope, go, changeScope, trace });
  current.current = { scope, go, changeScope, trace };

  useEffect(() => {
    // A link that is followed in the open page, or written into its address.
    const follow = (): void => {
      const to = readAddress(location.hash);
      const next = firstScope(page, to.scope);
      if (next !== current.current.scope) current.current.changeScope(next);
      if (to.tab === 'trace' && to.request !== undefined) current.current.trace(to.request, next);
      else current.current.go(to.tab);
    };
    window.addEventListener('hashchange', follow);
    return () => window.removeEventListener('hashchange', follow);
  }, [page]);

  const connectMap = (post: (message: ToTopologyPanel) => void): MapHost => {
    hosts.current.map = new MapHost(page, current.current.scope, post, {
      showPlace,
      trace: (from, to) => current.current.trace({ from: from ?? '', to: to ?? '' }),
      chooseFormat: () => setOver({ kind: 'format' }),
      tell: setTold,
    });
    return hosts.current.map;
  };
  const connectTrace = (post: (message: ToTracePanel) => void): TraceHost => {
    hosts.current.trace = new TraceHost(page, current.current.scope, post, {
      showPlace,
      showRule: (rule, traced) => void showRule(rule, traced).catch(onError),
      showRemedy: (remedy) => show(remedied(remedy, page)),
      tell: setTold,
      showText: (text) => setOver({ kind: 'text', text }),
      asked: setRequest,
    });
    void hosts.current.trace.show(current.current.scope, request);
    return hosts.current.trace;
  };
  const showRule = async (rule: WireHopRule, traced: WireTrace): Promise<void> => {
    const { node, family, table, index } = rule.at;
    const question = { scope: traced.scope, node, mode: traced.mode, family };
    const { line } = await page.ask(ruleLineRequest, { rules: question, rule: { text: rule.text, chain: rule.chain, table, index } }); // prettier-ignore
    setRules({ node, mode: traced.mode, family, line });
    go('rules');
  };

  if (page.scopes.length === 0)
    return <Empty icon="map" title="No manifests" text={`There were no Kubernetes manifests in ${page.data.title}.`} />;

  const part = (name: Tab) => ({
    id: `part-${name}`,
    role: 'tabpanel' as const,
    'aria-labelledby': `tab-${name}`,
    class: `part ${name === tab ? '' : 'out-of-sight'}`,
  });
  const frame = { frame: assets.frame, theme, onError };
  return (
    <div class="report">
      <Head
        page={page}
        tab={tab}
        scope={scope}
        theme={choice}
        problems={problems}
        onTab={go}
        onScope={changeScope}
        onTheme={setChoice}
      />
      <div class={`parts ${source === undefined ? '' : 'with-source'}`}>
        <main class="stage">
          <div {...part('map')}>
            {seen.has('map') && (
              <Panel
                {...frame}
                title="Map"
                code={assets.topology}
                isShown={tab === 'map'}
                incoming={fromTopologyPanel}
                connect={connectMap}
              />
            )}
          </div>
          <div {...part('trace')}>
            {seen.has('trace') && (
              <Panel
                {...frame}
                title="Trace"
                code={assets.trace}
                isShown={tab === 'trace'}
                incoming={fromTracePanel}
                connect={connectTrace}
              />
            )}
          </div>
          <div {...part('findings')}>{tab === 'findings' && <Findings files={files} onPlace={showPlace} />}</div>
          <div {...part('rules')}>
            {tab === 'rules' && (
              <Rules page={page} scope={scope} wanted={rules} onWant={setRules} onPlace={showPlace} onError={onError} />
            )}
          </div>
        </main>
        {source !== undefined && <SourcePane source={source} onClose={closeSource} />}
      </div>
      <p class={told === '' ? 'spoken' : 'told'} role="status">
        {told}
      </p>
      {over?.kind === 'format' && (
        <FormatDialog
          onFormat={(format) => void hosts.current.map?.save(format).catch(onError)}
          onClose={() => setOver(undefined)}
        />
      )}
      {over?.kind === 'text' && <TextDialog text={over.text} onClose={() => setOver(undefined)} />}
    </div>
  );
}

/** The one that the address names, else the one with the most Services. */
function firstScope({ scopes }: Page, named: string | undefined): string {
  const found = scopes.find(({ name }) => name === named);
  const [most] = [...scopes].sort((a, b) => b.services - a.services);
  return (found ?? most)?.name ?? '';
}

/** A file as a remedy would make it, with its first changed line marked. */
function remedied({ files, steps }: WireRemedy, page: Page): Source {
  const [file] = files;
  const [before, after] = [file?.before ?? '', file?.after ?? ''].map((text) => text.split('\n'));
  const line = after?.findIndex((text, index) => text !== before?.[index]) ?? 0;
  const start = { line: Math.max(0, line), character: 0 };
  const path = file === undefined ? '' : (page.text(file.uri)?.path ?? file.uri);
  const end = { line: start.line, character: after?.[start.line]?.length ?? 0 };
  return { title: `${path}, as it would be: ${steps.join('; ')}`, text: file?.after ?? '', range: { start, end } };
}

/** Follows the system until one is chosen. */
function useTheme(choice: ThemeChoice) {
  const isDark = useMatch('(prefers-color-scheme: dark)');
  // With forced colours the system has a palette of its own, which it puts over any other.
  const isStrong = useMatch('(prefers-contrast: more)');
  const system = `${isStrong ? 'high-contrast-' : ''}${isDark ? 'dark' : 'light'}` as const;
  const name: ThemeName = choice === 'system' ? system : choice;
  const theme = useMemo(() => themeOf(name), [name]);
  useMemo(() => applyTheme(theme), [theme]);
  return theme;
}

function useMatch(text: string): boolean {
  const query = useMemo(() => matchMedia(text), [text]);
  const [matches, setMatches] = useState(query.matches);
  useEffect(() => {
    const onChange = (): void => setMatches(query.matches);
    query.addEventListener('change', onChange);
    return () => query.removeEventListener('change', onChange);
  }, [query]);
  return matches;
}
