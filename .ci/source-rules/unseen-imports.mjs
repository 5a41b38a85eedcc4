/** Finds what imports a module without dependency-cruiser seeing it. */
import ts from 'typescript';
import { lineOf } from './modules.mjs';

/** Loads a module of the user's app, which is named on the command line and no part of this repository. */
const loadsApps = 'packages/cli/src/flags/app-module.ts';

/** A file that contains none of these is not parsed. */
const hint = /\bdeclare\s+module\b|\bimport\.meta\b|\bimport\s*\(|\brequire\b/;

/**
 * @param {import('./modules.mjs').SourceFile[]} files
 * @returns {import('./check.mjs').Violation[]}
 */
export function checkUnseenImports(files) {
  return files.filter(({ text }) => hint.test(text)).flatMap(unseenIn);
}

function unseenIn(file) {
  const violations = [];
  const refuse = (node, rule, sentence) =>
    violations.push({ file: file.path, line: lineOf(file.module, node), rule, sentence });
  const visit = (node) => {
    if (ts.isModuleDeclaration(node) && ts.isStringLiteral(node.name) && !file.imports.includes(node.name.text)) {
      const sentence = `Declares the module ${node.name.text}, which this file does not import: import it too, so that it is checked.`;
      refuse(node, 'declared-module', sentence);
    } else if (ts.isCallExpression(node) && isUnseen(node, file.isPublished && file.path !== loadsApps)) {
      refuse(node, 'computed-import', 'Imports a module in a way that no check can follow.');
    }
    ts.forEachChild(node, visit);
  };
  visit(file.module);
  return violations;
}

/** `import.meta.resolve()` anywhere; in published code also `import()`, `require()` and `require.resolve()` of a computed name. */
function isUnseen({ expression: callee, arguments: [name] }, isPublished) {
  if (ts.isPropertyAccessExpression(callee) && callee.name.text === 'resolve') {
    if (ts.isMetaProperty(callee.expression)) return true;
    return isPublished && isRequire(callee.expression) && isComputed(name);
  }
  const isLoad = callee.kind === ts.SyntaxKind.ImportKeyword || isRequire(callee);
  return isPublished && isLoad && isComputed(name);
}

function isRequire(node) {
  return ts.isIdentifier(node) && node.text === 'require';
}

function isComputed(name) {
  return name === undefined || !ts.isStringLiteralLike(name);
}
