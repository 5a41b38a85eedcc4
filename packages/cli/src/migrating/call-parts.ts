/** The parts of a call that a replacement needs: its secret, its body, and the function around it. */

import type { SourceFile } from '../project/source-file.ts';
import {
  calledName,
  childOf,
  childrenOf,
  identifierOf,
  isCall,
  isFunction,
  isMember,
  type Syntax,
  unwrap,
} from '../project/syntax.ts';
import type { FileFacts } from './found-call.ts';

/** The source of a node. */
export function sourceOf(file: SourceFile, { start, end }: Syntax): string {
  return file.text.slice(start, end);
}

/**
 * A secret as an expression that is right at the top of the file and is read with each delivery; undefined if it is only known inside a
 * function.
 */
export function secretCode(file: SourceFile, node: Syntax | undefined): string | undefined {
  const value = withoutDefault(file.valueOf(withoutDefault(node)));
  if (value === undefined) return undefined;
  const text = sourceOf(file, value);
  // An empty list refuses each delivery, as a missing secret did.
  if (/^(?:process|import\.meta)\.env(?:\.\w+|\[(['"])\w+\1\])$/.test(text)) return `${text} ?? []`;
  const given = withoutDefault(node);
  return given !== undefined && isOfModule(file, given) ? sourceOf(file, given) : undefined;
}

/** `x` of `x!`, `x as string`, `x || ''` and `x ?? ''`. */
function withoutDefault(node: Syntax | undefined): Syntax | undefined {
  const inner = unwrap(node);
  const isDefaulted = inner?.type === 'LogicalExpression' && /^(?:\|\||\?\?)$/.test(String(inner.operator));
  const other = isDefaulted ? childOf(inner, 'right') : undefined;
  return other?.type === 'StringLiteral' && other.value === '' ? withoutDefault(childOf(inner, 'left')) : inner;
}

/** A name of the module, an import, or a field of one. */
function isOfModule(file: SourceFile, node: Syntax): boolean {
  if (isMember(node)) {
    const object = unwrap(childOf(node, 'object'));
    return node.computed !== true && object !== undefined && isOfModule(file, object);
  }
  const name = identifierOf(node);
  return name !== undefined && file.bindingOf(node) !== undefined && file.topBinding(name) === file.bindingOf(node);
}

/** The body as bytes, as an expression; or a sentence if it is not what was received. */
export function bodyCode(
  file: SourceFile,
  node: Syntax | undefined,
): { readonly code: string } | { readonly left: string } {
  const value = unwrap(file.valueOf(node));
  if (node === undefined || value === undefined) return { left: 'the body is missing.' };
  const name = isCall(value) ? calledName(value) : undefined;
  if (name === 'stringify' || name === 'json' || name === 'parse')
    return { left: 'the body has been parsed, so its bytes are not those that were signed; read the raw body first.' };
  if (node.type === 'SpreadElement') return { left: 'its arguments are a list.' };
  const text = sourceOf(file, node);
  // Works where there is no Buffer.
  return { code: name === 'text' ? `new TextEncoder().encode(${text})` : `Buffer.from(${text})` };
}

/** Decides if `await` can be used at a call: yes, after making a function async, or not. */
export function awaitAt(
  { file, expressMajor }: FileFacts,
  call: Syntax,
): { readonly madeAsync?: Syntax } | { readonly left: string } {
  const around = file.functionAround(call);
  if (!isFunction(around)) return { left: 'it is not in a function, and the replacement needs await.' };
  if (around.async === true) return {};
  const [parent] = file.around(around);
  const isRoute =
    isCall(parent) &&
    /^(?:post|all|use|put)$/.test(calledName(parent) ?? '') &&
    childrenOf(parent, 'arguments').includes(around) &&
    around.generator !== true &&
    // An async function cannot have the type of what it returned before.
    around.returnType === undefined;
  // Express 4 leaves the rejection of an async handler to the process, which it ends.
  if (isRoute && (expressMajor ?? 0) >= 5) return { madeAsync: around };
  return { left: 'the function around it is not async; make it async and handle its rejections, then run this again.' };
}

/** True if the result of an expression is not used. */
export function isStatement(file: SourceFile, node: Syntax): boolean {
  const [parent] = file.around(node);
  return parent?.type === 'ExpressionStatement';
}

/** The `await` around a call, or the call itself. */
export function awaitedOf(file: SourceFile, call: Syntax): Syntax {
  const [parent] = file.around(call);
  return parent?.type === 'AwaitExpression' ? parent : call;
}
