/** Reads the files of a tree that dependency-cruiser has found. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/**
 * @typedef {object} SourceFile
 * @property {string} path - from the root of the tree, with slashes
 * @property {boolean} isPublished - in the `src` of a folder of `packages/`
 * @property {string[]} imports - the names of the modules that it imports, as written
 * @property {string} text
 * @property {ts.SourceFile} module - parsed on first use
 *
 * @param {import('dependency-cruiser').IModule[]} modules
 * @returns {SourceFile[]}
 */
export function readFiles(root, modules) {
  return modules.map(({ source: path, dependencies }) => {
    const text = readFileSync(join(root, path), 'utf8');
    let parsed;
    return {
      path,
      isPublished: /^packages\/[^/]+\/src\//.test(path),
      imports: dependencies.map(({ module }) => module),
      text,
      get module() {
        parsed ??= ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
        return parsed;
      },
    };
  });
}

export function lineOf(module, node) {
  return module.getLineAndCharacterOfPosition(node.getStart(module)).line + 1;
}
