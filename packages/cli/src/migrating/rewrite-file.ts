/** Applies the replacements of a file and leaves everything else of its text as it is. */

import MagicString from 'magic-string';
import { receiverOf } from '../project/known-calls.ts';
import { parseSource } from '../project/parse-source.ts';
import type { SourceFile } from '../project/source-file.ts';
import { childOf, childrenOf, identifierOf, keyName, type Syntax } from '../project/syntax.ts';
import type { FileFacts, NeededReceiver, Rewrite } from './found-call.ts';

/** The new text; undefined if one call is inside another, or if it would not be a program. */
export function rewriteFile(facts: FileFacts, rewrites: readonly Rewrite[]): string | undefined {
  const { file } = facts;
  const isNested = rewrites.some((one) => rewrites.some((two) => one !== two && isWithin(one.replaced, two.replaced)));
  if (isNested) return undefined;
  const style = styleOf(file);
  const text = new MagicString(file.text);
  const names = new Names(file);
  const receivers = new Map<string, { readonly name: string; readonly needed: NeededReceiver }>();
  const webhook = rewrites.some(({ usesExpress }) => usesExpress)
    ? names.choose('webhook', 'receiveWebhook')
    : 'webhook';
  for (const { receiver: needed, replaced, code, madeAsync } of rewrites) {
    const key = JSON.stringify(needed);
    const known = receivers.get(key) ?? { name: names.choose(`${needed.exportName}Receiver`), needed };
    receivers.set(key, known);
    text.overwrite(replaced.start, replaced.end, style.quoted(code({ receiver: known.name, webhook })));
    if (madeAsync !== undefined && !facts.file.text.slice(madeAsync.start).startsWith('async '))
      text.appendLeft(madeAsync.start, 'async ');
  }
  const gone = rewrites.map(({ replaced }) => replaced);
  const dropped = dropUnused(file, text, gone);
  const added = addedLines(facts, rewrites, [...receivers.values()], names, webhook, style, dropped.names);
  insertLines(file, text, added, style.lineBreak, dropped.statements);
  const result = text.toString();
  const tree = parseSource(result, file.path);
  return tree === undefined || (tree.errors?.length ?? 0) > 0 ? undefined : result;
}

/** Names that the file does not have yet. */
class Names {
  readonly #taken: Set<string>;

  constructor(file: SourceFile) {
    this.#taken = new Set(file.pieces.flatMap((piece) => (typeof piece.name === 'string' ? [piece.name] : [])));
  }

  /** The name, or the other one if it is taken, or one with a number. */
  choose(wished: string, other: string = wished): string {
    let name = this.#taken.has(wished) ? other : wished;
    for (let count = 2; this.#taken.has(name); count++) name = `${other}${count}`;
    this.#taken.add(name);
    return name;
  }
}

interface Style {
  readonly isModule: boolean;
  readonly lineBreak: string;
  readonly end: string;
  /** Our code with the file's quotes. */
  quoted(code: string): string;
}

/** As the file's own imports are written. */
function styleOf(file: SourceFile): Style {
  const { text, program } = file;
  const statements = childrenOf(program, 'body');
  const first = statements.find((one) => one.type === 'ImportDeclaration') ?? statements.find((one) => isRequire(one));
  const sample = first === undefined ? text : text.slice(first.start, first.end);
  const isDouble = sample.includes('"') && !sample.includes("'");
  return {
    isModule: statements.some(({ type }) => /^(?:Import|Export\w*)Declaration$/.test(type)),
    lineBreak: text.includes('\r\n') ? '\r\n' : '\n',
    end: first === undefined || sample.trimEnd().endsWith(';') ? ';' : '',
    quoted: (code) => (isDouble ? code.replace(/'([^'"\\\n]*)'/g, '"$1"') : code),
  };
}

function addedLines(
  { isTyped, file }: FileFacts,
  rewrites: readonly Rewrite[],
  receivers: readonly { readonly name: string; readonly needed: NeededReceiver }[],
  names: Names,
  webhook: string,
  { isModule, end, quoted }: Style,
  dropped: ReadonlySet<string>,
): readonly string[] {
  const importLine = (name: string, as: string, from: string) =>
    isModule
      ? `import { ${name === as ? name : `${name} as ${as}`} } from '${from}'${end}`
      : `const { ${name === as ? name : `${name}: ${as}`} } = require('${from}')${end}`;
  const known = file.topBinding('createReceiver')?.module === '@countersign/core';
  const create = known ? 'createReceiver' : names.choose('createReceiver', 'createCountersignReceiver');
  const presets = new Map<string, string>();
  for (const { needed } of receivers)
    if (!presets.has(needed.id)) presets.set(needed.id, names.choose(needed.exportName, `${needed.exportName}Preset`));
  const types = new Map(rewrites.flatMap(({ type }) => (type === undefined ? [] : [[type.name, type] as const])));
  const lines = [
    ...(known ? [] : [importLine('createReceiver', create, '@countersign/core')]),
    ...(rewrites.some(({ usesExpress }) => usesExpress)
      ? [importLine('webhook', webhook, '@countersign/express')]
      : []),
    ...receivers
      .filter(({ needed }, at) => receivers.findIndex((one) => one.needed.id === needed.id) === at)
      .map(({ needed }) =>
        importLine(needed.exportName, presets.get(needed.id) as string, `@countersign/providers/${needed.id}`),
      ),
    ...[...types.values()]
      .filter(({ name }) => isTyped && (file.topBinding(name) === undefined || dropped.has(name)))
      .map(({ name, from, isDefault }) => `import type ${isDefault ? name : `{ ${name} }`} from '${from}'${end}`),
    '',
  ];
  for (const { name, needed } of receivers) {
    const { secret, toleranceSeconds } = needed;
    lines.push(
      `const ${name} = ${create}({`,
      `  provider: ${presets.get(needed.id)},`,
      `  secrets: () => ${secret},`,
      ...(toleranceSeconds === undefined ? [] : [`  toleranceSeconds: ${toleranceSeconds},`]),
      `})${end}`,
    );
  }
  return lines.map(quoted);
}

/** After the last import, or at the top, below directives and a first comment. */
function insertLines(
  file: SourceFile,
  text: MagicString,
  lines: readonly string[],
  lineBreak: string,
  dropped: ReadonlySet<Syntax>,
): void {
  const imports = childrenOf(file.program, 'body').filter((one) => one.type === 'ImportDeclaration' || isRequire(one));
  const last = imports.filter((one) => !dropped.has(one)).at(-1);
  const [first] = imports;
  if (last === undefined && first !== undefined) {
    text.appendLeft(first.start, `${lines.join(lineBreak)}${lineBreak}`);
    return;
  }
  const directive = childrenOf(file.program, 'directives').at(-1);
  const before = last ?? directive;
  if (before === undefined) {
    text.prepend(`${lines.join(lineBreak)}${lineBreak}${lineBreak}`);
    return;
  }
  const rest = file.text.slice(before.end);
  const lineEnd = before.end + (/^[^\r\n]*/.exec(rest)?.[0].length ?? 0);
  text.appendLeft(lineEnd, `${lineBreak}${lines.join(lineBreak)}`);
}

function isRequire(statement: Syntax): boolean {
  return statement.type === 'VariableDeclaration' && /\brequire\(/.test(requireText(statement));
}

/** The beginning of the value, which is enough: `require('x')`, `require('x')(key)`. */
function requireText(statement: Syntax): string {
  const init = childOf(childrenOf(statement, 'declarations')[0], 'init');
  let inner = init;
  while (inner?.type === 'CallExpression' || inner?.type === 'MemberExpression') {
    const callee = childOf(inner, 'callee') ?? childOf(inner, 'object');
    if (identifierOf(callee) === 'require') return 'require(';
    inner = callee;
  }
  return '';
}

interface Dropped {
  readonly names: ReadonlySet<string>;
  readonly statements: ReadonlySet<Syntax>;
}

/** Removes the variables and imports that only the replaced calls used; returns the names, and the whole statements. */
function dropUnused(file: SourceFile, text: MagicString, replaced: readonly Syntax[]): Dropped {
  const ranges = replaced.map(({ start, end }) => ({ start, end }));
  const isGone = ({ start, end }: Syntax) => ranges.some((range) => range.start <= start && end <= range.end);
  const names = new Set<string>();
  const statements = new Set<Syntax>();
  const usesOf = (name: string, declared: Syntax) =>
    file.pieces.filter(
      (piece) =>
        (piece.type === 'Identifier' || piece.type === 'JSXIdentifier') &&
        piece.name === name &&
        !isWithin(piece, declared),
    );
  const drop = (statement: Syntax) => {
    const end = statement.end + (/^[ \t]*\r?\n/.exec(file.text.slice(statement.end))?.[0].length ?? 0);
    const indent = /[ \t]*$/.exec(file.text.slice(0, statement.start))?.[0].length ?? 0;
    text.remove(statement.start - indent, end);
    ranges.push({ start: statement.start, end: statement.end });
    statements.add(statement);
  };
  // `const wh = new Webhook(secret)`, of which only verify() was used.
  const owners = new Set(
    replaced.flatMap((node) => file.calls.filter((call) => isWithin(call, node)).map((call) => receiverOf(call))),
  );
  for (const owner of owners) {
    const name = identifierOf(owner);
    const declaration = file.pieces.find(
      (piece) =>
        piece.type === 'VariableDeclaration' &&
        childrenOf(piece, 'declarations').length === 1 &&
        identifierOf(childOf(childrenOf(piece, 'declarations')[0], 'id')) === name &&
        isVerifier(file, childOf(childrenOf(piece, 'declarations')[0], 'init')),
    );
    if (name === undefined || declaration === undefined || !usesOf(name, declaration).every(isGone)) continue;
    drop(declaration);
  }
  for (const statement of childrenOf(file.program, 'body')) {
    const verifiers = importedVerifiers(statement);
    if (verifiers.length === 0) continue;
    const unused = verifiers.filter(({ name }) => usesOf(name, statement).every(isGone));
    for (const { name } of unused) names.add(name);
    if (unused.length === verifiers.length && verifiers.length === partsOf(statement).length) drop(statement);
    else
      for (const { node } of unused)
        text.remove(node.start, node.end + (/^\s*,\s*/.exec(file.text.slice(node.end))?.[0].length ?? 0));
  }
  return { names, statements };
}

function isWithin(piece: Syntax, { start, end }: Syntax): boolean {
  return start <= piece.start && piece.end <= end;
}

function isVerifier(file: SourceFile, init: Syntax | undefined): boolean {
  return init?.type === 'NewExpression' && /^(?:svix|standardwebhooks)\.Webhook$/.test(file.calleeOf(init) ?? '');
}

const verifierNames: readonly (readonly [module: RegExp, names: readonly string[]])[] = [
  [/^(?:svix|standardwebhooks)$/, ['Webhook']],
  [/^@clerk\/[\w-]+\/webhooks$/, ['verifyWebhook']],
  [/^@octokit\/webhooks$/, ['createNodeMiddleware']],
];

/** The specifiers of an import, or the properties of a destructured require(). */
function partsOf(statement: Syntax): readonly Syntax[] {
  if (statement.type === 'ImportDeclaration') return childrenOf(statement, 'specifiers');
  const [declaration] = childrenOf(statement, 'declarations');
  return childrenOf(childOf(declaration, 'id'), 'properties');
}

function importedVerifiers(statement: Syntax): readonly { readonly name: string; readonly node: Syntax }[] {
  const source =
    statement.type === 'ImportDeclaration'
      ? childOf(statement, 'source')
      : isRequire(statement)
        ? childrenOf(childOf(childrenOf(statement, 'declarations')[0], 'init'), 'arguments')[0]
        : undefined;
  const wanted = verifierNames.find(([module]) => module.test(String(source?.value ?? '')))?.[1] ?? [];
  return partsOf(statement).flatMap((node) => {
    const imported = identifierOf(childOf(node, 'imported')) ?? keyName(node);
    const local = identifierOf(childOf(node, 'local')) ?? identifierOf(childOf(node, 'value'));
    return imported !== undefined && local !== undefined && wanted.includes(imported) ? [{ name: local, node }] : [];
  });
}
