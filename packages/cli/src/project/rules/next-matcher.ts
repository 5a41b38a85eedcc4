/** True if the matcher of Next.js's proxy (formerly middleware) covers a path. */

import type { SourceFile } from '../source-file.ts';
import { childrenOf, fieldOf, type Syntax } from '../syntax.ts';

/** `perhaps`: it depends on something that the code does not show, such as a header or a cookie. */
export type Match = 'yes' | 'no' | 'perhaps';

/**
 * Checks a path against `config.matcher`; without one, the proxy runs for every path.
 *
 * @param path the path of a route, whose dynamic segments are written `[name]`
 * @see https://nextjs.org/docs/app/api-reference/file-conventions/proxy (matcher, read 2026-11-26)
 */
export function isMatched(file: SourceFile, config: Syntax | undefined, path: string): Match {
  const described = file.valueOf(config);
  if (described === undefined) return 'yes';
  const matcher = fieldOf(described, 'matcher');
  if (matcher === undefined) return described.type === 'ObjectExpression' ? 'yes' : 'perhaps';
  const value = file.valueOf(matcher);
  const entries = value?.type === 'ArrayExpression' ? childrenOf(value, 'elements') : [matcher];
  const matches = entries.map((one) => matchOf(file, one, path));
  return matches.includes('yes') ? 'yes' : matches.includes('perhaps') ? 'perhaps' : 'no';
}

function matchOf(file: SourceFile, entry: Syntax, path: string): Match {
  const described = file.valueOf(entry);
  const source = file.textOf(fieldOf(described, 'source') ?? entry);
  const pattern = source === undefined ? undefined : patternOf(source);
  if (pattern === undefined) return 'perhaps';
  if (!pattern.test(path.replaceAll(/\[[^\]]+\]/g, 'x'))) return 'no';
  const isConditional = ['has', 'missing'].some((name) => fieldOf(described, name) !== undefined);
  return isConditional ? 'perhaps' : 'yes';
}

/** Literal text, `:name` with `*`, `+`, `?` or a group of its own, and groups such as `((?!api).*)`. */
function patternOf(source: string): RegExp | undefined {
  let pattern = '';
  for (let at = 0; at < source.length; ) {
    const [whole, slash = '', named, modifier = ''] =
      /^(\/?)(?::(\w+)((?:\((?:[^()]|\([^()]*\))*\))?[*+?]?)|(?=\())/.exec(source.slice(at)) ?? [];
    if (whole !== undefined && named !== undefined) {
      const group = /^\(.*\)/.exec(modifier)?.[0] ?? '[^/]+?';
      const suffix = /[*+?]$/.exec(modifier)?.[0];
      const one = `${slash}(?:${group})`;
      pattern += suffix === '*' ? `(?:${one})*` : suffix === '+' ? `(?:${one})+` : suffix === '?' ? `(?:${one})?` : one;
      at += whole.length;
    } else if (whole !== undefined) {
      const group = groupAt(source, at + slash.length);
      if (group === undefined) return undefined;
      pattern += `${slash}${group}`;
      at += slash.length + group.length;
      const suffix = /^[*+?]/.exec(source.slice(at))?.[0] ?? '';
      pattern += suffix;
      at += suffix.length;
    } else {
      pattern += (source[at] as string).replace(/[.*+?^${}()|[\]\\]/, '\\$&');
      at += 1;
    }
  }
  try {
    return new RegExp(`^${pattern}/?$`);
  } catch {
    return undefined;
  }
}

/** A group with the groups inside it. */
function groupAt(source: string, start: number): string | undefined {
  let depth = 0;
  for (let at = start; at < source.length; at++) {
    if (source[at] === '\\') at += 1;
    else if (source[at] === '(') depth += 1;
    else if (source[at] === ')' && --depth === 0) return source.slice(start, at + 1);
  }
  return undefined;
}
