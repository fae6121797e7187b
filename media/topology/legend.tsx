/** What the map's signs mean. */

import type { ComponentChildren } from 'preact';
import { Button } from '../components/controls';
import { Icon, Sign } from '../components/icons';

export function Legend(props: { readonly onClose: () => void }) {
  return (
    <aside class="legend" aria-label="Legend">
      <header>
        <h2>Legend</h2>
        <Button look="icon" label="Close the legend" onClick={props.onClose}>
          <Icon name="close" />
        </Button>
      </header>
      <ul>
        <Entry text="Service, with a line for each port">
          <Sign name="service" class="kind" x={22} y={10} />
        </Entry>
        <Entry text="Workload, with its pods">
          <Sign name="workload" class="kind" x={22} y={10} />
        </Entry>
        <Entry text="Way in: Gateway, Ingress, route">
          <Sign name="gateway" class="kind" x={8} y={10} />
          <Sign name="ingress" class="kind" x={24} y={10} />
          <Sign name="route" class="kind" x={40} y={10} />
        </Entry>
        <Entry text="Network policy">
          <Sign name="policy" class="kind" x={22} y={10} />
        </Entry>
        <Entry text="Pod, ready">
          <circle class="pod-ready" cx={22} cy={10} r={5} />
        </Entry>
        <Entry text="Pod, not ready">
          <circle class="pod-unready" cx={22} cy={10} r={4} />
        </Entry>
        <Entry text="A request arrives">
          <g class="edge edge-whole">
            <path d="M2 10H40" />
            <path class="tip" d="M34 6l7 4-7 4" />
          </g>
        </Entry>
        <Entry text="It arrives, but not as it should">
          <g class="edge edge-doubtful tone-warning">
            <path d="M2 10H12M32 10H42" />
            <Sign name="warning" x={22} y={10} />
          </g>
        </Entry>
        <Entry text="It is lost here">
          <g class="edge edge-lost tone-error">
            <path d="M2 10H24" />
            <Sign name="close" x={32} y={10} />
          </g>
        </Entry>
      </ul>
      <h3>Keys</h3>
      <dl>
        <dt>Arrows</dt>
        <dd>along edges, up and down</dd>
        <dt>Shift + arrows</dt>
        <dd>move the map</dd>
        <dt>+ − 0</dt>
        <dd>nearer, farther, all</dd>
        <dt>Enter</dt>
        <dd>open the YAML</dd>
        <dt>/</dt>
        <dd>search</dd>
        <dt>F</dt>
        <dd>focus on it, and back</dd>
        <dt>S, D</dt>
        <dd>trace from here, to here</dd>
      </dl>
    </aside>
  );
}

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
