/** Reads the prose of a source file: its comments, and the strings that are sentences or parts of one. */
import ts from 'typescript';

/**
 * @typedef {object} Text
 * @property {'comment' | 'string'} kind
 * @property {number} start - offset of the first character, the comment mark or quote included
 * @property {number} end
 * @property {number} line - counted from 1
 * @property {string} text - the prose, without comment marks and quotes; lines as in the source
 * @property {boolean} isDoc - a comment that begins with two asterisks
 */

/** @returns {Text[]} in the order of the file; line comments on adjacent lines count as one */
export function readTexts(path, source) {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true);
  const comments = new Map();
  const texts = [];
  const add = (kind, start, end, text, isDoc = false) => {
    texts.push({ kind, start, end, line: file.getLineAndCharacterOfPosition(start).line + 1, text, isDoc });
  };
  const visit = (node) => {
    for (const range of ts.getLeadingCommentRanges(source, node.pos) ?? []) comments.set(range.pos, range);
    for (const range of ts.getTrailingCommentRanges(source, node.end) ?? []) comments.set(range.pos, range);
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    if (ts.isTemplateExpression(node) || ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) {
      const start = node.getStart(file);
      const text = source.slice(start + 1, node.end - 1);
      if (/[a-z][,.:;]? [a-z(`'"$]/i.test(text)) add('string', start, node.end, text);
    }
    // `getChildren` includes tokens, so comments before a closing brace are found.
    for (const child of node.getChildren(file)) visit(child);
  };
  visit(file);
  for (const { pos, end, kind } of joinLines(
    source,
    [...comments.values()].sort((one, two) => one.pos - two.pos),
  )) {
    const raw = source.slice(pos, end);
    if (kind === ts.SyntaxKind.SingleLineCommentTrivia) add('comment', pos, end, raw.replace(/^[ \t]*\/\/ ?/gm, ''));
    else add('comment', pos, end, stripMarks(raw), raw.startsWith('/**'));
  }
  return texts.sort((one, two) => one.start - two.start);
}

function stripMarks(raw) {
  return raw
    .replace(/^\/\*\*?[ \t]?/, '')
    .replace(/[ \t]*\*\/$/, '')
    .replace(/^[ \t]*\*[ \t]?/gm, '')
    .replace(/^\n|\n$/g, '');
}

function joinLines(source, ranges) {
  const joined = [];
  for (const range of ranges) {
    const last = joined.at(-1);
    const isLine = ({ kind }) => kind === ts.SyntaxKind.SingleLineCommentTrivia;
    const isOwnLine = /(^|\n)[ \t]*$/.test(source.slice(0, range.pos));
    if (last && isLine(last) && isLine(range) && isOwnLine && /^\r?\n[ \t]*$/.test(source.slice(last.end, range.pos))) {
      last.end = range.end;
    } else joined.push({ ...range });
  }
  return joined;
}
