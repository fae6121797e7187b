/** One path as a column of hops: what each decided, by which rule, and what it did to the packet. */

import type { WireHop, WireHopRule, WireTrace } from '#protocol/values';
import { Fragment } from 'preact';
import { Link } from '../components/controls';
import { Explanations } from '../components/explanations';
import { Icon } from '../components/icons';
import { count, share } from '../components/words';
import { packetParts } from './packet';
import { PlaceText } from './place';
import { hopWords } from './words';

interface HopsProps {
  readonly hops: readonly WireHop[];
  /** What is met at the hops; undefined where nothing is to be explained. */
  readonly explanations: WireTrace['explanations'] | undefined;
  readonly onStopExplaining: () => void;
  /** A cause of a hop is followed, both by their index. */
  readonly onCause: (hop: number, cause: number) => void;
  /** A rule of a hop is looked up among its node's rules. */
  readonly onRule: (hop: number, rule: number) => void;
}

export function Hops(props: HopsProps) {
  return (
    <ol class="hops">
      {props.hops.map((hop, index) => (
        <Hop key={index} {...props} hop={hop} index={index} />
      ))}
    </ol>
  );
}

const stateWords: Readonly<Record<WireHop['state'], string>> = {
  passed: 'passed',
  changed: 'packet changed',
  ended: 'ends here',
  failed: 'fails here',
};

function Hop(props: HopsProps & { readonly hop: WireHop; readonly index: number }) {
  const { hop, index: own, explanations, onStopExplaining, onCause, onRule } = props;
  return (
    <li class={`hop hop-${hop.kind} state-${hop.state}`} aria-label={`${hopWords[hop.kind]}: ${hop.title}`}>
      <div class="rail" aria-hidden="true">
        <span class="number">{own + 1}</span>
      </div>
      <div class="hop-body">
        <div class="hop-head">
          <span class="hop-kind">{hopWords[hop.kind]}</span>
          <span class="hop-title">{hop.title}</span>
          {hop.result !== '' && <span class="hop-result">{hop.result}</span>}
          <HopState state={hop.state} />
          {explanations !== undefined && (
            <Explanations
              topics={(hop.topics ?? []).flatMap((topic) => explanations[topic] ?? [])}
              about={hop.title}
              onStop={onStopExplaining}
            />
          )}
        </div>
        {(hop.before !== undefined || hop.after !== undefined) && <Packet before={hop.before} after={hop.after} />}
        {hop.rules === undefined ? (
          <Lines lines={hop.lines} />
        ) : (
          <Rules rules={hop.rules} onRule={(rule) => onRule(own, rule)} />
        )}
        {hop.causes.length > 0 && (
          <ul class="causes">
            {hop.causes.map((cause, index) => (
              <li key={index}>
                {hop.state === 'failed' && <span class="muted">because </span>}
                {cause.place === undefined ? (
                  cause.text
                ) : (
                  <Link onFollow={() => onCause(own, index)}>{cause.text}</Link>
                )}
                <PlaceText place={cause.place} />
              </li>
            ))}
          </ul>
        )}
      </div>
    </li>
  );
}

function Lines({ lines }: { readonly lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <ul class="lines">
      {lines.map((line, index) => (
        <li key={index}>
          <Words text={line} />
        </li>
      ))}
    </ul>
  );
}

/** A line that breaks between its words alone, and not after the hyphens that rules are full of. */
function Words({ text }: { readonly text: string }) {
  return (
    <>
      {text.split(/( +)/).map((part, index) =>
        index % 2 === 1 ? (
          part
        ) : (
          <span key={index} class="word">
            {part}
          </span>
        ),
      )}
    </>
  );
}

/** Whether the rule has to be told where it stands: iptables prints that in each rule, the others do not. */
function isFirstOfChain(rules: readonly WireHopRule[], index: number): boolean {
  const rule = rules[index];
  return rule !== undefined && !rule.text.includes(rule.chain) && rules[index - 1]?.chain !== rule.chain;
}

/** The rules that matched; what was passed over before each stands folded above it. */
function Rules(props: { readonly rules: readonly WireHopRule[]; readonly onRule: (rule: number) => void }) {
  const { rules, onRule } = props;
  if (rules.length === 0) return null;
  return (
    <ul class="lines">
      {rules.map((rule, index) => (
        <Fragment key={index}>
          {isFirstOfChain(rules, index) && <li class="chain">{rule.chain}</li>}
          {rule.passedOver > 0 && (
            <li class="folded">
              <PassedOver rule={rule} />
            </li>
          )}
          <li class="rule">
            <button
              type="button"
              class="rule-link"
              aria-label={`Show this rule among those of ${rule.at.node}: ${rule.chain}`}
              title={`Show it among the rules of ${rule.at.node}`}
              onClick={() => onRule(index)}
            >
              <Icon name="goto" />
            </button>
            <Words text={rule.text} />
            {rule.probability < 1 && <span class="muted"> (a chance of {share(rule.probability)} here)</span>}
          </li>
        </Fragment>
      ))}
    </ul>
  );
}

function PassedOver({ rule }: { readonly rule: WireHopRule }) {
  const words = `${count(rule.passedOver, 'rule')} of ${rule.chain} did not match`;
  if (rule.passed.length === 0) return <>{words}</>;
  const hidden = rule.passedOver - rule.passed.length;
  return (
    <details>
      <summary>{words}</summary>
      <ul class="passed">
        {hidden > 0 && <li class="muted">the first {count(hidden, 'rule')} are left out</li>}
        {rule.passed.map((passed, index) => (
          <li key={index}>
            <Words text={passed.text} />
            <span class="reason">{passed.reason}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function HopState({ state }: { readonly state: WireHop['state'] }) {
  if (state === 'passed' || state === 'changed') return null;
  return (
    <span class="hop-state">
      <Icon name={state === 'failed' ? 'stop' : 'good'} /> {stateWords[state]}
    </span>
  );
}

function Packet(props: { readonly before: string | undefined; readonly after: string | undefined }) {
  const { before, after } = props;
  return (
    <dl class="packet">
      {before !== undefined && (
        <>
          <dt>{after === undefined ? 'packet' : 'before'}</dt>
          <dd>
            <Addresses text={before} other={undefined} />
          </dd>
        </>
      )}
      {after !== undefined && (
        <>
          <dt>{before === undefined ? 'packet' : 'after'}</dt>
          <dd>
            <Addresses text={after} other={before} />
          </dd>
        </>
      )}
    </dl>
  );
}

function Addresses(props: { readonly text: string; readonly other: string | undefined }) {
  return (
    <>
      {packetParts(props.text, props.other).map((part, index) => (
        <span key={index}>
          {index > 0 && <span class="packet-arrow"> → </span>}
          {part.isChanged ? <mark>{part.text}</mark> : part.text}
        </span>
      ))}
    </>
  );
}
