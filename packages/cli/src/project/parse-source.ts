/** Parses JavaScript and TypeScript. Nothing is ever run. */

import type { ParseResult, ParserPlugin } from '@babel/parser';
import { loadBabel } from './load-babel.ts';

/** The tree of a file, or undefined if it cannot be parsed. */
export function parseSource(text: string, path: string): ParseResult | undefined {
  const { parse } = loadBabel();
  const attempt = (plugins: ParserPlugin[]): ParseResult | undefined => {
    try {
      return parse(text, {
        sourceType: 'unambiguous',
        allowReturnOutsideFunction: true,
        allowAwaitOutsideFunction: true,
        allowUndeclaredExports: true,
        errorRecovery: true,
        attachComment: false,
        plugins: [...plugins, 'decorators-legacy', 'explicitResourceManagement'],
      });
    } catch {
      return undefined;
    }
  };
  if (/\.[cm]?ts$/.test(path)) return attempt(['typescript']);
  if (path.endsWith('.tsx')) return attempt(['typescript', 'jsx']);
  return attempt(['jsx']) ?? attempt(['flow', 'jsx']);
}
