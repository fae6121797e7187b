/** One table of what each room may import, and the rules that hold for all of them. */
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Room → rooms and packages that it may import, beside itself. What is not named is forbidden. */
const rooms = {
  base: [],
  model: ['base'],
  simulation: ['base', 'model', '@noble/hashes'],
  manifest: ['base', 'model', 'yaml', 'ignore'],
  analysis: ['base', 'model', 'manifest', 'simulation'],
  protocol: ['base', 'valibot'],
  live: ['base', 'model', '@kubernetes/client-node', 'yaml', 'node:'],
  // Kustomize and Helm, in a worker.
  render: ['base', 'manifest', 'node:'],
  server: [
    'base',
    'model',
    'manifest',
    'simulation',
    'analysis',
    'protocol',
    'live',
    'render',
    'valibot',
    'vscode-languageserver',
    'vscode-uri',
    'node:',
  ],
  // The core in a web page.
  page: ['base', 'model', 'manifest', 'simulation', 'analysis', 'protocol', 'server', 'valibot'],
  cli: [
    'base',
    'model',
    'manifest',
    'simulation',
    'analysis',
    'protocol',
    'live',
    'render',
    'server',
    'page',
    '@modelcontextprotocol/sdk',
    '@valibot/to-json-schema',
    'commander',
    'yaml',
    'node:',
  ],
  extension: [
    'base',
    'protocol',
    'vscode',
    'vscode-languageclient',
    '@vscode/debugadapter',
    '@vscode/debugprotocol',
    'valibot',
    'node:',
  ],
};
/** What of server and extension runs in Node alone; all else runs in browsers, too. */
const nodeAlone = [
  'src/server/main.ts',
  'src/server/start.ts',
  'src/server/disk.ts',
  'src/server/live/client.ts',
  'src/extension/desktop.ts',
  'src/extension/live/choices.ts',
  'src/render/node.ts',
  'src/render/worker.ts',
];
const core = ['base', 'model', 'simulation', 'manifest', 'analysis'];

const escape = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** A pattern for every import that is neither relative nor allowed. */
function forbidden(room, allowed) {
  const names = [room, ...allowed.filter((name) => name in rooms)].map((name) => `#${name}/`);
  const packages = allowed.filter((name) => !(name in rooms));
  const free = [
    ...names.map(escape),
    ...packages.map((name) => (name.endsWith(':') ? escape(name) : `${escape(name)}(?:$|/|-textdocument$)`)),
  ];
  return `^(?!\\.\\.?/)(?!${free.join('|')}).`;
}

const walls = Object.entries(rooms).map(([room, allowed]) => ({
  files: [`src/${room}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          { regex: forbidden(room, allowed), message: `${room} may import ${allowed.join(', ') || 'nothing'} only.` },
          {
            regex:
              '^(\\.\\./)+(base|model|simulation|manifest|analysis|protocol|live|render|server|page|cli|extension)/',
            message: 'Name the room: #room/file.',
          },
        ],
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ['dist/', '.tsbuild/', 'node_modules/', 'test/vscode/.cache/', 'test/output/'] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  ...walls,
  {
    files: core.map((room) => `src/${room}/**/*.ts`),
    rules: {
      'no-restricted-globals': ['error', 'setTimeout', 'setInterval', 'queueMicrotask', 'fetch', 'process', 'Buffer', 'performance', 'console'],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'The core is deterministic.' },
        { object: 'Date', property: 'now', message: 'The core has no clock.' },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'The core has no clock.' },
        { selector: ':function[async=true]', message: 'The core is synchronous.' },
      ],
    },
  },
  {
    files: ['src/server/**/*.ts', 'src/extension/**/*.ts', 'src/render/**/*.ts'],
    ignores: nodeAlone,
    rules: {
      'no-restricted-globals': ['error', 'process', 'Buffer', 'setImmediate', 'clearImmediate', 'require', '__dirname'],
      'no-restricted-properties': ['error', { property: 'unref', message: 'Timers of browsers have none.' }],
    },
  },
  {
    files: ['media/**/*.ts', 'media/**/*.tsx'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^#(?!base/|protocol/)', message: 'Panels know the protocol and the base only.' },
            { regex: '^(vscode|node:)', message: 'Panels run in a browser.' },
          ],
        },
      ],
      'no-console': ['error', { allow: ['warn'] }],
    },
  },
  {
    // The report's own parts are around the panels, and ask the core that is in the page.
    files: ['media/report/**/*.ts', 'media/report/**/*.tsx'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^#(?!base/|protocol/|page/)', message: 'A report knows the protocol, the base and the page only.' },
            { regex: '^(vscode|node:)', message: 'A report is in a browser.' },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.mjs', 'test/**'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly', setTimeout: 'readonly', clearTimeout: 'readonly', performance: 'readonly', Buffer: 'readonly', fetch: 'readonly', document: 'readonly', window: 'readonly', getComputedStyle: 'readonly', localStorage: 'readonly', sessionStorage: 'readonly', indexedDB: 'readonly', TextDecoder: 'readonly', globalThis: 'readonly', requestAnimationFrame: 'readonly', WheelEvent: 'readonly' } },
    rules: { 'no-console': 'off' },
  },
); // prettier-ignore
