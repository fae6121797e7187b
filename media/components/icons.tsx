/** Small signs, drawn in the colour of the text around them; each state has a shape of its own. */

import type { WireSeverity } from '#protocol/values';

const paths = {
  error: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM5.2 5.2l5.6 5.6m0-5.6-5.6 5.6',
  warning: 'M8 1.8 15 14.2H1L8 1.8Zm0 4.4v4m0 1.6v.9',
  info: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Zm0 5.7v4.2m0-6.6v-.9',
  hint: 'M8 1.8a4.4 4.4 0 0 0-2.4 8.1v1.6h4.8V9.9A4.4 4.4 0 0 0 8 1.8ZM6.2 13.9h3.6',
  good: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Zm-3 6.7 2.1 2.2L11 6',
  stop: 'M5.2 1.5h5.6l3.7 3.7v5.6l-3.7 3.7H5.2l-3.7-3.7V5.2L5.2 1.5Zm-.4 6.5h6.4',
  question: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM6 6.2a2 2 0 1 1 2.8 1.9q-.8.4-.8 1.4m0 1.7v.5',
  clock: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Zm0 2.8V8l2.6 1.8',
  close: 'm3.5 3.5 9 9m0-9-9 9',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  fit: 'M2 6V2h4m4 0h4v4m0 4v4h-4M6 14H2v-4',
  list: 'M2 4h1m2.5 0H14M2 8h1m2.5 0H14M2 12h1m2.5 0H14',
  map: 'M1.5 3.5h5v4h-5zm8 5h5v4h-5zM6.5 5.5h2v5h1',
  key: 'M2 3h3v3H2zm0 7h3v3H2zm5.5-5.5H14m-6.5 7H14',
  service: 'M8 1.8 13.4 5v6L8 14.2 2.6 11V5L8 1.8Zm0 4.1a2.1 2.1 0 1 0 0 4.2 2.1 2.1 0 0 0 0-4.2Z',
  workload: 'M8 2 14 5 8 8 2 5l6-3ZM2 8l6 3 6-3M2 11l6 3 6-3',
  node: 'M2 3h12v4H2zm0 6h12v4H2zm2.5-4h.5m-.5 6h.5',
  outside: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM1.5 8h13M8 1.5c-4.3 4.3-4.3 8.7 0 13 4.3-4.3 4.3-8.7 0-13',
  namespace: 'M2 4V2h2m8 0h2v2m0 8v2h-2m-8 0H2v-2M5 5h6v6H5z',
  pod: 'M8 2.5 12.8 5.2v5.6L8 13.5l-4.8-2.7V5.2L8 2.5Z',
  goto: 'M9 2.5h4.5V7M13.5 2.5 7.5 8.5M11.5 9.5v4h-9v-9h4',
  pin: 'M6 1.5h4m-3.5 0v5L4 9h8L9.5 6.5v-5M8 9v5.5',
  arrow: 'M2 8h11M9 4l4 4-4 4',
  ingress: 'M9 2h5v12H9M1.5 8H10M7 5l3 3-3 3',
  gateway: 'M2 14V6a6 6 0 0 1 12 0v8M6 14V7a2 2 0 0 1 4 0v7M1 14h14',
  route: 'M3.5 3.5v4a3 3 0 0 0 3 3h6M10 8l2.5 2.5L10 13M3.5 7.5v6',
  policy: 'M8 1.8 13 3.6v4.2c0 3-2 5.2-5 6.4-3-1.2-5-3.4-5-6.4V3.6L8 1.8Z',
  zone: 'M8 14.2S3.2 9.6 3.2 6.4a4.8 4.8 0 0 1 9.6 0c0 3.2-4.8 7.8-4.8 7.8Zm0-9.4a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 0 0 0-3.4Z',
  filter: 'M2 3h12l-4.6 5.6v4.6L6.6 12V8.6L2 3Z',
  export: 'M8 2v8M4.8 6.8 8 10l3.2-3.2M2.5 11v2.8h11V11',
  overview: 'M1.5 2.5h13v11h-13zM8.5 8h4v3.5h-4z',
  focus: 'M2 5V2h3m6 0h3v3m0 6v3h-3M5 14H2v-3M8 5.6a2.4 2.4 0 1 0 0 4.8 2.4 2.4 0 0 0 0-4.8Z',
} as const;

export type IconName = keyof typeof paths;

/** Decorative unless it has a title. */
export function Icon(props: { readonly name: IconName; readonly class?: string; readonly title?: string }) {
  const { name, title } = props;
  return (
    <svg
      class={`icon icon-${name} ${props.class ?? ''}`}
      viewBox="0 0 16 16"
      width="16"
      height="16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.4"
      stroke-linecap="round"
      stroke-linejoin="round"
      role={title === undefined ? undefined : 'img'}
      aria-label={title}
      aria-hidden={title === undefined ? 'true' : undefined}
    >
      <path d={paths[name]} />
    </svg>
  );
}

export const severityWords: Readonly<Record<WireSeverity, string>> = {
  error: 'Error',
  warning: 'Warning',
  info: 'Information',
  hint: 'Hint',
};

export function SeverityIcon(props: { readonly severity: WireSeverity }) {
  return <Icon name={props.severity} class={`tone-${props.severity}`} title={severityWords[props.severity]} />;
}

/** A sign inside the map's own SVG, its middle at x, y. */
export function Sign(props: {
  readonly name: IconName;
  readonly x: number;
  readonly y: number;
  readonly class?: string;
}) {
  return (
    <path
      class={`sign icon-${props.name} ${props.class ?? ''}`}
      d={paths[props.name]}
      transform={`translate(${props.x - 8} ${props.y - 8})`}
    />
  );
}
