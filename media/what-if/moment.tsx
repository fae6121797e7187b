/** The cluster at a moment: how requests end, who did what, endpoints, pods and rules, with what changed in them. */

import type {
  FromWhatIfPanel, WireWhatIf, WireWhatIfEndpoint, WireWhatIfMoment, WireWhatIfOutcome, WireWhatIfService,
} from '#protocol/what-if'; // prettier-ignore
import { Button, Link } from '../components/controls';
import { Empty } from '../components/empty';
import { Icon } from '../components/icons';
import { podIcons, podTones, requestLabel, shareText } from './words';

type Post = (message: FromWhatIfPanel) => void;

export interface MomentProps {
  readonly whatIf: WireWhatIf;
  readonly moment: WireWhatIfMoment;
  /** How many of the requests, the last ones, are pinned ones. */
  readonly pinned: number;
  readonly post: Post;
}

export function Moment(props: MomentProps) {
  const { whatIf, moment, post } = props;
  const isStart = moment.step < 0;
  return (
    <article aria-label={`Moment ${moment.index}`}>
      <header class="moment-head">
        <h2>{isStart ? 'As it is' : moment.title}</h2>
        {moment.when !== '' && <p class="muted">{moment.when}</p>}
      </header>
      <Requests {...props} />
      {moment.events.length > 0 && (
        <section aria-label="Who did what">
          <h3>Who did what</h3>
          <ol class="events">
            {moment.events.map(({ by, text }, i) => (
              <li key={i}>
                <span class="by">{by}</span> <span>{text}</span>
              </li>
            ))}
          </ol>
        </section>
      )}
      {whatIf.steps.length === 0 && (
        <Empty
          icon="clock"
          title="Nothing has happened yet"
          text="Add a step: a pod crashes, a node fails, a Deployment restarts. Here you see at each moment who answers, which endpoints there are, and which rules change."
        />
      )}
      {moment.nodes.length > 0 && (
        <section aria-label="Nodes">
          <h3>Nodes</h3>
          <ul class="plain">
            {moment.nodes.map(({ name, before, after }) => (
              <li key={name}>
                <Link onFollow={() => post({ kind: 'reveal', object: `node ${name}` })}>{name}</Link>:{' '}
                {before ?? 'none'} → {after ?? 'gone'}
              </li>
            ))}
          </ul>
        </section>
      )}
      {moment.services.map((service) => (
        <Service key={service.service} service={service} post={post} />
      ))}
      {whatIf.servicesLeftOut > 0 && <p class="muted">and {whatIf.servicesLeftOut} more Services</p>}
      <Pods whatIf={whatIf} moment={moment} post={post} />
      <Rules moment={moment} post={post} />
    </article>
  );
}

function Requests({ whatIf, moment, pinned, post }: MomentProps) {
  const own = whatIf.requests.slice(0, whatIf.requests.length - pinned);
  return (
    <section aria-label="Requests">
      <h3>Requests</h3>
      {moment.requests.length > 0 && (
        <ul class="requests">
          {moment.requests.map((outcome, i) => (
            <li key={i} class={outcome.failed ? 'failed' : 'arrives'}>
              <Icon
                name={outcome.failed ? 'error' : 'good'}
                class={outcome.failed ? 'tone-error' : 'tone-good'}
                title={outcome.failed ? 'fails' : 'arrives'}
              />
              <div class="request-words">
                <p>
                  <Link onFollow={() => post({ kind: 'trace', request: i })}>{requestLabel(outcome)}</Link>
                </p>
                <p class="verdict">
                  <strong>{outcome.verdict}</strong>
                  {outcome.changed && <span class="badge">changed</span>}
                </p>
                <Ends outcome={outcome} />
              </div>
              {i < own.length ? (
                <Button
                  look="icon"
                  label={`Remove the request ${requestLabel(outcome)}`}
                  onClick={() => post({ kind: 'requests', requests: own.filter((_, k) => k !== i) })}
                >
                  <Icon name="close" />
                </Button>
              ) : (
                <Icon name="pin" class="muted pinned" title="pinned" />
              )}
            </li>
          ))}
        </ul>
      )}
      <Button onClick={() => post({ kind: 'addRequest' })}>Add Request…</Button>
    </section>
  );
}

/** How many ends are told one by one. */
const mostEnds = 6;

function Ends({ outcome }: { readonly outcome: WireWhatIfOutcome }) {
  if (outcome.ends.length === 0) return null;
  const rest = outcome.ends.length - mostEnds;
  return (
    <ul class="ends">
      {outcome.ends.slice(0, mostEnds).map(({ text, share, delivered }) => (
        <li key={text} class={delivered ? 'muted' : ''}>
          {shareText(share) !== '' && <span class="share">{shareText(share)}</span>} {text}
        </li>
      ))}
      {rest > 0 && <li class="muted">and {rest} more</li>}
    </ul>
  );
}

function Service({ service, post }: { readonly service: WireWhatIfService; readonly post: Post }) {
  const { endpoints, ready, fallsBack, fields } = service;
  return (
    <section aria-label={`Service ${service.service}`}>
      <h3>
        Service{' '}
        <Link onFollow={() => post({ kind: 'reveal', object: `service ${service.service}` })}>{service.service}</Link>
        <span class="count"> {ready === 1 ? '1 ready endpoint' : `${ready} ready endpoints`}</span>
      </h3>
      {fallsBack && (
        <p class="note">
          <Icon name="info" class="tone-info" /> No endpoint is ready: kube-proxy falls back to those that are
          terminating and still serve.
        </p>
      )}
      {fields.map(({ field, before, after }) => (
        <p key={field} class="field-change mono">
          {field}: {before ?? 'none'} → {after ?? 'none'}
        </p>
      ))}
      {endpoints.length > 0 ? (
        <div class="table-scroll">
          <table>
            <thead>
              <tr>
                <ChangeHead />
                <th scope="col">Endpoint</th>
                <th scope="col">Pod</th>
                <th scope="col">Node</th>
                <th scope="col">ready</th>
                <th scope="col">serving</th>
                <th scope="col">terminating</th>
              </tr>
            </thead>
            <tbody>
              {changedFirst(endpoints).map((endpoint) => (
                <tr key={`${endpoint.pod} ${endpoint.address}`} class={`mark-${endpoint.mark}`}>
                  <Mark mark={endpoint.mark} />
                  <td class="mono" title={`in slice ${endpoint.slice}`}>
                    {endpoint.address}
                  </td>
                  <td>{shortName(endpoint.pod ?? '', service.service)}</td>
                  <td>{endpoint.node}</td>
                  <Condition endpoint={endpoint} name="ready" />
                  <Condition endpoint={endpoint} name="serving" />
                  <Condition endpoint={endpoint} name="terminating" />
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <p class="muted">no endpoints</p>
      )}
    </section>
  );
}

function Condition(props: {
  readonly endpoint: WireWhatIfEndpoint;
  readonly name: 'ready' | 'serving' | 'terminating';
}) {
  const { endpoint, name } = props;
  const value = endpoint[name];
  const changed = endpoint.before !== undefined && endpoint.before[name] !== value;
  return (
    <td class={`condition ${value ? 'yes' : 'no'} ${changed && endpoint.mark === 'changed' ? 'changed' : ''}`}>
      {value ? 'true' : 'false'}
    </td>
  );
}

/** In a table of more rows what changed would be out of sight. */
const inSight = 12;

function changedFirst<T extends { readonly mark: keyof typeof marks }>(rows: readonly T[]): readonly T[] {
  if (rows.length <= inSight) return rows;
  return [...rows.filter(({ mark }) => mark !== 'same'), ...rows.filter(({ mark }) => mark === 'same')];
}

const marks = {
  new: { sign: '+', word: 'new' },
  gone: { sign: '\u2212', word: 'gone' },
  changed: { sign: '~', word: 'changed' },
  same: { sign: '', word: '' },
} as const;

function ChangeHead() {
  return (
    <th scope="col" class="sign">
      <span class="spoken">Change</span>
    </th>
  );
}

/** A sign for the eye, a word for the ear. */
function Mark({ mark }: { readonly mark: keyof typeof marks }) {
  const { sign, word } = marks[mark];
  return (
    <td class={`sign sign-${mark}`} title={word}>
      <span aria-hidden="true">{sign}</span>
      <span class="spoken">{word}</span>
    </td>
  );
}

/** The pod's own name where its namespace is the Service's. */
function shortName(pod: string, service: string): string {
  const namespace = service.slice(0, service.indexOf('/') + 1);
  return pod.startsWith(namespace) ? pod.slice(namespace.length) : pod;
}

function Pods(props: { readonly whatIf: WireWhatIf; readonly moment: WireWhatIfMoment; readonly post: Post }) {
  const { whatIf, moment, post } = props;
  if (moment.pods.length === 0) return null;
  return (
    <section aria-label="Pods">
      <h3>Pods</h3>
      <div class="table-scroll">
        <table>
          <thead>
            <tr>
              <ChangeHead />
              <th scope="col">Pod</th>
              <th scope="col">State</th>
              <th scope="col">Node</th>
              <th scope="col">Address</th>
            </tr>
          </thead>
          <tbody>
            {changedFirst(moment.pods).map((pod) => (
              <tr key={pod.name} class={`mark-${pod.mark}`}>
                <Mark mark={pod.mark} />
                <td>
                  <Link onFollow={() => post({ kind: 'reveal', object: `pod ${pod.name}` })}>{pod.name}</Link>
                </td>
                <td>
                  {pod.mark !== 'gone' && <Icon name={podIcons[pod.state]} class={`tone-${podTones[pod.state]}`} />}{' '}
                  {pod.text}
                  {pod.before !== undefined && pod.before !== pod.text && (
                    <span class="muted"> (was: {pod.before})</span>
                  )}
                </td>
                <td>{pod.node}</td>
                <td class="mono">{pod.address}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {whatIf.podsLeftOut > 0 && <p class="muted">and {whatIf.podsLeftOut} more pods</p>}
    </section>
  );
}

function Rules({ moment, post }: { readonly moment: WireWhatIfMoment; readonly post: Post }) {
  if (moment.rules.length === 0) return null;
  const several = new Set(moment.rules.map(({ family }) => family)).size > 1;
  return (
    <section aria-label="Rules">
      <h3>Rules ({moment.rules[0]!.mode})</h3>
      <ul class="plain">
        {moment.rules.map(({ node, family, added, removed }, row) => (
          <li key={`${node} ${family}`}>
            <Link onFollow={() => post({ kind: 'rules', moment: moment.index, row })}>
              {node}
              {several ? ` ${family}` : ''}
            </Link>
            : {added === 1 ? '1 line' : `${added} lines`} added, {removed} removed
          </li>
        ))}
      </ul>
    </section>
  );
}
