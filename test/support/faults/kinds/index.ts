/** All kinds of faults. */

import type { FaultKind } from '../types';
import { backendFaults } from './backends';
import { nameFaults } from './names';
import { policyFaults } from './policies';
import { portFaults } from './ports';
import { practiceFaults } from './practice';
import { referenceFaults } from './references';
import { refusalFaults } from './refusals';
import { selectorFaults } from './selectors';
import { workloadFaults } from './workloads';

export const faultKinds: readonly FaultKind[] = [
  ...selectorFaults,
  ...portFaults,
  ...workloadFaults,
  ...backendFaults,
  ...nameFaults,
  ...policyFaults,
  ...refusalFaults,
  ...practiceFaults,
  ...referenceFaults,
];
