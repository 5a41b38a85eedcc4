/** Finds the `@example` blocks of all exports, and exported functions without one. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import ts from 'typescript';
import { exportsWithoutExample, givenImports, givenNames } from './given.mjs';

/**
 * @typedef {object} Example
 * @property {string} file - from the root
 * @property {number} line - of the first line of code
 * @property {string} name - of the export
 * @property {string} code - preceded, on one line, by the imports of all names that it does not declare
 */

const tags = /^@(?:param|returns|throws|see|example|deprecated|default|remarks|template|typeParam|internal)\b/;

/** @returns {{ examples: Example[], faults: string[] }} */
export function readExamples(root) {
  const entries = readEntries(root);
  if (entries.length === 0) return { examples: [], faults: [] };
  const program = ts.createProgram(
    entries.map(({ source }) => source),
    {
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      target: ts.ScriptTarget.ESNext,
      customConditions: ['countersign-source'],
      allowImportingTsExtensions: true,
      noEmit: true,
      skipLibCheck: true,
      strict: true,
    },
  );
  const checker = program.getTypeChecker();
  const exported = entries.flatMap((entry) => {
    const file = program.getSourceFile(entry.source);
    const symbol = file && checker.getSymbolAtLocation(file);
    return (symbol === undefined ? [] : checker.getExportsOfModule(symbol)).map((one) => ({
      entry,
      name: one.name,
      symbol: one.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(one) : one,
    }));
  });
  const faults = [];
  const examples = new Map();
  const unused = new Set(Object.keys(exportsWithoutExample));
  for (const { entry, name, symbol } of exported) {
    const declarations = symbol.declarations ?? [];
    const found = declarations.flatMap((declaration) => blocksOf(declaration));
    for (const block of found) {
      const file = relative(root, block.file);
      const key = `${file}:${block.line}`;
      if (!examples.has(key)) examples.set(key, { ...block, file, name, entry });
    }
    const [first] = declarations;
    if (found.length > 0 || first === undefined || !isFunction(checker, symbol, first)) continue;
    const id = `${entry.module}#${name}`;
    const excepted = [id, `${entry.module}#*`].find((one) => one in exportsWithoutExample);
    if (excepted !== undefined) unused.delete(excepted);
    else {
      const file = first.getSourceFile();
      const { line } = file.getLineAndCharacterOfPosition(first.getStart());
      faults.push(`${relative(root, file.fileName)}:${line + 1}: docs-code: ${id} has no @example`);
    }
  }
  const known = new Set(entries.map(({ module }) => module));
  for (const id of unused) {
    if (known.has(id.split('#')[0])) faults.push(`.ci/examples/given.mjs: docs-code: ${id} needs no exception`);
  }
  return { examples: [...examples.values()].map((one) => withImports(one, exported)), faults: [...new Set(faults)] };
}

/** The public entries of the published packages, as source. */
function readEntries(root) {
  const packages = join(root, 'packages');
  if (!existsSync(packages)) return [];
  return readdirSync(packages).flatMap((folder) => {
    const path = join(packages, folder, 'package.json');
    const manifest = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : { private: true };
    if (manifest.private === true) return [];
    return Object.entries(manifest.exports ?? {}).flatMap(([key, conditions]) => {
      // A path that is closed has no conditions.
      const source = conditions?.['countersign-source'];
      if (source === undefined) return [];
      if (!key.includes('*')) {
        return [{ module: join(manifest.name, key), package: manifest.name, source: join(packages, folder, source) }];
      }
      const directory = join(packages, folder, source.slice(0, source.indexOf('*')));
      return readdirSync(directory)
        .filter((name) => name.endsWith('.ts'))
        .map((name) => ({
          module: join(manifest.name, key.replace('*', name.slice(0, -3))),
          package: manifest.name,
          source: join(directory, name),
        }));
    });
  });
}

function isFunction(checker, symbol, declaration) {
  if (!(symbol.flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Variable))) return false;
  return checker.getTypeOfSymbolAtLocation(symbol, declaration).getCallSignatures().length > 0;
}

/** A line that begins with a decorator is code: only tags that this project uses end a block. */
function blocksOf(declaration) {
  const file = declaration.getSourceFile();
  const node = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  const comment = ts
    .getLeadingCommentRanges(file.text, node.pos)
    ?.filter(({ pos }) => file.text.startsWith('/**', pos))
    .at(-1);
  if (comment === undefined) return [];
  const { line: first } = file.getLineAndCharacterOfPosition(comment.pos);
  const blocks = [];
  let block;
  for (const [offset, raw] of file.text.slice(comment.pos, comment.end).split('\n').entries()) {
    const line = raw.replace(/^\s*\/?\*+(?:\/$| ?)/, '').replace(/\s*\*\/$/, '');
    if (line.startsWith('@example')) {
      block = { file: file.fileName, line: first + offset + 2, code: '' };
      blocks.push(block);
    } else if (tags.test(line)) block = undefined;
    else if (block !== undefined) block.code += `${line}\n`;
  }
  return blocks;
}

/** Adds imports of the names that the example does not declare: from its own entry, its package, core, or any other. */
function withImports({ file, line, name, code, entry }, exported) {
  const imports = [];
  for (const word of freeNames(code)) {
    const found = [
      (one) => one.entry === entry,
      (one) => one.entry.package === entry.package,
      (one) => one.entry.package.endsWith('/core'),
      () => true,
    ]
      .map((isNear) => exported.find((one) => one.name === word && isNear(one)))
      .find((one) => one !== undefined);
    if (found !== undefined) {
      const isType = !(found.symbol.flags & ts.SymbolFlags.Value);
      imports.push(`import { ${isType ? 'type ' : ''}${word} } from '${found.entry.source}';`);
      continue;
    }
    const scopes = [basename(file, '.ts'), entry.package.split('/').at(-1)];
    const names = [...scopes.map((scope) => `${scope}_${word}`), word];
    const imported = names.find((one) => one in givenImports);
    const given = names.find((one) => givenNames.has(one));
    if (imported !== undefined) imports.push(`import ${givenImports[imported]};`);
    else if (given !== undefined) imports.push(`import { ${given} as ${word} } from './given.mts';`);
  }
  // Without an import or export, the file would be a script and its names global.
  return { file, line, name, code: `${imports.join(' ')} export {};${'\n'.repeat(line - 1)}${code}` };
}

/** The names that an example uses but does not declare. */
function freeNames(code) {
  const file = ts.createSourceFile('example.ts', code, ts.ScriptTarget.Latest, true);
  const used = new Set();
  const declared = new Set();
  const visit = (node) => {
    if (ts.isIdentifier(node)) {
      const { parent } = node;
      const isDeclaration = 'name' in parent && parent.name === node && !ts.isShorthandPropertyAssignment(parent);
      const isMember =
        (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
        (ts.isQualifiedName(parent) && parent.right === node) ||
        (ts.isBindingElement(parent) && parent.propertyName === node);
      const declares =
        !ts.isPropertyAssignment(parent) && !ts.isPropertySignature(parent) && !ts.isMethodDeclaration(parent);
      if (isDeclaration && declares && !ts.isPropertyAccessExpression(parent)) declared.add(node.text);
      else if (!isMember && !(isDeclaration && !declares)) used.add(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return [...used].filter((name) => !declared.has(name));
}
