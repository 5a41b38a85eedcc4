/** The exports of a module, and the modules of the project that it reaches. */

import { functionOf } from './known-calls.ts';
import { findImported, type Project } from './project-files.ts';
import type { SourceFile } from './source-file.ts';
import { childOf, childrenOf, identifierOf, type Syntax, unwrap } from './syntax.ts';

/** A file and everything of the project that it imports, directly or indirectly. */
export function findReached(
  project: Project,
  file: SourceFile,
  reached: Set<SourceFile> = new Set(),
): ReadonlySet<SourceFile> {
  reached.add(file);
  for (const { module } of file.imports) {
    const next = findImported(project, file, module);
    if (next !== undefined && !reached.has(next)) findReached(project, next, reached);
  }
  return reached;
}

/** The initial value of an exported constant. */
export function exportedConst(file: SourceFile, name: string): Syntax | undefined {
  for (const node of childrenOf(file.program, 'body')) {
    if (node.type !== 'ExportNamedDeclaration') continue;
    for (const declarator of childrenOf(childOf(node, 'declaration'), 'declarations')) {
      if (identifierOf(childOf(declarator, 'id')) === name) return unwrap(childOf(declarator, 'init'));
    }
    // export { config }, of a constant of this file.
    for (const specifier of childOf(node, 'source') === undefined ? childrenOf(node, 'specifiers') : []) {
      if (identifierOf(childOf(specifier, 'exported')) === name) return file.topBinding(name)?.value;
    }
  }
  return undefined;
}

/** The default export of a module; a name is resolved to its initial value. */
export function exportedDefault(file: SourceFile): Syntax | undefined {
  const node = childrenOf(file.program, 'body').find(({ type }) => type === 'ExportDefaultDeclaration');
  return functionOf(file, childOf(node, 'declaration'));
}
