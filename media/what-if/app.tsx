/** The what-if panel: what is supposed to happen, a time line to drag, and the cluster at the chosen moment. */

import type { WireWhatIf } from '#protocol/what-if';
import type { FromWhatIfPanel, ToWhatIfPanel } from '#protocol/what-if';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Button, LiveRegion, ProgressRing, Waiting } from '../components/controls';
import { Empty } from '../components/empty';
import { newest, useKept, useScroll } from '../components/kept';
import { TimeLine } from '../components/time-line';
import type { Host } from '../host';
import { Moment } from './moment';
import { freshState, type SavedState } from './state';
import { Steps } from './steps';
import { endOf, spokenMoment } from './words';

export type WhatIfHost = Host<ToWhatIfPanel, FromWhatIfPanel, SavedState>;

/** What the panel shows; the other message chooses a moment of it. */
type Content = Exclude<ToWhatIfPanel, { kind: 'moment' }>;

export function App({ host }: { readonly host: WhatIfHost }) {
  const [content, setContent] = useState<Content | undefined>();
  const { state, setState, change } = useKept(host, freshState);
  const [isBusy, setBusy] = useState(false);
  const main = useScroll<HTMLDivElement>(content !== undefined, state);
  const heard = useRef<number | undefined>(undefined);

  useEffect(() => {
    host.listen((message) => {
      if (message.kind === 'moment') {
        heard.current = message.moment;
        change({ moment: message.moment });
        return;
      }
      setContent((now) => newest(now, message));
      setBusy(false);
      if (message.kind === 'whatIf') setState((now) => follow(now, message));
    });
  }, [host]);

  const last = content?.kind === 'whatIf' ? content.whatIf.moments.length - 1 : -1;
  const index = Math.min(state.moment, last);
  useEffect(() => {
    // What was heard from the map is no news to it.
    if (index < 0 || heard.current === index) return;
    heard.current = index;
    host.post({ kind: 'moment', moment: index });
  }, [host, index]);

  if (content === undefined) return <Waiting label="Loading the what-if" />;
  if (content.kind === 'message') {
    return (
      <main class="panel">
        <h1 class="spoken">What if</h1>
        <Empty icon="clock" title={content.title} text={content.text}>
          <Button onClick={() => host.post({ kind: 'open' })}>Open a Kept What-If…</Button>
        </Empty>
        <LiveRegion text={`${content.title}. ${content.text}`} />
      </main>
    );
  }

  const { whatIf } = content;
  const moment = whatIf.moments[index];
  const setSteps = (steps: readonly string[]): void => {
    setBusy(true);
    host.post({ kind: 'steps', steps: [...steps] });
  };
  const select = (next: number): void => change({ moment: Math.max(0, Math.min(next, last)) });

  return (
    <main class="panel what-if" aria-label="What if">
      <header class="top">
        <h1>What if</h1>
        {isBusy && <ProgressRing label="Playing it out" />}
        <Keep whatIf={whatIf} host={host} />
      </header>
      {whatIf.moments.length > 1 && moment !== undefined && (
        <TimeLine
          ticks={whatIf.moments.map(({ step, requests }) => ({ step, requests: endOf(requests) }))}
          selected={index}
          spoken={spokenMoment(moment, whatIf.moments.length)}
          onSelect={select}
        >
          <Button onClick={() => host.post({ kind: 'showOnMap' })}>Show on Map</Button>
        </TimeLine>
      )}
      <div class="columns">
        <Steps
          whatIf={whatIf}
          subject={content.subject}
          selected={index}
          isBusy={isBusy}
          onSelect={select}
          onSteps={setSteps}
        />
        <div class="moment-column" ref={main} onScroll={(event) => change({ scroll: event.currentTarget.scrollTop })}>
          {moment !== undefined && (
            <Moment whatIf={whatIf} moment={moment} pinned={content.pinned} post={(message) => host.post(message)} />
          )}
        </div>
      </div>
      <LiveRegion text={moment === undefined ? '' : spokenMoment(moment, whatIf.moments.length)} />
    </main>
  );
}

/** After a step was added its first moment is what one wants to see; after one went, what still is there. */
function follow(now: SavedState, { whatIf, moment }: Extract<Content, { kind: 'whatIf' }>): SavedState {
  const steps = whatIf.steps.map(({ text }) => text);
  const last = whatIf.moments.length - 1;
  if (JSON.stringify(steps) === JSON.stringify(now.steps))
    return { ...now, moment: Math.min(moment ?? now.moment, last) };
  const isLonger = steps.length > now.steps.length && now.steps.every((text, i) => text === steps[i]);
  const first = whatIf.moments.find(({ step }) => step === steps.length - 1);
  return { steps, moment: isLonger && first ? first.index : Math.min(now.moment, last), scroll: 0 };
}

function Keep({ whatIf, host }: { readonly whatIf: WireWhatIf; readonly host: WhatIfHost }) {
  const isEmpty = whatIf.steps.length === 0;
  const keep = (as: 'file' | 'kustomize' | 'kubectl' | 'edits'): void => host.post({ kind: 'keep', as });
  return (
    <div class="keep" role="group" aria-label="Keep">
      <Button onClick={() => host.post({ kind: 'open' })}>Open…</Button>
      <Button disabled={isEmpty} onClick={() => keep('file')}>
        Save As…
      </Button>
      {whatIf.changesManifests && (
        <>
          <Button onClick={() => keep('kustomize')}>Copy as Kustomize Patch</Button>
          <Button onClick={() => keep('kubectl')}>Copy as kubectl</Button>
          <Button onClick={() => keep('edits')}>Apply to YAML</Button>
        </>
      )}
    </div>
  );
}
