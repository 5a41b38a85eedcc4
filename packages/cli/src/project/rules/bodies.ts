/** Finds bodies that are parsed, serialised again or read before a signature over them is checked. */

import type { Finding } from '../finding.ts';
import { findParsedBody, isBodyRead, isCountersignHandler, isJsonCall, receiverOf } from '../known-calls.ts';
import type { SourceFile } from '../source-file.ts';
import {
  calledName,
  childrenOf,
  findWithin,
  hasWithin,
  identifierOf,
  isCall,
  isFunction,
  type Syntax,
  unwrap,
} from '../syntax.ts';

const fix =
  'Check the received bytes: use webhook() from a Countersign adapter, or the raw body (express.raw(), await request.text()), and parse afterwards.';

/** body_rewritten, body_parsed */
export function findRewrittenBodies(file: SourceFile): readonly Finding[] {
  return file.calls.flatMap((call): Finding[] => {
    const check = checkOf(file, call);
    if (check === undefined) return [];
    const at = (node: Syntax) => ({ file: file.path, line: node.line, fix });
    for (const message of check.messages) {
      const rewritten = findRewriting(file, message, 0);
      if (rewritten !== undefined) {
        const isSure = check.isSure && rewritten.certainty === 'found';
        const what = `A parsed body is serialised again by JSON.stringify() and passed to ${check.name}: different spaces, numbers or escapes give a different signature.`;
        return [{ rule: 'body_rewritten', certainty: isSure ? 'found' : 'looks_like', ...at(rewritten.node), what }];
      }
      const parsed = unwrap(file.valueOf(message));
      const isObject = isCall(parsed) && calledName(parsed) === 'json' && findParsedBody(file, parsed) !== undefined;
      if (isObject) {
        const what = `The parsed body is passed to ${check.name}, which needs the received bytes.`;
        return [{ rule: 'body_parsed', certainty: check.isSure ? 'found' : 'looks_like', ...at(call), what }];
      }
    }
    return [];
  });
}

/** body_read_first: the body of a Request can be read only once. */
export function findEarlyReads(file: SourceFile): readonly Finding[] {
  return file.calls.flatMap((call): Finding[] => {
    if (!isVerification(file, call)) return [];
    const around = file.functionAround(call);
    for (const argument of childrenOf(call, 'arguments')) {
      const request = identifierOf(unwrap(argument));
      if (request === undefined || !isFunction(around)) continue;
      const read = findWithin(around, (piece) => piece.start < call.start && isBodyRead(piece, request));
      if (read === undefined) continue;
      const name = file.text.slice(read.start, read.end).replace(/\s+/g, ' ').slice(0, 40);
      const what = `${name} reads the body before ${calledName(call) ?? 'the check'}() verifies it, but a body can be read only once.`;
      const isBranch = [...file.around(read)].some(({ type, start }) => type === 'IfStatement' && start > around.start);
      return [
        {
          rule: 'body_read_first',
          certainty: isBranch ? 'looks_like' : 'found',
          file: file.path,
          line: read.line,
          what,
          fix: 'Verify first and use event.payload, or read a copy: request.clone().json().',
        },
      ];
    }
    return [];
  });
}

function isVerification(file: SourceFile, call: Syntax): boolean {
  const callee = unwrap(call.callee as Syntax);
  if (isCountersignHandler(file, callee)) return true;
  const name = calledName(call);
  const maker = file.calleeOf(file.valueOf(receiverOf(call)));
  return (name === 'receive' || name === 'verify') && maker === '@countersign/core.createReceiver';
}

interface Check {
  readonly name: string;
  readonly messages: readonly Syntax[];
  readonly isSure: boolean;
}

/** The input of a call that computes or checks a signature, or undefined. */
function checkOf(file: SourceFile, call: Syntax): Check | undefined {
  const name = calledName(call) ?? '';
  const given = childrenOf(call, 'arguments');
  const [first] = given;
  if (/^constructEvent(?:Async)?$/.test(name))
    return { name: `${name}()`, messages: first ? [first] : [], isSure: true };
  if (name === 'update' && isMac(file, receiverOf(call), 0))
    return { name: 'createHmac()', messages: given, isSure: isReceiving(file, call) };
  const receiver = receiverOf(call);
  const isSubtle = /subtle$/.test(receiver === undefined ? '' : file.text.slice(receiver.start, receiver.end));
  if (isSubtle && (name === 'verify' || name === 'sign'))
    return { name: `subtle.${name}()`, messages: given, isSure: isReceiving(file, call) };
  const isVerifier =
    /^(?:verify|validate|check|is|compute)[A-Za-z]*(?:signature|hmac|webhook)/i.test(name) || name === 'verify';
  if (!isVerifier) return undefined;
  const made = file.valueOf(receiver);
  const isWebhook = made?.type === 'NewExpression' && /\bWebhook$/.test(file.calleeOf(made) ?? '');
  return { name: `${name}()`, messages: given, isSure: isWebhook };
}

/** `createHmac(...)`, with or without `update`, or a name for it. */
function isMac(file: SourceFile, node: Syntax | undefined, depth: number): boolean {
  const value = file.valueOf(node);
  if (!isCall(value) || depth > 5) return false;
  return (
    calledName(value) === 'createHmac' || (calledName(value) === 'update' && isMac(file, receiverOf(value), depth + 1))
  );
}

/** True if the function around a MAC compares it with a received one; otherwise it may be signing its own messages. */
function isReceiving(file: SourceFile, call: Syntax): boolean {
  return hasWithin(file.functionAround(call), (piece) => {
    if (isCall(piece) && /^(?:timingSafeEqual|verify)$/.test(calledName(piece) ?? '')) return true;
    return piece.type === 'StringLiteral' && /signature|hmac-sha|^x-hub/i.test(piece.value as string);
  });
}

function findRewriting(
  file: SourceFile,
  node: Syntax,
  depth: number,
): { readonly node: Syntax; readonly certainty: Finding['certainty'] } | undefined {
  let found: { readonly node: Syntax; readonly certainty: Finding['certainty'] } | undefined;
  findWithin(node, (piece) => {
    if (isCall(piece) && isJsonCall(piece, 'stringify')) {
      const certainty = findParsedBody(file, childrenOf(piece, 'arguments')[0]);
      if (certainty !== undefined) found = { node: piece, certainty };
    } else if (piece.type === 'Identifier' && depth < 3) {
      const { value, field } = file.bindingOf(piece) ?? {};
      const leadsOn =
        value !== undefined && field === undefined && !isFunction(value) && value.type !== 'ClassDeclaration';
      if (leadsOn && value !== node) found = findRewriting(file, value, depth + 1);
    }
    return found !== undefined;
  });
  return found;
}
