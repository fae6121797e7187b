/** What the map's signs mean. */

import { Fragment, type ComponentChildren } from 'preact';
import { Button } from '../components/controls';
import { Icon, Sign } from '../components/icons';
import { PodSign } from './pods';
import { keyWords, legendWords, words } from './words';

export function Legend(props: { readonly isSupposed: boolean; readonly onClose: () => void }) {
  return (
    <aside class="legend" aria-label={words.legend}>
      <header>
        <h2>{words.legend}</h2>
        <Button look="icon" label={words.closeLegend} onClick={props.onClose}>
          <Icon name="close" />
        </Button>
      </header>
      <ul>
        <Entry text={legendWords.service}>
          <Sign name="service" class="kind" x={22} y={10} />
        </Entry>
        <Entry text={legendWords.workload}>
          <Sign name="workload" class="kind" x={22} y={10} />
        </Entry>
        <Entry text={legendWords.entry}>
          <Sign name="gateway" class="kind" x={8} y={10} />
          <Sign name="ingress" class="kind" x={24} y={10} />
          <Sign name="route" class="kind" x={40} y={10} />
        </Entry>
        <Entry text={legendWords.policy}>
          <Sign name="policy" class="kind" x={22} y={10} />
        </Entry>
        <Entry text={legendWords.ready}>
          <circle class="pod-ready" cx={22} cy={10} r={5} />
        </Entry>
        <Entry text={legendWords.unready}>
          <circle class="pod-unready" cx={22} cy={10} r={4} />
        </Entry>
        {props.isSupposed &&
          happenings.map(({ text, ...happened }) => (
            <Entry key={text} text={text}>
              <PodSign happened={{ ...happened, ...nobody }} box={{ x: 14, y: 2, width: 16, height: 16 }} />
            </Entry>
          ))}
        <Entry text={legendWords.arrives}>
          <g class="edge edge-whole">
            <path d="M2 10H40" />
            <path class="tip" d="M34 6l7 4-7 4" />
          </g>
        </Entry>
        <Entry text={legendWords.doubtful}>
          <g class="edge edge-doubtful tone-warning">
            <path d="M2 10H12M32 10H42" />
            <Sign name="warning" x={22} y={10} />
          </g>
        </Entry>
        <Entry text={legendWords.lost}>
          <g class="edge edge-lost tone-error">
            <path d="M2 10H24" />
            <Sign name="close" x={32} y={10} />
          </g>
        </Entry>
      </ul>
      <h3>{words.keys}</h3>
      <dl>
        {keyWords.map(([keys, what]) => (
          <Fragment key={keys}>
            <dt>{keys}</dt>
            <dd>{what}</dd>
          </Fragment>
        ))}
      </dl>
    </aside>
  );
}

const nobody = { name: '', workload: '', text: '' } as const;

const happenings = [
  { state: 'pending', mark: 'same', text: legendWords.coming },
  { state: 'terminating', mark: 'same', text: legendWords.going },
  { state: 'dead', mark: 'same', text: legendWords.dead },
  { state: 'gone', mark: 'gone', text: legendWords.gone },
  { state: 'ready', mark: 'changed', text: legendWords.changed },
] as const;

function Entry(props: { readonly text: string; readonly children: ComponentChildren }) {
  return (
    <li>
      <svg viewBox="0 0 44 20" width="44" height="20" aria-hidden="true">
        {props.children}
      </svg>
      {props.text}
    </li>
  );
}
