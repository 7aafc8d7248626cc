// Loads TypeScript as ts-node does, and spares what it can: a file that was transpiled before is taken from where
// transpile-once.cjs keeps it, and neither ts-node nor the compiler is loaded, half a second of CPU in every process.
const { Buffer } = require('node:buffer');
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { extname, sep } = require('node:path');
const { keptOutput } = require('./transpile-once.cjs');

const { extensions } = require;
// In parts: ts-node looks for the word in every file of a stack trace, this one too.
const KEYWORD = ['sourceMapping', 'URL'].join('');
const KEYWORD_LINE = new RegExp(`^//# ${KEYWORD}=.*$`, 'm');
const FOREIGN = `${sep}node_modules${sep}`;

// Packages without their source maps: with --enable-source-maps Node reads and parses the map of every module that names
// one, a fifth of the CPU that it takes to load the gateway and tap.
const { _compile } = Module.prototype;
Module.prototype._compile = function (code, file, ...rest) {
  const at = file.includes(FOREIGN) ? code.lastIndexOf(`//# ${KEYWORD}=`) : -1;
  return _compile.call(this, at < 0 ? code : code.slice(0, at), file, ...rest);
};

const domain = require.resolve('async-hook-domain');
const replaced = new Module(domain);
replaced.exports = require('./domain.cjs');
replaced.loaded = true;
require.cache[domain] = replaced;

/** Leaves this file and all later ones to ts-node. */
function withTsNode(module, file) {
  // Deleted first: ts-node would call what it finds there.
  for (const extension of ['.ts', '.cts', '.mts']) delete extensions[extension];
  require('ts-node/register/transpile-only');
  (extensions[extname(file)] ?? extensions['.js'])(module, file);
}

extensions['.ts'] = (module, file) => {
  const kept = file.includes(FOREIGN) ? undefined : keptOutput(readFileSync(file, 'utf8'), file);
  if (kept === undefined) return withTsNode(module, file);
  const map = Buffer.from(kept.sourceMapText).toString('base64');
  const code = kept.outputText.replace(KEYWORD_LINE, '');
  const url = `data:application/json;charset=utf-8;base64,${map}`;
  module._compile(`${code}//# ${KEYWORD}=${url}`, file);
};
extensions['.cts'] = withTsNode;
extensions['.mts'] = withTsNode;
