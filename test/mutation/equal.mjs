/** Mutants that mean the same as the source: no case can notice them. Each says why. */

export const equalMutants = [];
