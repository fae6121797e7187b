/** The trace panel: the verdict in a sentence, the request, the path hop by hop, and what mends it. */

import type { WireTrace, WireTraceRequest } from '#protocol/values';
import type { FromTracePanel, ToTracePanel } from '#protocol/webview';
import { useEffect, useState } from 'preact/hooks';
import { Link, LiveRegion, Waiting } from '../components/controls';
import { Empty } from '../components/empty';
import { Icon } from '../components/icons';
import { newest, useKept, useScroll } from '../components/kept';
import { Menu } from '../components/menu';
import { drawPng } from '../components/png';
import type { Host } from '../host';
import { ComparisonTable } from './comparison';
import { Distribution } from './distribution';
import { DebugButton } from './debug-button';
import { RequestForm } from './form';
import { Hops } from './hops';
import { Packets } from './packets';
import { PlaceText } from './place';
import { Remedies } from './remedies';
import { freshState, requestKey, type SavedState } from './state';
import { spokenPath, verdictIcon, verdictTone } from './words';
import { Worlds } from './worlds';

export type TraceHost = Host<ToTracePanel, FromTracePanel, SavedState>;

/** What the panel shows; the other messages ask something of it. */
type Content = Exclude<ToTracePanel, { kind: 'draw' }>;

export function App({ host }: { readonly host: TraceHost }) {
  const [content, setContent] = useState<Content | undefined>();
  const { state, setState, change } = useKept(host, freshState);
  const [isBusy, setBusy] = useState(false);
  const panel = useScroll<HTMLElement>(content !== undefined, state);

  useEffect(() => {
    host.listen((message) => {
      if (message.kind === 'draw') {
        drawPng(message.svg).then(
          (png) => host.post({ kind: 'drawn', png }),
          (error: unknown) => host.post({ kind: 'notDrawn', reason: String(error) }),
        );
        return;
      }
      setContent((now) => newest(now, message));
      setBusy(false);
      if (message.kind !== 'trace') return;
      const request = requestKey(message.trace.request);
      setState((now) =>
        now.request === request
          ? now
          : { ...freshState, request, assumptions: now.assumptions, compares: now.compares },
      );
    });
  }, [host]);

  if (content === undefined) return <Waiting label="Loading the trace" />;

  const trace = content.kind === 'trace' ? content.trace : undefined;
  const request = content.kind === 'trace' ? content.trace.request : content.request;
  const index = Math.min(state.path, (trace?.paths.length ?? 1) - 1);
  const path = trace?.paths[index];
  const complaint =
    content.kind === 'message' && content.at !== undefined
      ? { at: content.at, text: content.text, instead: content.instead }
      : undefined;
  const onTrace = (next: WireTraceRequest): void => {
    setBusy(true);
    host.post({ kind: 'trace', request: next });
  };
  const spoken =
    content.kind === 'message'
      ? `${content.title}. ${content.text}`
      : path === undefined
        ? content.trace.verdict
        : spokenPath(path);

  return (
    <main class="panel" ref={panel} onScroll={(event) => change({ scroll: event.currentTarget.scrollTop })}>
      {content.worlds !== undefined && (
        <Worlds worlds={content.worlds} onChoose={(scope) => host.post({ kind: 'world', scope })} />
      )}
      {trace === undefined ? <h1 class="spoken">Trace of a request</h1> : <Verdict trace={trace} />}
      {trace !== undefined && <Actions isPinned={content.isPinned} path={index} host={host} />}
      <RequestForm
        key={request === undefined ? '' : requestKey(request)}
        request={request}
        suggestions={content.suggestions}
        complaint={complaint}
        isBusy={isBusy}
        onTrace={onTrace}
      />
      {content.kind === 'message' && (
        <Empty
          icon="arrow"
          title={content.title}
          text={complaint === undefined ? content.text : 'What is wrong stands at the field above.'}
        />
      )}
      {content.kind === 'message' && content.remedies?.list.length !== 0 && request !== undefined && (
        <Remedies
          remedies={content.remedies}
          canApply={host.can('edit')}
          onAct={(remedy, act) => host.post({ kind: 'remedy', remedy, act })}
        />
      )}
      {trace !== undefined && (
        <>
          <div class={`paths ${trace.paths.length > 1 ? 'several' : ''}`}>
            {trace.paths.length > 1 && (
              <Distribution
                key={state.request}
                paths={trace.paths}
                selected={index}
                onSelect={(next) => change({ path: next })}
              />
            )}
            {path !== undefined && (
              <section class="path" aria-label={`Path: ${spokenPath(path)}`}>
                <Packets rows={path.packets} />
                <Hops
                  hops={path.hops}
                  explanations={content.kind === 'trace' && content.explains ? trace.explanations : undefined}
                  onStopExplaining={() => host.post({ kind: 'stopExplaining' })}
                  onCause={(hop, cause) =>
                    host.post({ kind: 'reveal', link: { of: 'cause', path: index, hop, cause } })
                  }
                  onRule={(hop, rule) => host.post({ kind: 'reveal', link: { of: 'rule', path: index, hop, rule } })}
                />
                {!arrives(trace) && (
                  <Remedies
                    remedies={content.remedies}
                    canApply={host.can('edit')}
                    onAct={(remedy, act) => host.post({ kind: 'remedy', remedy, act })}
                  />
                )}
                {arrives(trace) && (
                  <Fixes trace={trace} onFix={(fix) => host.post({ kind: 'reveal', link: { of: 'fix', fix } })} />
                )}
                {host.can('debug') && <DebugButton onDebug={() => host.post({ kind: 'debug', path: index })} />}
                <ComparisonTable
                  comparison={content.kind === 'trace' ? content.comparison : undefined}
                  problem={content.kind === 'trace' ? content.comparisonProblem : undefined}
                  request={trace.request}
                  isOpen={state.compares}
                  onToggle={(compares) => {
                    change({ compares });
                    host.post({ kind: 'compare', open: compares });
                  }}
                  onTrace={onTrace}
                />
                {trace.assumptions.length > 0 && (
                  <details
                    class="assumptions"
                    open={state.assumptions}
                    onToggle={(event) => change({ assumptions: event.currentTarget.open })}
                  >
                    <summary>Assumed ({trace.assumptions.length})</summary>
                    <ul>
                      {trace.assumptions.map((assumption) => (
                        <li key={assumption}>{assumption}</li>
                      ))}
                    </ul>
                  </details>
                )}
              </section>
            )}
          </div>
        </>
      )}
      <LiveRegion text={spoken} />
    </main>
  );
}

/** Whether there is nothing to mend: each request arrives, or nobody can know. */
function arrives({ outcomes }: WireTrace): boolean {
  return outcomes.every(({ kind }) => kind === 'delivered' || kind === 'unknown');
}

/** What can be done with the trace as a whole. */
function Actions(props: { readonly isPinned: boolean; readonly path: number; readonly host: TraceHost }) {
  const { isPinned, path, host } = props;
  const post = (message: FromTracePanel): void => host.post(message);
  const copy = (format: 'text' | 'markdown' | 'mermaid' | 'dot' | 'command') => () =>
    post({ kind: 'copy', format, path });
  return (
    <div class="actions" role="group" aria-label="This trace">
      {host.can('pin') && (
        <button
          type="button"
          class="plain-button"
          aria-pressed={isPinned ? 'true' : 'false'}
          title={isPinned ? 'Trace it no more on each edit' : 'Trace it again on each edit, and mark when it changes'}
          onClick={() => post({ kind: 'pin', pinned: !isPinned })}
        >
          <Icon name="pin" /> {isPinned ? 'Pinned' : 'Pin'}
        </button>
      )}
      <Menu
        label="Copy or save this trace"
        items={[
          { label: 'Copy as Text', onChoose: copy('text') },
          { label: 'Copy as Markdown', onChoose: copy('markdown') },
          { label: 'Copy as Mermaid Diagram', onChoose: copy('mermaid') },
          { label: 'Copy as DOT Graph', onChoose: copy('dot') },
          { label: 'Copy as Command', onChoose: copy('command') },
          { label: 'Save as SVG…', onChoose: () => post({ kind: 'savePicture', path, format: 'svg' }) },
          { label: 'Save as PNG…', onChoose: () => post({ kind: 'savePicture', path, format: 'png' }) },
          ...(host.can('edit')
            ? [{ label: 'Save as Reachability Test', onChoose: () => post({ kind: 'saveTest' }) }]
            : []),
        ]}
      >
        Share
      </Menu>
    </div>
  );
}

function Verdict({ trace }: { readonly trace: WireTrace }) {
  return (
    <header class={`verdict tone-of-${verdictTone(trace)}`}>
      <h1>
        {trace.from} <span class="muted">→</span> {trace.to}
      </h1>
      <p class="verdict-words">
        <Icon name={verdictIcon(trace)} />
        <span>{trace.verdict}</span>
      </p>
      {trace.symptom !== '' && (
        <p class="symptom">
          <span class="muted">The client sees: </span>
          {trace.symptom}
        </p>
      )}
      {trace.doubts?.map((doubt) => (
        <p class="doubt" key={doubt}>
          <span class="muted">How far is known: </span>
          {doubt}
        </p>
      ))}
    </header>
  );
}

function Fixes(props: { readonly trace: WireTrace; readonly onFix: (fix: number) => void }) {
  const { trace, onFix } = props;
  if (trace.fixes.length === 0) return null;
  return (
    <section class="fixes">
      <h2>To mend it</h2>
      <ul>
        {trace.fixes.map((fix, index) => (
          <li key={index}>
            {fix.place === undefined ? fix.title : <Link onFollow={() => onFix(index)}>{fix.title}</Link>}
            <PlaceText place={fix.place} />
          </li>
        ))}
      </ul>
    </section>
  );
}
