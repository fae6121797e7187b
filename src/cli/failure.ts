/** What ends a command: told in a sentence on standard error, with exit status 2. */

export class Failure extends Error {}
