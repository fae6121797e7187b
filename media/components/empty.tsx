/** What a panel shows when it has nothing to show: what would be here, and what helps. */

import { Icon, type IconName } from './icons';

export function Empty(props: { readonly icon: IconName; readonly title: string; readonly text: string }) {
  return (
    <div class="empty">
      <Icon name={props.icon} />
      <h2>{props.title}</h2>
      <p>{props.text}</p>
    </div>
  );
}
