/** The packet at one glance: as it is sent, after each change, as it arrives, and the answer; what changed is marked. */

import type { WirePacketRow } from '#protocol/values';

export function Packets({ rows }: { readonly rows: readonly WirePacketRow[] }) {
  if (rows.length === 0) return null;
  const hasMarks = rows.some(({ mark }) => mark !== undefined);
  return (
    <table class="packets">
      <caption class="spoken">The packet on its way</caption>
      <thead>
        <tr>
          <th scope="col">packet</th>
          <th scope="col">source</th>
          <th scope="col">destination</th>
          {hasMarks && <th scope="col">mark</th>}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => {
          const before = index === 0 || isAnswer(row) ? undefined : rows[index - 1];
          return (
            <tr key={index} class={isAnswer(row) ? 'answer' : ''}>
              <th scope="row">
                {row.where} <span class="what">{row.what}</span>
              </th>
              <td class="address">{marked(row.source, before?.source)}</td>
              <td class="address">{marked(row.destination, before?.destination)}</td>
              {hasMarks && <td class="address">{row.mark}</td>}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** The answer has other ends: nothing of it was changed by what stands above. */
function isAnswer({ where }: WirePacketRow): boolean {
  return where.startsWith('the answer');
}

function marked(text: string, before: string | undefined) {
  return before === undefined || before === text ? text : <mark>{text}</mark>;
}
