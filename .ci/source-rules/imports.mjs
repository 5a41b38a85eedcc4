/** Reads what a TypeScript module imports: which module, as a value or as a type only, and on which line. */
import ts from 'typescript';

/**
 * @typedef {object} Import
 * @property {string | undefined} specifier - undefined where it is computed at run time
 * @property {boolean} isType - leaves no trace in the built code
 * @property {number} line
 */

/** The last module of each path: a test that plants faults looks at the same files many times. */
const known = new Map();

/** @returns {ts.SourceFile} */
export function parseModule(path, text) {
  const last = known.get(path);
  if (last?.text === text) return last;
  const kind = path.endsWith('.tsx') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const module = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, kind);
  known.set(path, module);
  return module;
}

/** What was read of modules that are looked at again. */
const read = new WeakMap();

/** @returns {Import[]} */
export function readImports(module) {
  const imports = read.get(module) ?? findImports(module);
  read.set(module, imports);
  return imports.map((each) => ({ ...each }));
}

function findImports(module) {
  const found = [];
  const add = (node, specifier, isType) =>
    found.push({
      specifier: specifier !== undefined && ts.isStringLiteralLike(specifier) ? specifier.text : undefined,
      isType,
      line: lineOf(module, node),
    });

  const visit = (node) => {
    if (ts.isImportDeclaration(node)) {
      // `import { type A }` still loads the module under verbatimModuleSyntax; `import type { A }` does not.
      add(node, node.moduleSpecifier, node.importClause?.isTypeOnly === true);
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
      add(node, node.moduleSpecifier, node.isTypeOnly);
    } else if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
      add(node, node.moduleReference.expression, node.isTypeOnly);
    } else if (ts.isImportTypeNode(node)) {
      add(node, ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true);
    } else if (ts.isModuleDeclaration(node) && ts.isStringLiteral(node.name)) {
      add(node, node.name, true);
    } else if (ts.isCallExpression(node) && isLoad(node.expression)) {
      add(node, node.arguments[0], false);
    }
    ts.forEachChild(node, visit);
  };
  visit(module);

  for (const { fileName, pos } of [...module.typeReferenceDirectives, ...module.referencedFiles]) {
    found.push({ specifier: fileName, isType: true, line: module.getLineAndCharacterOfPosition(pos).line + 1 });
  }
  return found;
}

export function lineOf(module, node) {
  return module.getLineAndCharacterOfPosition(node.getStart(module)).line + 1;
}

/** `import(...)`, `require(...)`, `require.resolve(...)` and `import.meta.resolve(...)`. */
function isLoad(callee) {
  if (callee.kind === ts.SyntaxKind.ImportKeyword) return true;
  if (ts.isIdentifier(callee)) return callee.text === 'require';
  if (!ts.isPropertyAccessExpression(callee) || callee.name.text !== 'resolve') return false;
  const { expression } = callee;
  return ts.isMetaProperty(expression) || (ts.isIdentifier(expression) && expression.text === 'require');
}
