// Types and lint over one program of the compiler: each makes and checks it anew otherwise, 20 s of CPU. Prints the
// findings of both, and ends with 1 when there are any.
import { ESLint } from 'eslint';
import process from 'node:process';
import ts from 'typescript';

const host = {
  getCanonicalFileName: (name) => name,
  getCurrentDirectory: ts.sys.getCurrentDirectory,
  getNewLine: () => ts.sys.newLine,
};
const stop = (diagnostic) => {
  throw new Error(ts.formatDiagnostic(diagnostic, host));
};
const { fileNames, options, errors } = ts.getParsedCommandLineOfConfigFile(
  'tsconfig.json',
  {},
  { ...ts.sys, onUnRecoverableConfigFileDiagnostic: stop },
);
errors.forEach(stop);
const program = ts.createProgram(fileNames, options);

const eslint = new ESLint({
  overrideConfig: {
    files: ['**/*.{ts,mts,cts}'],
    languageOptions: { parserOptions: { project: false, programs: [program] } },
  },
});
const results = await eslint.lintFiles('.');
const { format } = await eslint.loadFormatter();
const diagnostics = ts.getPreEmitDiagnostics(program);

process.stdout.write((await format(results)) + ts.formatDiagnostics(diagnostics, host));
const isClean = results.every(({ messages }) => messages.length === 0) && diagnostics.length === 0;
process.exitCode = isClean ? 0 : 1;
