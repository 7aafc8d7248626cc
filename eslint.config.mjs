import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import standpipe from './.ci/lint-rules.mjs';

// The files that may do what is forbidden everywhere else. spec/floors.spec.ts holds the imports to the same lists.
const GUARDED_SEND = [
  'lib/net/web-socket.ts',
  'lib/gateway/transport/connection.ts',
  'lib/gateway/sockjs/receiver.ts',
];
const SOCKET_FACTORIES = [
  'lib/net/web-socket.ts',
  'lib/gateway/transport/listener.ts',
  'lib/cli/conformance/*.ts',
];
const EMITTER = ['lib/util/emitter.ts'];
const WIRE = ['lib/wire/**'];
const PURE = ['lib/wire/**', 'lib/stream/**', 'lib/pusher/**'];

// Packages with one importer: one place attaches `error` to a WebSocket first, one place puts a barrier round handlers,
// one room knows the bytes of the Pipe.
const IMPORTS = {
  ws: { regex: '^ws(/|$)', message: 'ws is dialled in net/web-socket and served in the listener.' },
  mitt: { regex: '^mitt$', message: 'Use the Emitter of lib/util/emitter: mitt has no barrier.' },
  proto: { regex: '^protobufjs|/proto/', message: 'Only lib/wire knows the bytes of the Pipe.' },
};
const restrictImports = (files, { allowed, types } = {}) => ({
  files,
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      {
        patterns: Object.entries(IMPORTS)
          .filter(([name]) => name !== allowed)
          .map(([name, pattern]) => ({ ...pattern, allowTypeImports: name === types })),
      },
    ],
  },
});

const BROWSER_GLOBALS = [
  'URLSearchParams',
  ...['window', 'document', 'location', 'navigator', 'localStorage', 'sessionStorage'],
  ...['fetch', 'performance', 'requestAnimationFrame', 'cancelAnimationFrame'],
  ...['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'],
  ...['matchMedia', 'devicePixelRatio', 'ResizeObserver', 'IntersectionObserver'],
];

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', '.tap/', 'proto/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: { project: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      eqeqeq: 'error',
      'max-lines': ['error', { max: 400 }],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-require-imports': ['error', { allow: ['/package\\.json$'] }],
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    files: ['lib/**/*.ts'],
    plugins: { standpipe },
    rules: {
      'no-console': 'error',
      'no-restricted-globals': [
        'error',
        { name: 'WebSocket', message: 'Dial with lib/net/web-socket.' },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
        { selector: 'TSEnumDeclaration', message: 'Use an `as const` object and its union.' },
      ],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      'standpipe/guarded-send': 'error',
      'standpipe/map-registries': 'error',
      'standpipe/fixed-event-names': 'error',
    },
  },
  restrictImports(['lib/**/*.ts']),
  restrictImports(['lib/gateway/transport/connection.ts'], { types: 'ws' }),
  restrictImports(SOCKET_FACTORIES, { allowed: 'ws' }),
  restrictImports(EMITTER, { allowed: 'mitt' }),
  restrictImports(WIRE, { allowed: 'proto' }),
  { files: GUARDED_SEND, rules: { 'standpipe/guarded-send': 'off' } },
  { files: EMITTER, rules: { 'standpipe/fixed-event-names': 'off' } },
  // The names of its Dispatcher are the app's own, and to it no name is special.
  { files: ['lib/subscriber/**'], rules: { 'standpipe/fixed-event-names': 'off' } },
  {
    // The command line prints, and its names come from the person who starts it.
    files: ['lib/cli/**'],
    rules: {
      'no-console': 'off',
      'standpipe/guarded-send': 'off',
      'standpipe/map-registries': 'off',
    },
  },
  {
    // Pure rooms get their clock, their chance and their bytes from above.
    files: PURE,
    rules: {
      'no-restricted-globals': [
        'error',
        ...[
          'setTimeout',
          'setInterval',
          'setImmediate',
          'queueMicrotask',
          'performance',
          'process',
        ],
        ...['fetch', 'WebSocket'],
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Take the time as an argument.' },
        { object: 'Math', property: 'random', message: 'Take chance as an argument.' },
      ],
    },
  },
  {
    // Specs and examples read what comes off a wire and hold doubles: `any` and missing awaits are looser there.
    files: ['spec/**/*.ts', 'examples/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // tap runs its subtests in order whether or not the promise is awaited.
    files: ['spec/**/*.ts'],
    rules: {
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', package: '@tapjs/test', name: ['test'] }] },
      ],
    },
  },
  { files: ['**/*.{js,cjs,mjs}'], extends: [tseslint.configs.disableTypeChecked] },
  {
    // Tools of the checks, which Node loads as they stand.
    files: ['.ci/*.cjs'],
    languageOptions: {
      globals: {
        require: 'readonly',
        exports: 'writable',
        __dirname: 'readonly',
        process: 'readonly',
        console: 'readonly',
      },
    },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    // Programs of the examples that Node runs as they stand.
    files: ['examples/*/*.mjs'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
  {
    // The pages of the examples run in browsers as they stand.
    files: ['examples/*/page/**/*.js'],
    languageOptions: {
      globals: Object.fromEntries(BROWSER_GLOBALS.map((name) => [name, 'readonly'])),
    },
  },
);
