/**
 * Finds MACs, signatures, digests and tokens that are compared by `===` and its like.
 *
 * Such a comparison stops at the first difference, so its duration tells how much of a guess was right. It goes by
 * names, which is coarse on purpose: a false alarm gets a row with its reason in `allowedComparisons`.
 */
import ts from 'typescript';
import { allowedComparisons } from './map.mjs';
import { lineOf } from './modules.mjs';

const sensitive = /mac|signature|digest|token|secret|expected|candidate/i;
const harmlessProperties = ['length', 'byteLength', 'size'];
const operators = [
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
];
/** Methods that compare their receiver with their argument. */
const pairMethods = ['localeCompare', 'equals', 'compare'];
/** Methods that look for their argument in the receiver. */
const searchMethods = ['includes', 'indexOf', 'lastIndexOf', 'startsWith', 'endsWith'];

/**
 * @param {import('./modules.mjs').SourceFile[]} files - all published ones
 * @returns {import('./check.mjs').Violation[]}
 */
export function checkComparisons(files) {
  const violations = [];
  const used = new Set();
  for (const { path, module } of files) {
    for (const { fault, text, line } of comparisonsIn(module)) {
      const row = allowedComparisons.find((entry) => entry.file === path && entry.text === text);
      if (row !== undefined) used.add(row);
      else {
        const sentence = `${fault} in \`${text}\`: use the constant-time comparison of #crypto.`;
        violations.push({ file: path, line, rule: 'secret-comparison', sentence });
      }
    }
  }
  for (const row of allowedComparisons) {
    if (used.has(row)) continue;
    const sentence = `The allowed comparison \`${row.text}\` is not in ${row.file} any more: remove its row.`;
    violations.push({ file: '.ci/source-rules/map.mjs', rule: 'secret-comparison', sentence });
  }
  return violations;
}

function comparisonsIn(module) {
  const comparisons = [];
  const visit = (node) => {
    const fault = findFault(node);
    if (fault !== undefined) {
      comparisons.push({ fault, text: node.getText(module).replace(/\s+/g, ' '), line: lineOf(module, node) });
    }
    ts.forEachChild(node, visit);
  };
  visit(module);
  return comparisons;
}

/** The fault of this expression, or undefined. */
function findFault(node) {
  if (ts.isBinaryExpression(node) && operators.includes(node.operatorToken.kind)) {
    const { left, right } = node;
    const isRisky = (isSensitive(left) && !isPlain(right)) || (isSensitive(right) && !isPlain(left));
    return isRisky ? `${node.operatorToken.getText()} on a MAC, token or signature` : undefined;
  }
  if (ts.isSwitchStatement(node) && isSensitive(node.expression)) {
    const isRisky = node.caseBlock.clauses.some((clause) => ts.isCaseClause(clause) && !isPlain(clause.expression));
    return isRisky ? 'switch on a MAC, token or signature' : undefined;
  }
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  const { expression: receiver, name } = node.expression;
  const given = node.arguments.filter((argument) => !isPlain(argument));
  const isPair = pairMethods.includes(name.text) && (isSensitive(receiver) || node.arguments.some(isSensitive));
  const isObjectIs = name.text === 'is' && ts.isIdentifier(receiver) && receiver.text === 'Object';
  const isSearch = searchMethods.includes(name.text) && given.some(isSensitive);
  if ((isPair && given.length > 0) || isSearch || (isObjectIs && given.length > 1 && given.some(isSensitive))) {
    return `.${name.text}() on a MAC, token or signature`;
  }
  return undefined;
}

/** True if the value of an expression looks, by its names, like something that must not leak through a comparison. */
function isSensitive(node) {
  if (ts.isIdentifier(node)) return sensitive.test(node.text);
  if (ts.isPropertyAccessExpression(node)) {
    if (harmlessProperties.includes(node.name.text)) return false;
    return sensitive.test(node.name.text);
  }
  if (ts.isElementAccessExpression(node)) return isSensitive(node.expression);
  if (ts.isCallExpression(node)) {
    // `hex(mac)` and `mac.toString('hex')` are the MAC again.
    const { expression: callee } = node;
    const receiver = ts.isPropertyAccessExpression(callee) ? [callee.expression] : [];
    return isSensitive(callee) || [...receiver, ...node.arguments].some(isSensitive);
  }
  if (ts.isBinaryExpression(node)) {
    const isJoined = node.operatorToken.kind === ts.SyntaxKind.PlusToken;
    const isEither = [ts.SyntaxKind.QuestionQuestionToken, ts.SyntaxKind.BarBarToken].includes(node.operatorToken.kind);
    return (isJoined || isEither) && (isSensitive(node.left) || isSensitive(node.right));
  }
  if (ts.isTemplateExpression(node)) return node.templateSpans.some(({ expression }) => isSensitive(expression));
  if (ts.isConditionalExpression(node)) return isSensitive(node.whenTrue) || isSensitive(node.whenFalse);
  const inner = innerOf(node);
  return inner !== undefined && isSensitive(inner);
}

/** A value that is written in the source, or a fact about a value (its length, its type) that is not a secret. */
function isPlain(node) {
  if (ts.isLiteralExpression(node) || ts.isTypeOfExpression(node)) return true;
  if ([ts.SyntaxKind.NullKeyword, ts.SyntaxKind.TrueKeyword, ts.SyntaxKind.FalseKeyword].includes(node.kind))
    return true;
  if (ts.isIdentifier(node)) return node.text === 'undefined';
  if (ts.isPropertyAccessExpression(node)) return harmlessProperties.includes(node.name.text);
  if (ts.isPrefixUnaryExpression(node)) return isPlain(node.operand);
  const inner = innerOf(node);
  return inner !== undefined && isPlain(inner);
}

function innerOf(node) {
  const isWrapper =
    ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isAwaitExpression(node);
  return isWrapper ? node.expression : undefined;
}
