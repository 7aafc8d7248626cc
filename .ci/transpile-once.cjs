// A transpiler for ts-node that does each file once: what TypeScript made of it is kept under node_modules/.cache, by
// the hash of the text and the options. A suite of a hundred processes would otherwise do the same work in each.
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { version } = require('typescript/package.json');

const root = join(__dirname, '..');
const folder = join(root, 'node_modules/.cache/transpile-once');
const settings = `${version} ${readFileSync(join(root, 'tsconfig.json'), 'utf8')}`;

function placeOf(input, fileName) {
  const hash = createHash('sha256').update(`${settings}\0${fileName}\0${input}`).digest('hex');
  return join(folder, `${hash}.json`);
}

function kept(place) {
  try {
    return JSON.parse(readFileSync(place, 'utf8'));
  } catch {
    return undefined;
  }
}

/** What was kept of a file with this text, if anything: JavaScript and its source map. */
exports.keptOutput = (input, fileName) => kept(placeOf(input, fileName));

/** Keeps what a compiler made of a file. */
exports.keep = (fileName, output) =>
  keepAt(placeOf(readFileSync(fileName, 'utf8'), fileName), output);

function keepAt(place, output) {
  mkdirSync(folder, { recursive: true });
  // Written beside and moved, so that another process never reads half a file.
  const fresh = `${place}.${process.pid}`;
  writeFileSync(fresh, JSON.stringify(output));
  renameSync(fresh, place);
}

exports.create = ({ service }) => {
  const { options } = service.config;

  const transpile = (input, fileName) => {
    const ts = require('typescript');
    const { outputText, sourceMapText, diagnostics } = ts.transpileModule(input, {
      fileName,
      compilerOptions: { ...options, sourceMap: true, inlineSourceMap: false, noEmit: false },
      reportDiagnostics: true,
    });
    return { outputText, sourceMapText, diagnostics };
  };

  return {
    transpile(input, { fileName }) {
      const place = placeOf(input, fileName);
      const before = kept(place);
      if (before !== undefined) return before;
      const { outputText, sourceMapText, diagnostics } = transpile(input, fileName);
      if (diagnostics.length > 0) return { outputText, sourceMapText, diagnostics };
      keepAt(place, { outputText, sourceMapText });
      return { outputText, sourceMapText };
    },
  };
};
