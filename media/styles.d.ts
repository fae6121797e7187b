/** Lets TypeScript accept the stylesheets that the bundler collects. */

declare module '*.css';
