/** Finds secrets in the source code. Their values are not passed on. */

import type { Finding } from '../finding.ts';
import type { SourceFile } from '../source-file.ts';
import { calledName, childOf, childrenOf, fieldOf, type Syntax, unwrap } from '../syntax.ts';

/** With prefixes that are only used for secrets; placeholders are shorter. */
const secretText = /^(?:whsec_|whsk_|sk_live_|sk_test_|pdl_ntfset_)[A-Za-z0-9+/=_-]{20,}$/;

/** secret_in_source */
export function findSecretLiterals(file: SourceFile): readonly Finding[] {
  const lines = new Map<number, Finding>();
  const report = (node: Syntax, what: string, certainty: Finding['certainty'] = 'found') => {
    const line = node.line;
    if (lines.has(line)) return;
    lines.set(line, {
      rule: 'secret_in_source',
      certainty,
      file: file.path,
      line,
      what,
      fix: 'Read it from the environment or a secret manager, and rotate it at the sender: a committed value stays in the history.',
    });
  };
  for (const call of file.pieces) {
    // MACs are also used for other purposes, and then the key may not be a secret.
    for (const [literal, place] of secretsGiven(file, call))
      report(
        literal,
        `A secret is in the source code, as ${place}.`,
        calledName(call) === 'createHmac' ? 'looks_like' : 'found',
      );
  }
  for (const piece of file.pieces) {
    if (piece.type === 'StringLiteral' && secretText.test(piece.value as string))
      report(piece, 'A text in the source code begins like a secret.');
  }
  return [...lines.values()];
}

function secretsGiven(file: SourceFile, call: Syntax): readonly (readonly [literal: Syntax, place: string])[] {
  const given = childrenOf(call, 'arguments');
  const name = calledName(call);
  if (file.calleeOf(call) === '@countersign/core.createReceiver') {
    return literalsOf(file, fieldOf(file.valueOf(given[0]), 'secrets')).map(
      (one) => [one, 'secrets of createReceiver()'] as const,
    );
  }
  if (name === 'createHmac') return literalsOf(file, given[1]).map((one) => [one, 'the key of createHmac()'] as const);
  if (/^constructEvent(?:Async)?$/.test(name ?? '')) {
    return literalsOf(file, given[2]).map((one) => [one, `the secret of ${name}()`] as const);
  }
  return [];
}

/** The strings in a secret, a list of them, and objects with a `value`. An empty one is not a secret. */
export function literalsOf(file: SourceFile, node: Syntax | undefined): readonly Syntax[] {
  const value = unwrap(file.valueOf(node));
  if (value?.type === 'ArrayExpression') return childrenOf(value, 'elements').flatMap((one) => literalsOf(file, one));
  if (value?.type === 'ObjectExpression') return literalsOf(file, fieldOf(value, 'value'));
  // process.env.SECRET ?? 'whsec_...'
  if (value?.type === 'LogicalExpression') return literalsOf(file, childOf(value, 'right'));
  const text = file.textOf(value);
  return value !== undefined && text !== undefined && text !== '' ? [value] : [];
}
