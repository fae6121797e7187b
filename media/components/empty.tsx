/** What a panel shows when it has nothing to show: what would be here, and what helps. */

import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icons';

export function Empty(props: {
  readonly icon: IconName;
  readonly title: string;
  readonly text: string;
  /** What can be done about it. */
  readonly children?: ComponentChildren;
}) {
  return (
    <div class="empty">
      <Icon name={props.icon} />
      <h2>{props.title}</h2>
      <p>{props.text}</p>
      {props.children}
    </div>
  );
}
