import parser from '@typescript-eslint/parser';
import { defineConfig, globalIgnores } from 'eslint/config';
import standpipe from './.ci/lint-rules.mjs';

// The files that may do what is forbidden everywhere else. spec/floors.spec.ts holds the imports to the same lists.
const GUARDED_SEND = [
  'lib/net/web-socket.ts',
  'lib/net/socket-writer.ts',
  'lib/brokers/workers/channel.ts',
  'lib/gateway/transport/connection.ts',
  'lib/gateway/sockjs/receiver.ts',
  'lib/gateway/protocols/console/live/lines.ts',
];
const SOCKET_FACTORIES = [
  'lib/net/web-socket.ts',
  'lib/gateway/transport/upgrades.ts',
  'lib/cli/conformance/*.ts',
];
const EMITTER = ['lib/util/emitter.ts'];
// Dispatchers of names from outside: one gives them all the prefix `event:`, the others take the program's own names and
// check them.
const DISPATCHERS = [
  'lib/pipe/handlers/registry.ts',
  'lib/pipe/handlers/node-emitter.ts',
  'lib/pipe/handles/channels.ts',
];
const WIRE = ['lib/wire/**'];
const PURE = ['lib/wire/**', 'lib/stream/**', 'lib/pusher/**'];

// Packages with one importer: one place attaches `error` to a WebSocket first, one place puts a barrier round handlers,
// one room knows the bytes of the Pipe.
const IMPORTS = {
  ws: {
    regex: '^ws(/|$)',
    message: 'ws is dialled in net/web-socket and served in transport/upgrades.',
  },
  mitt: { regex: '^mitt$', message: 'Use the Emitter of lib/util/emitter: mitt has no barrier.' },
  proto: { regex: '^protobufjs|/proto/', message: 'Only lib/wire knows the bytes of the Pipe.' },
};
const restrictImports = (files, { allowed, types } = {}) => ({
  files,
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: Object.entries(IMPORTS)
          .filter(([name]) => name !== allowed)
          .map(([name, pattern]) => ({ ...pattern, allowTypeImports: name === types })),
      },
    ],
  },
});

// Rules of our own, which read types, and what only some rooms of lib may import or call. The general rules, and those of
// all other folders, are oxlint's: .oxlintrc.json.
export default defineConfig(
  globalIgnores(['**', '!lib', '!lib/**', 'lib/console/**']),
  {
    files: ['lib/**/*.ts'],
    plugins: { standpipe },
    languageOptions: {
      parser,
      parserOptions: {
        project: '.ci/tsconfig.lib.json',
        tsconfigRootDir: import.meta.dirname,
        jsDocParsingMode: 'none',
      },
    },
    // Comments that switch off a rule of oxlint are oxlint's to judge.
    linterOptions: { reportUnusedDisableDirectives: 'off' },
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
  { files: [...EMITTER, ...DISPATCHERS], rules: { 'standpipe/fixed-event-names': 'off' } },
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
);
