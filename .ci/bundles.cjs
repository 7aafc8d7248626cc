// Makes the files for browsers in dist, and tells their sizes; a bundle above its limit fails. Writes the schema of the
// configuration file beside them.
const { copyFileSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { gzipSync } = require('node:zlib');
const { buildSync } = require('esbuild');

const root = join(__dirname, '..');
const dist = join(root, 'dist');
const entries = join(root, 'lib/subscriber/entries');
const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'browser',
  target: 'es2022',
  charset: 'utf8',
  legalComments: 'inline',
  logLevel: 'warning',
};
const minified = { ...common, minify: true };

rmSync(join(dist, 'browser'), { recursive: true, force: true });
buildSync({
  ...minified,
  entryPoints: [join(entries, 'global.ts')],
  format: 'iife',
  outfile: join(dist, 'standpipe.min.js'),
});
buildSync({
  ...minified,
  entryPoints: [join(root, 'lib/subscriber/crypto.ts')],
  format: 'esm',
  outfile: join(dist, 'standpipe-encryption.min.js'),
});
buildSync({
  ...common,
  entryPoints: { pusher: join(entries, 'browser.mts') },
  format: 'esm',
  splitting: true,
  outdir: join(dist, 'browser'),
  outExtension: { '.js': '.mjs' },
});
buildSync({
  ...common,
  entryPoints: { pusher: join(entries, 'browser.cts') },
  format: 'cjs',
  outdir: join(dist, 'browser'),
  outExtension: { '.js': '.cjs' },
});
// One class to the compiler, wherever it runs.
writeFileSync(
  join(dist, 'browser/pusher.d.mts'),
  `export * from '../subscriber/entries/node.mjs';\nexport { default } from '../subscriber/entries/node.mjs';\n`,
);
writeFileSync(
  join(dist, 'browser/pusher.d.cts'),
  `import Pusher = require('../subscriber/entries/node.cjs');\nexport = Pusher;\n`,
);
const backChannel = join(root, 'lib/back-channel.ts');
buildSync({
  ...minified,
  stdin: {
    contents: `import { attachBackChannel } from ${JSON.stringify(backChannel)};
      Object.assign(globalThis, { attachBackChannel });`,
    resolveDir: root,
  },
  format: 'iife',
  outfile: join(dist, 'back-channel.global.js'),
});
buildSync({
  ...common,
  entryPoints: [backChannel],
  format: 'esm',
  outfile: join(dist, 'back-channel.mjs'),
});

rmSync(join(dist, 'console'), { recursive: true, force: true });
buildSync({
  ...minified,
  entryPoints: { console: join(root, 'lib/console/main.tsx') },
  format: 'iife',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  outdir: join(dist, 'console'),
});
buildSync({
  ...minified,
  entryPoints: [join(root, 'lib/console/console.css')],
  outdir: join(dist, 'console'),
});
for (const file of ['index.html', 'icon.svg']) {
  copyFileSync(join(root, 'lib/console', file), join(dist, 'console', file));
}

const { configSchema } = require(join(dist, 'gateway/options/options.js'));
writeFileSync(join(dist, 'standpipe.schema.json'), `${JSON.stringify(configSchema(), null, 2)}\n`);

/** Bytes that a browser may be sent, compressed as servers do it. */
const LIMITS = {
  'standpipe.min.js': 15 * 1024,
  'standpipe-encryption.min.js': 15 * 1024,
  'back-channel.global.js': 1024,
  'console/console.js': 40 * 1024,
  'console/console.css': 8 * 1024,
};
for (const [file, limit] of Object.entries(LIMITS)) {
  const bytes = readFileSync(join(dist, file));
  const { length } = gzipSync(bytes);
  console.log(`${file}: ${bytes.length} bytes, ${length} compressed`);
  if (length > limit) {
    console.error(`${file} is above its limit of ${limit} bytes compressed`);
    process.exitCode = 1;
  }
}
