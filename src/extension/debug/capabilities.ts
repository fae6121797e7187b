/** What the debugger can do, as the Debug Adapter Protocol names it. */

import type { DebugProtocol } from '@vscode/debugprotocol';

export const capabilities: DebugProtocol.Capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsStepBack: true,
  supportsStepInTargetsRequest: true,
  supportsGotoTargetsRequest: true,
  supportsRestartRequest: true,
  supportsTerminateRequest: true,
  supportsConditionalBreakpoints: true,
  supportsHitConditionalBreakpoints: true,
  supportsLogPoints: true,
  supportsFunctionBreakpoints: true,
  supportsDataBreakpoints: true,
  supportsSetVariable: true,
  supportsEvaluateForHovers: true,
  supportsCompletionsRequest: true,
  supportsExceptionInfoRequest: true,
  exceptionBreakpointFilters: [
    {
      filter: 'failure',
      label: 'Failed Requests',
      description:
        'Stops where the request ends without reaching a pod: a rule, a policy, a name that does not resolve.',
      default: true,
    },
  ],
};
