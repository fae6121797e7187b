/** Below the map, while it shows a moment of a what-if: the time line, what happens, and how requests end there. */

import type { WireSupposed } from '#protocol/what-if';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Button, LiveRegion } from '../components/controls';
import { Icon } from '../components/icons';
import { TimeLine } from '../components/time-line';
import { supposedWords as words } from './words';

/** How many requests there is room for. */
const mostRequests = 3;

export function WhatIfBar(props: {
  readonly supposed: WireSupposed;
  readonly onMoment: (moment: number) => void;
  readonly onOpen: () => void;
  readonly onLeave: () => void;
}) {
  const { supposed, onMoment } = props;
  const { moments, requests } = supposed;
  // The thumb goes with the finger; the map comes as fast as it can.
  const [chosen, setChosen] = useState(supposed.moment);
  // What was asked for last; the answers to what was asked before it would pull the thumb back.
  const asked = useRef<number | undefined>(undefined);
  useEffect(() => {
    const [wanted, isThere] = [asked.current, (asked.current ?? 0) < moments.length];
    if (wanted !== undefined && wanted !== supposed.moment && isThere) return;
    asked.current = undefined;
    setChosen(supposed.moment);
  }, [supposed]);
  const selected = Math.min(chosen, moments.length - 1);
  const shown = moments[supposed.moment];
  const choose = (moment: number): void => {
    const next = Math.max(0, Math.min(moment, moments.length - 1));
    asked.current = next;
    setChosen(next);
    onMoment(next);
  };
  const title = shown === undefined || shown.step < 0 ? words.start : shown.title;
  const spoken = words.spoken(supposed.moment, moments.length - 1, title, shown?.when ?? '');
  const rest = requests.length - mostRequests;
  return (
    <section class="what-if-bar" aria-label={words.bar}>
      <div class="what-if-words">
        <p class="what-if-moment">
          <Icon name="clock" class="tone-info" /> <strong>{title}</strong>
          {shown !== undefined && shown.when !== '' && <span class="muted"> {shown.when}</span>}
        </p>
        <ul class="plain what-if-requests" aria-label={words.requests}>
          {requests.slice(0, mostRequests).map(({ request, verdict, failed }, index) => (
            <li key={index}>
              <Icon name={failed ? 'error' : 'good'} class={failed ? 'tone-error' : 'tone-good'} />{' '}
              <span class="muted">
                {request.from} → {request.to}:
              </span>{' '}
              {verdict}
            </li>
          ))}
          {rest > 0 && <li class="muted">{words.more(rest)}</li>}
        </ul>
        {supposed.error !== undefined && (
          <p class="tone-error">
            <Icon name="error" /> {supposed.error}
          </p>
        )}
      </div>
      <TimeLine ticks={moments} selected={selected} spoken={spoken} onSelect={choose}>
        <div class="what-if-actions">
          <Button onClick={props.onOpen}>{words.open}</Button>
          <Button look="icon" label={words.leave} onClick={props.onLeave}>
            <Icon name="close" />
          </Button>
        </div>
      </TimeLine>
      <LiveRegion text={spoken} />
    </section>
  );
}
