/** Answers questions about the nodes of a parsed file. */

/** A syntax node, in the shapes of https://github.com/babel/babel/blob/main/packages/babel-parser/ast/spec.md */
export interface Syntax<Type extends string = string> {
  readonly type: Type;
  readonly start: number;
  readonly end: number;
  /** Counted from 1. */
  readonly line: number;
  readonly [field: string]: unknown;
}

/** `a.b` and `a?.b`. */
export type Member = Syntax<'MemberExpression' | 'OptionalMemberExpression'>;

/** `a()` and `a?.()`. */
export type Call = Syntax<'CallExpression' | 'OptionalCallExpression'>;

/** A function in any of its forms. */
export type FunctionSyntax = Syntax<(typeof functions)[number]>;

const functions = [
  'ArrowFunctionExpression',
  'FunctionDeclaration',
  'FunctionExpression',
  'ObjectMethod',
  'ClassMethod',
  'ClassPrivateMethod',
] as const;

/** The node in a field, or undefined. */
export function childOf(node: Syntax | undefined, field: string): Syntax | undefined {
  const value = node?.[field];
  return isSyntax(value) ? value : undefined;
}

/** The nodes in a field that has a list. */
export function childrenOf(node: Syntax | undefined, field: string): readonly Syntax[] {
  const value = node?.[field];
  return Array.isArray(value) ? value.filter(isSyntax) : [];
}

/** All direct child nodes. */
export function piecesOf(node: Syntax): readonly Syntax[] {
  const found: Syntax[] = [];
  for (const [field, value] of Object.entries(node)) {
    if (field === 'extra' || field === 'errors') continue;
    if (isSyntax(value)) found.push(value);
    else if (Array.isArray(value)) found.push(...value.filter(isSyntax));
  }
  return found;
}

/** True if a node, or a descendant, matches. */
export function hasWithin(node: Syntax | undefined, isWanted: (piece: Syntax) => boolean): boolean {
  return node !== undefined && findWithin(node, isWanted) !== undefined;
}

/** The first matching node, in the order of the source. */
export function findWithin(node: Syntax, isWanted: (piece: Syntax) => boolean): Syntax | undefined {
  const waiting = [node];
  for (let piece = waiting.pop(); piece !== undefined; piece = waiting.pop()) {
    if (isWanted(piece)) return piece;
    waiting.push(...piecesOf(piece).toReversed());
  }
  return undefined;
}

/** Without `await`, `as T`, `!` and similar, which do not change the value. */
export function unwrap(node: Syntax | undefined): Syntax | undefined {
  let inner = node;
  while (inner !== undefined && wrappers.has(inner.type))
    inner = childOf(inner, 'expression') ?? childOf(inner, 'argument');
  return inner;
}

const wrappers = new Set([
  'AwaitExpression',
  'ParenthesizedExpression',
  'TSAsExpression',
  'TSNonNullExpression',
  'TSSatisfiesExpression',
  'TSTypeAssertion',
  'TypeCastExpression',
]);

/** True if it is `a.b` or `a?.b`. */
export function isMember(node: Syntax | undefined): node is Member {
  return node?.type === 'MemberExpression' || node?.type === 'OptionalMemberExpression';
}

/** True if it is `a()` or `a?.()`. */
export function isCall(node: Syntax | undefined): node is Call {
  return node?.type === 'CallExpression' || node?.type === 'OptionalCallExpression';
}

/** True if it is a function. */
export function isFunction(node: Syntax | undefined): node is FunctionSyntax {
  return functions.some((type) => type === node?.type);
}

/** The name of an identifier, or undefined. */
export function identifierOf(node: Syntax | undefined): string | undefined {
  return node?.type === 'Identifier' ? (node.name as string) : undefined;
}

/** `b` of `a.b` and `a['b']`, of `{ b: 1 }` and `{ 'b': 1 }`. */
export function keyName(node: Syntax | undefined): string | undefined {
  const key = childOf(node, 'property') ?? childOf(node, 'key');
  if (key?.type === 'StringLiteral') return key.value as string;
  return node?.computed === true ? undefined : identifierOf(key);
}

/** The last name of the called function: `constructEvent` of `stripe.webhooks.constructEvent(...)`. */
export function calledName(call: Syntax): string | undefined {
  const callee = unwrap(childOf(call, 'callee'));
  return isMember(callee) ? keyName(callee) : identifierOf(callee);
}

/** The value of a field in an object literal. */
export function fieldOf(object: Syntax | undefined, name: string): Syntax | undefined {
  const property = childrenOf(object, 'properties').find((one) => keyName(one) === name);
  return property?.type === 'ObjectMethod' ? property : childOf(property, 'value');
}

/** True if an object literal is complete, without a spread. */
export function isWholeObject(node: Syntax | undefined): boolean {
  return (
    node?.type === 'ObjectExpression' &&
    childrenOf(node, 'properties').every(({ type, computed }) => type !== 'SpreadElement' && computed !== true)
  );
}

/** The module of `require('module')` and `import('module')`. */
export function requiredModule(node: Syntax | undefined): string | undefined {
  if (!isCall(node)) return undefined;
  const callee = childOf(node, 'callee');
  const [argument] = childrenOf(node, 'arguments');
  const isRequire = identifierOf(callee) === 'require' || callee?.type === 'Import';
  return isRequire && argument?.type === 'StringLiteral' ? (argument.value as string) : undefined;
}

function isSyntax(value: unknown): value is Syntax {
  return typeof value === 'object' && value !== null && typeof (value as Syntax).type === 'string' && 'start' in value;
}
