/** Finds the code blocks in Markdown, with the text after the fence and the line on which the code begins. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} Block
 * @property {string} file - from the root, with slashes
 * @property {number} line - of the first line of code
 * @property {string} language
 * @property {string} marks - what follows the language on the fence
 * @property {string} code
 * @property {boolean} isClosed
 */

/** README, CONTRIBUTING, everything under docs, and the README of each package and example. */
export function findMarkdown(root) {
  const readmes = ['packages', 'examples'].flatMap((folder) =>
    list(join(root, folder)).map((entry) => `${folder}/${entry.name}/README.md`),
  );
  return ['README.md', 'CONTRIBUTING.md', ...walk(root, 'docs'), ...readmes].filter((path) =>
    existsSync(join(root, path)),
  );
}

/** @returns {Block[]} */
export function readBlocks(root, file) {
  const lines = readFileSync(join(root, file), 'utf8').split(/\r?\n/);
  const blocks = [];
  let open;
  for (const [index, text] of lines.entries()) {
    if (open === undefined) {
      const [, indent, fence, language, marks] = /^(\s*)(`{3,}|~{3,})\s*([^\s`]*)\s*([^`]*)$/.exec(text) ?? [];
      if (fence === undefined) continue;
      open = {
        fence,
        indent: indent.length,
        block: { file, line: index + 2, language, marks: marks.trim(), code: [] },
      };
    } else if (text.trim().startsWith(open.fence) && /^[`~]+$/.test(text.trim())) {
      blocks.push({ ...open.block, code: open.block.code.join('\n'), isClosed: true });
      open = undefined;
    } else {
      open.block.code.push(text.slice(Math.min(open.indent, text.length - text.trimStart().length)));
    }
  }
  if (open !== undefined) blocks.push({ ...open.block, code: open.block.code.join('\n'), isClosed: false });
  return blocks;
}

function walk(root, folder) {
  return list(join(root, folder))
    .sort((left, right) => (left.name < right.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      return entry.isDirectory() ? walk(root, path) : entry.name.endsWith('.md') ? [path] : [];
    });
}

function list(directory) {
  return existsSync(directory) ? readdirSync(directory, { withFileTypes: true }) : [];
}
