// A transpiler for ts-node that does each file once: what TypeScript made of it is kept under node_modules/.cache, by
// the hash of the text and the options. A suite of a hundred processes would otherwise do the same work in each.
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const folder = join(__dirname, '../node_modules/.cache/transpile-once');

exports.create = ({ service }) => {
  const { options } = service.config;
  const { version } = require('typescript/package.json');
  const settings = `${version} ${JSON.stringify(options)}`;
  mkdirSync(folder, { recursive: true });

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
      const hash = createHash('sha256').update(`${settings}\0${fileName}\0${input}`).digest('hex');
      const kept = join(folder, `${hash}.json`);
      try {
        return JSON.parse(readFileSync(kept, 'utf8'));
      } catch {
        const { outputText, sourceMapText, diagnostics } = transpile(input, fileName);
        if (diagnostics.length > 0) return { outputText, sourceMapText, diagnostics };
        // Written beside and moved, so that another process never reads half a file.
        const fresh = `${kept}.${process.pid}`;
        writeFileSync(fresh, JSON.stringify({ outputText, sourceMapText }));
        renameSync(fresh, kept);
        return { outputText, sourceMapText };
      }
    },
  };
};
