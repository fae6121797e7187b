/** Leads from a trace to the debugger: the same request, on the path that is looked at. */

import { Button } from '../components/controls';

export function DebugButton({ onDebug }: { readonly onDebug: () => void }) {
  return (
    <div class="debug-request">
      <Button onClick={onDebug}>Debug step by step</Button>
    </div>
  );
}
