/**
 * The meaning of calls for webhooks: calls that verify, calls that parse bodies, and expressions that are a parsed
 * body.
 */

import type { Finding } from './finding.ts';
import type { SourceFile } from './source-file.ts';
import {
  calledName,
  childOf,
  childrenOf,
  fieldOf,
  hasWithin,
  identifierOf,
  isCall,
  isFunction,
  isMember,
  isWholeObject,
  keyName,
  type Syntax,
  unwrap,
} from './syntax.ts';

/** The edges of `http`, and what every adapter exports by these names. */
const countersignHandlers =
  /^@countersign\/[a-z/-]+\.(?:webhook(?:Middleware)?|Webhook|(?:node|fetch)(?:Handler|Middleware)|lambdaHandler)$/;

/** True if a node makes a Countersign handler, or is a name for one. */
export function isCountersignHandler(file: SourceFile, node: Syntax | undefined): boolean {
  const value = file.valueOf(node);
  return isCall(value) && countersignHandlers.test(file.calleeOf(value) ?? '');
}

/** True if a handler makes or calls a Countersign handler somewhere. */
export function usesCountersign(file: SourceFile, handler: Syntax | undefined): boolean {
  return hasWithin(
    functionOf(file, handler),
    (piece) =>
      isCountersignHandler(file, piece) || (isCall(piece) && isCountersignHandler(file, childOf(piece, 'callee'))),
  );
}

/**
 * True if a handler checks a signature by hand: `sure` with a call that does nothing else, `likely` with one that
 * might.
 */
export function findHandwrittenCheck(file: SourceFile, handler: Syntax | undefined): 'sure' | 'likely' | undefined {
  const body = functionOf(file, handler);
  // Code that reads the bytes kept by a hook has considered this.
  if (body === undefined || hasWithin(body, (piece) => isMember(piece) && keyName(piece) === 'rawBody'))
    return undefined;
  if (hasWithin(body, (piece) => isCall(piece) && /^constructEvent(?:Async)?$/.test(calledName(piece) ?? '')))
    return 'sure';
  const isMac = (piece: Syntax) => isCall(piece) && /^(?:createHmac|timingSafeEqual)$/.test(calledName(piece) ?? '');
  const namesSignature = (piece: Syntax) =>
    piece.type === 'StringLiteral' && /signature|hmac|^x-hub/i.test(piece.value as string);
  return hasWithin(body, isMac) && hasWithin(body, namesSignature) ? 'likely' : undefined;
}

/** The function that a handler is, or that its name refers to; otherwise the handler itself. */
export function functionOf(file: SourceFile, handler: Syntax | undefined): Syntax | undefined {
  const value = file.valueOf(handler);
  return isFunction(value) ? value : handler;
}

const parsers = new Map(
  ['json', 'urlencoded', 'text'].flatMap((kind) => [
    [`express.${kind}`, `express.${kind}()`],
    [`body-parser.${kind}`, `bodyParser.${kind}()`],
  ]),
)
  .set('body-parser', 'bodyParser()')
  .set('koa-bodyparser', 'bodyParser()')
  .set('@koa/bodyparser.bodyParser', 'bodyParser()')
  .set('koa-body', 'koaBody()')
  .set('koa-body.koaBody', 'koaBody()');

/** A body parser of Express or Koa, with its usual name, and whether it certainly leaves no raw bytes. */
export function findBodyParser(
  file: SourceFile,
  node: Syntax | undefined,
): { readonly name: string; readonly isSure: boolean } | undefined {
  const call = file.valueOf(node);
  const name = parsers.get(file.calleeOf(call) ?? '');
  if (call === undefined || name === undefined) return undefined;
  const [given] = childrenOf(call, 'arguments');
  if (given === undefined) return { name, isSure: takesJson(name) };
  const options = file.valueOf(given);
  // A verify hook is the way to keep the raw bytes.
  if (fieldOf(options, 'verify') !== undefined) return undefined;
  const type = fieldOf(options, 'type');
  const kind = type === undefined ? undefined : file.textOf(type);
  // A parser for another content type does not touch JSON.
  if (name.endsWith('json()') && kind !== undefined && !/^(?:application\/)?json$|\*/.test(kind)) return undefined;
  // Koa's parsers take a list: ['json', 'form'].
  const kinds = fieldOf(options, 'enableTypes');
  const isOfJson = childrenOf(file.valueOf(kinds), 'elements').some((one) => file.textOf(one) === 'json');
  const isTold = (type === undefined || kind !== undefined) && (kinds === undefined || isOfJson);
  return { name, isSure: takesJson(name) && isWholeObject(options) && isTold };
}

/** Forms and plain text have their own parsers, and few senders post them. */
function takesJson(name: string): boolean {
  return name.endsWith('json()') || name === 'bodyParser()' || name === 'koaBody()';
}

/**
 * `express.raw({ type })`: keeps the bytes, and later parsers leave them alone. Without options it does not accept
 * JSON.
 */
export function isRawParser(file: SourceFile, node: Syntax | undefined): boolean {
  const call = file.valueOf(node);
  const name = file.calleeOf(call);
  if (call === undefined || (name !== 'express.raw' && name !== 'body-parser.raw')) return false;
  const type = fieldOf(file.valueOf(childrenOf(call, 'arguments')[0]), 'type');
  return type !== undefined && file.textOf(type) !== 'application/octet-stream';
}

const requestNames = /^_?(?:req|request|nextRequest|nextReq)$/;
const contextNames = /^(?:ctx|context|c|event|evt)$/;
const readers = new Set(['json', 'formData', 'parseBody', 'text', 'arrayBuffer', 'blob', 'bytes']);

/** The certainty that an expression is a parsed body: `request.body`, `await c.req.json()`, `JSON.parse(text)`. */
export function findParsedBody(
  file: SourceFile,
  node: Syntax | undefined,
  depth = 0,
): Finding['certainty'] | undefined {
  const inner = unwrap(node);
  if (inner === undefined || depth > 5) return undefined;
  if (isMember(inner)) return keyName(inner) === 'body' ? requestCertainty(childOf(inner, 'object')) : undefined;
  if (inner.type === 'Identifier') {
    const { value, field, isParameter = false } = file.bindingOf(inner) ?? {};
    if (value === undefined || isParameter || value === inner) return undefined;
    if (field !== undefined) return field === 'body' ? requestCertainty(value) : undefined;
    return findParsedBody(file, value, depth + 1);
  }
  if (!isCall(inner)) return undefined;
  if (isJsonCall(inner, 'parse')) return 'looks_like';
  const isRead = calledName(inner) === 'json' && childrenOf(inner, 'arguments').length === 0;
  return isRead ? requestCertainty(receiverOf(inner)) : undefined;
}

/** `JSON.stringify(...)` or `JSON.parse(...)`. */
export function isJsonCall(call: Syntax, name: 'parse' | 'stringify'): boolean {
  return calledName(call) === name && identifierOf(receiverOf(call)) === 'JSON';
}

/** True if a call reads the body of this request: `request.json()`, `c.req.text()`. A clone may be read. */
export function isBodyRead(call: Syntax, request: string): boolean {
  if (!isCall(call) || !readers.has(calledName(call) ?? '')) return false;
  const receiver = unwrap(receiverOf(call));
  if (identifierOf(receiver) === request) return true;
  return (
    isMember(receiver) && keyName(receiver) === 'req' && identifierOf(unwrap(childOf(receiver, 'object'))) === request
  );
}

function requestCertainty(node: Syntax | undefined): Finding['certainty'] | undefined {
  const inner = unwrap(node);
  const name = isMember(inner) ? (keyName(inner) ?? '') : (identifierOf(inner) ?? '');
  if (requestNames.test(name)) return 'found';
  return !isMember(inner) && contextNames.test(name) ? 'looks_like' : undefined;
}

/** `a.b` of the call `a.b.c()`. */
export function receiverOf(call: Syntax): Syntax | undefined {
  const callee = unwrap(childOf(call, 'callee'));
  return isMember(callee) ? childOf(callee, 'object') : undefined;
}
