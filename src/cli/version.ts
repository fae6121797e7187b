/** The program's version, which the build takes from package.json. */

declare const __VERSION__: string | undefined;

export const version = typeof __VERSION__ === 'string' ? __VERSION__ : 'development';
