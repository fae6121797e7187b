/** Whether the type checker refuses a source with a mutant: nobody can commit such a fault, whatever the cases say. */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import ts from 'typescript';

/** Answers for files of the project; `of` is one of them that imports what is to be checked. */
export function createTypeCheck(configuration, root) {
  const { config } = ts.readConfigFile(configuration, (path) => readFileSync(path, 'utf8'));
  const parsed = ts.parseJsonConfigFileContent(config, ts.sys, dirname(configuration));
  const changed = new Map();
  let version = 0;
  const service = ts.createLanguageService({
    getCompilationSettings: () => ({ ...parsed.options, noEmit: true, composite: false, incremental: false }),
    getScriptFileNames: () => parsed.fileNames,
    getScriptVersion: (path) => changed.get(path)?.version ?? '0',
    getScriptSnapshot: (path) => {
      const text = changed.get(path)?.text ?? ts.sys.readFile(path);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => root,
    getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
    fileExists: (path) => ts.sys.fileExists(path),
    readFile: (path) => ts.sys.readFile(path),
    readDirectory: (...args) => ts.sys.readDirectory(...args),
    directoryExists: (path) => ts.sys.directoryExists(path),
    getDirectories: (path) => ts.sys.getDirectories(path),
  });
  return function isRefused(path, { start, end, text }) {
    const source = readFileSync(path, 'utf8');
    changed.set(path, { text: source.slice(0, start) + text + source.slice(end), version: String(++version) });
    try {
      return service.getSyntacticDiagnostics(path).length > 0 || service.getSemanticDiagnostics(path).some(({ category }) => category === ts.DiagnosticCategory.Error); // prettier-ignore
    } finally {
      changed.set(path, { text: source, version: String(++version) });
    }
  };
}
