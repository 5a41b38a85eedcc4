/** Finds the phrases of `habits.mjs` in Markdown, comments, and the messages in the source of packages. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findMarkdown } from '../docs-blocks.mjs';
import { habits } from './habits.mjs';
import { readTexts } from './texts.mjs';

const sourceFolders = ['packages', 'examples', 'bench', 'scripts', '.ci'];
const skippedFolders = new Set([
  'node_modules',
  'dist',
  'test',
  '.cache',
  'results',
  'controls',
  '.next',
  '.nitro',
  '.output',
  '.react-router',
  '.svelte-kit',
  '.tanstack',
  '.astro',
  '.vercel',
]);

/**
 * @typedef {object} Finding
 * @property {string} file
 * @property {number} line
 * @property {import('./habits.mjs').Habit} habit
 * @property {string} text - the line
 */

/** @returns {{ findings: Finding[], files: number, unused: import('./exceptions.mjs').Exception[] }} */
export function checkProse(root, exceptions) {
  const used = new Set();
  const findings = [];
  const markdown = [...findMarkdown(root), ...changesets(root)];
  const sources = sourceFolders.flatMap((folder) => walk(root, folder));
  for (const file of [...markdown, ...sources]) {
    const source = readFileSync(join(root, file), 'utf8');
    const prose = file.endsWith('.md') ? markdownLines(source) : sourceLines(file, source);
    for (const finding of prose.flatMap(({ line, text, isSummary, isMessage }) =>
      search(text, isSummary, isMessage).map((habit) => ({ file, line, habit, text })),
    )) {
      const exception = exceptions.find((one) => covers(one, finding));
      if (exception === undefined) findings.push(finding);
      else used.add(exception);
    }
  }
  return { findings, files: markdown.length + sources.length, unused: exceptions.filter((one) => !used.has(one)) };
}

function search(text, isSummary, isMessage = false) {
  const applies = { summary: isSummary, message: isMessage };
  return habits.filter(({ pattern, where }) => (applies[where] ?? true) && text.search(pattern) >= 0);
}

function covers({ file, habit, line = '' }, finding) {
  const isThere = file.endsWith('/') ? finding.file.startsWith(file) : finding.file === file;
  return isThere && (habit === undefined || habit === finding.habit.name) && finding.text.includes(line);
}

/** The lines of Markdown outside code. A heading may begin like a question if it is one. */
function markdownLines(source) {
  let fence;
  let isBelowHeading = false;
  return source.split('\n').flatMap((raw, index) => {
    const mark = /^\s*(`{3,}|~{3,})/.exec(raw)?.[1];
    if (mark !== undefined) fence = fence === undefined ? mark : undefined;
    if (mark !== undefined || fence !== undefined) return [];
    const text = raw.replaceAll(/`[^`]*`/g, '`').replaceAll(/\]\([^)]*\)/g, ']');
    const [, heading] = /^#+ (.*)$/.exec(text) ?? [];
    const isSummary = (heading !== undefined && !heading.endsWith('?')) || isBelowHeading;
    if (text.trim() !== '') isBelowHeading = heading !== undefined;
    return [{ line: index + 1, text: heading ?? text, isSummary }];
  });
}

/** Comments everywhere, and the strings of packages, which users read. */
function sourceLines(file, source) {
  const hasMessages = /^packages\/[^/]+\/src\//.test(file);
  return readTexts(file, source).flatMap(({ kind, line, text, isDoc }) => {
    if (kind === 'string' && !hasMessages) return [];
    return text.split('\n').map((one, index) => ({
      line: line + index,
      text: kind === 'comment' ? one.replaceAll(/`[^`]*`/g, '`') : one,
      isSummary: isDoc && index === 0,
      isMessage: kind === 'string',
    }));
  });
}

function changesets(root) {
  const folder = join(root, '.changeset');
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => (name.endsWith('.md') ? [`.changeset/${name}`] : []));
}

function walk(root, folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true })
    .sort((one, two) => (one.name < two.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return skippedFolders.has(entry.name) ? [] : walk(root, path);
      return /\.(?:[cm]?ts|tsx|mjs)$/.test(entry.name) ? [path] : [];
    });
}
