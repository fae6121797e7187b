/** The form for one more step: what it is about, what happens to it, and a value where it needs one. */

import type { WireWhatIfSubject } from '#protocol/what-if';
import { useState } from 'preact/hooks';
import { Button, Dropdown, TextField } from '../components/controls';

type Kind = WireWhatIfSubject['kind'] | 'text';

interface Action {
  readonly label: string;
  /** The step's text; `value` is what the field holds. */
  readonly step: (subject: string, value: string) => string;
  /** What the field is for, where there is one. */
  readonly field?: string;
  readonly placeholder?: string;
  /** Choose one of the nodes in place of writing. */
  readonly choosesNode?: true;
}

const plain = (words: string): Action => ({ label: words, step: (subject) => `${subject} ${words}` });
const ofItsPods = (words: string): Action => ({
  label: `one of its pods ${words}`,
  step: (subject) => `a pod of ${subject} ${words}`,
});
const valued = (words: string, field: string, placeholder: string, separator = ' '): Action => ({
  label: `${words} …`,
  field,
  placeholder,
  step: (subject, value) => `${subject} ${words}${separator}${value}`,
});

const sets = (example: string) => valued('sets', 'Field and value', example);
const unsets = (example: string) => valued('unsets', 'Field', example);
const labels = [valued('gets label', 'Label', 'team=shop'), valued('loses label', 'Label key', 'team')];

const actions: Readonly<Record<WireWhatIfSubject['kind'], readonly Action[]>> = {
  workload: [
    plain('restarts'),
    valued('scales to', 'Replicas', '3'),
    sets('spec.template.spec.containers[0].image=web:2'),
    unsets('spec.template.spec.nodeSelector'),
    ...['crashes', 'dies', 'is deleted', 'is not ready', 'is ready'].map(ofItsPods),
    plain('is deleted'),
  ],
  pod: [
    ...['crashes', 'dies', 'is deleted', 'is replaced', 'is not ready', 'is ready'].map(plain),
    { label: 'moves to …', field: 'Node', choosesNode: true, step: (subject, value) => `${subject} moves to ${value}` },
    ...labels,
  ],
  node: [plain('fails'), plain('recovers'), plain('is drained'), valued('gets label', 'Label', 'topology.kubernetes.io/zone=a')],
  zone: [plain('fails'), plain('recovers')],
  service: [sets('spec.selector.app=web'), unsets('spec.externalTrafficPolicy'), ...labels, plain('is deleted')],
  policy: [sets('spec.podSelector.matchLabels.app=web'), unsets('spec.egress'), plain('is deleted')],
}; // prettier-ignore

const kinds: readonly { readonly value: Kind; readonly label: string }[] = [
  { value: 'workload', label: 'Workload' },
  { value: 'pod', label: 'Pod' },
  { value: 'node', label: 'Node' },
  { value: 'zone', label: 'Zone' },
  { value: 'service', label: 'Service' },
  { value: 'policy', label: 'Network policy' },
  { value: 'text', label: 'Write it' },
];

/** In a large cluster the menus do not name everything: what the form was opened for is in them all the same. */
function withSubject(subjects: readonly WireWhatIfSubject[], text: string | undefined): readonly WireWhatIfSubject[] {
  if (text === undefined || subjects.some((subject) => subject.text === text)) return subjects;
  const kind = kindOf(text);
  return kind === undefined ? subjects : [{ kind, text, description: '' }, ...subjects];
}

/** Undefined for a kind of which nothing is known to happen. */
function kindOf(text: string): WireWhatIfSubject['kind'] | undefined {
  const [word = ''] = text.split(' ');
  if (word === 'pod' || word === 'node' || word === 'zone' || word === 'service') return word;
  if (word === 'networkpolicy') return 'policy';
  return workloadKinds.has(word) ? 'workload' : undefined;
}

const workloadKinds = new Set([
  'deployment', 'statefulset', 'daemonset', 'replicaset', 'replicationcontroller', 'job', 'cronjob',
]); // prettier-ignore

export function StepForm(props: {
  readonly subjects: readonly WireWhatIfSubject[];
  /** What the form begins with. */
  readonly subject: string | undefined;
  readonly isBusy: boolean;
  readonly onAdd: (step: string) => void;
}) {
  const { isBusy, onAdd } = props;
  const subjects = withSubject(props.subjects, props.subject);
  const given = subjects.find(({ text }) => text === props.subject);
  const has = (kind: Kind): boolean => kind === 'text' || subjects.some((subject) => subject.kind === kind);
  const [kind, setKind] = useState<Kind>(given?.kind ?? (has('workload') ? 'workload' : 'text'));
  const [subject, setSubject] = useState(given?.text ?? '');
  const [action, setAction] = useState('');
  const [value, setValue] = useState('');
  const [error, setError] = useState<string | undefined>();

  const choices = subjects.filter((each) => each.kind === kind);
  const chosen = choices.find(({ text }) => text === subject) ?? choices[0];
  const possible = kind === 'text' ? [] : actions[kind];
  const what = possible.find(({ label }) => label === action) ?? possible[0];
  const nodes = subjects.filter((each) => each.kind === 'node').map(({ text }) => text.replace(/^node /, ''));
  const written = what?.choosesNode && !nodes.includes(value) ? (nodes[0] ?? '') : value;
  const needsValue = kind === 'text' || what?.field !== undefined;

  const add = (): void => {
    const text = written.trim();
    if (needsValue && text === '') {
      setError(kind === 'text' ? 'What happens? For example: deployment shop/web restarts' : 'It needs a value.');
      return;
    }
    setError(undefined);
    if (kind === 'text') onAdd(text);
    else if (chosen && what) onAdd(what.step(chosen.text, text));
    setValue('');
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    add();
  };

  return (
    <div class="step-form" role="form" aria-label="Add a step">
      <Dropdown
        label="About"
        caption="above"
        value={kind}
        choices={kinds.filter((each) => has(each.value))}
        onChange={(next) => {
          setKind(kinds.find((each) => each.value === next)?.value ?? 'text');
          setError(undefined);
        }}
      />
      {kind !== 'text' && (
        <>
          <Dropdown
            label="Which"
            caption="above"
            value={chosen?.text ?? ''}
            choices={choices.map(({ text, description }) => ({
              value: text,
              label: `${kind === 'workload' ? text : text.replace(/^\S+ /, '')}${description === '' ? '' : ` (${description})`}`,
            }))}
            onChange={setSubject}
          />
          <Dropdown
            label="What happens"
            caption="above"
            value={what?.label ?? ''}
            choices={possible.map(({ label }) => ({ value: label, label }))}
            onChange={setAction}
          />
        </>
      )}
      {what?.choosesNode ? (
        <Dropdown
          label="Node"
          caption="above"
          value={written}
          choices={nodes.map((name) => ({ value: name, label: name }))}
          onChange={setValue}
        />
      ) : (
        needsValue && (
          <TextField
            label={kind === 'text' ? 'Step' : (what?.field ?? 'Value')}
            caption="above"
            placeholder={kind === 'text' ? 'deployment shop/web restarts' : what?.placeholder}
            value={value}
            error={error}
            onInput={setValue}
            onKey={onKey}
          />
        )
      )}
      <div class="step-add">
        <Button look="primary" disabled={isBusy} onClick={add}>
          Add Step
        </Button>
      </div>
    </div>
  );
}
