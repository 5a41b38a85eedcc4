/** Finds Next.js webhooks whose bodies are truncated by its proxy (formerly middleware). */

import type { Finding } from '../finding.ts';
import { usesCountersign } from '../known-calls.ts';
import { exportedConst, findReached } from '../module-exports.ts';
import { majorOf, type Project } from '../project-files.ts';
import type { SourceFile } from '../source-file.ts';
import { childOf, childrenOf, fieldOf, type Syntax } from '../syntax.ts';
import { isMatched } from './next-matcher.ts';

/** Bytes that Next.js keeps of a body behind a proxy by default. */
const defaultLimit = 10 * 1_048_576;
/** Default `maxBodyBytes` of a receiver. */
export const defaultMaxBodyBytes = 1_048_576;

/** A number found in the code. */
export interface Size {
  readonly file: SourceFile;
  readonly node: Syntax;
  /** Undefined if it cannot be determined. */
  readonly bytes: number | undefined;
}

/**
 * body_cut_short: behind `proxy.ts`, Next.js keeps the first bytes of a body, up to a limit, and passes only those to
 * the route.
 *
 * @see https://nextjs.org/docs/app/api-reference/config/next-config-js/proxyClientMaxBodySize and
 *   `server/body-streams.js` of next 16.4.6 (read 2026-11-26)
 */
export function findCutBodies(project: Project): readonly Finding[] {
  return [...project.files.values()].flatMap((route): Finding[] => {
    const [folder, path] = routeOf(route) ?? [];
    if (folder === undefined || path === undefined) return [];
    const reached = [...findReached(project, route)];
    if (!reached.some((file) => usesCountersign(file, file.program))) return [];
    const proxy = fileAt(project, folder, /^(?:src\/)?(?:proxy|middleware)\.[cm]?[jt]s$/);
    const major = majorOf(project, folder, 'next');
    // Older versions keep bodies of any size.
    if (proxy === undefined || (major ?? 16) < 15) return [];
    const match = isMatched(proxy, exportedConst(proxy, 'config'), path);
    const limit = limitOf(fileAt(project, folder, /^next\.config\.[cm]?[jt]s$/));
    const largest = largestOf(reached);
    const limitBytes = limit === undefined ? defaultLimit : limit.bytes;
    const largestBytes = largest === undefined ? defaultMaxBodyBytes : largest.bytes;
    if (match === 'no' || limitBytes === undefined || largestBytes === undefined || largestBytes <= limitBytes)
      return [];
    const at = limit ?? largest ?? { file: route, node: route.program };
    const name = (major ?? 16) > 15 ? 'proxyClientMaxBodySize' : 'middlewareClientMaxBodySize';
    return [
      {
        rule: 'body_cut_short',
        certainty: match === 'yes' && major !== undefined && major > 15 ? 'found' : 'looks_like',
        file: at.file.path,
        line: at.node.line,
        what: `The receiver accepts bodies of ${largestBytes} bytes, but behind ${proxy.path} Next.js gives ${route.path} only the first ${limitBytes} bytes of a body, without notifying the sender: larger deliveries are refused.`,
        fix: `Exclude ${path} from the matcher of ${proxy.path}, or set experimental: { ${name}: ${largestBytes} } in next.config, or lower maxBodyBytes.`,
      },
    ];
  });
}

/** The project folder and the path of a route, from the location of its file. */
function routeOf({ path }: SourceFile): readonly [folder: string, path: string] | undefined {
  const [, folder, names] =
    /^((?:.+?\/)??)(?:src\/)?app\/((?:.*\/)?)route\.[cm]?[jt]sx?$/.exec(path) ??
    /^((?:.+?\/)??)(?:src\/)?pages\/(api\/.+?)(?:\/index)?\.[cm]?[jt]sx?$/.exec(path) ??
    [];
  if (folder === undefined || names === undefined) return undefined;
  const segments = names.split('/').filter((name) => name !== '' && !/^\(.*\)$|^@/.test(name));
  return [folder, `/${segments.join('/')}`];
}

function fileAt(project: Project, folder: string, pattern: RegExp): SourceFile | undefined {
  return [...project.files.values()].find(
    ({ path }) => path.startsWith(folder) && pattern.test(path.slice(folder.length)),
  );
}

function limitOf(config: SourceFile | undefined): Size | undefined {
  if (config === undefined) return undefined;
  for (const node of config.pieces) {
    if (node.type !== 'ObjectExpression') continue;
    const experimental = config.valueOf(fieldOf(node, 'experimental'));
    const value =
      fieldOf(experimental, 'proxyClientMaxBodySize') ?? fieldOf(experimental, 'middlewareClientMaxBodySize');
    if (value !== undefined) return { file: config, node: value, bytes: bytesOf(config, value) };
  }
  return undefined;
}

/** The largest `maxBodyBytes` among the receivers of some files. */
export function largestOf(files: readonly SourceFile[]): Size | undefined {
  const sizes = files.flatMap((file) =>
    file.calls.flatMap((call): Size[] => {
      if (file.calleeOf(call) !== '@countersign/core.createReceiver') return [];
      const node = fieldOf(file.valueOf(childrenOf(call, 'arguments')[0]), 'maxBodyBytes');
      return node === undefined ? [] : [{ file, node, bytes: bytesOf(file, node) }];
    }),
  );
  return sizes.toSorted((left, right) => (right.bytes ?? 0) - (left.bytes ?? 0))[0];
}

/** `20_000_000`, `20 * 1024 * 1024`, `2 ** 20`, `'20mb'`. */
function bytesOf(file: SourceFile, node: Syntax | undefined): number | undefined {
  const value = file.valueOf(node);
  if (value?.type === 'NumericLiteral') return value.value as number;
  if (value?.type === 'BinaryExpression') {
    const [left, right] = [bytesOf(file, childOf(value, 'left')), bytesOf(file, childOf(value, 'right'))];
    if (left === undefined || right === undefined) return undefined;
    return value.operator === '*' ? left * right : value.operator === '**' ? left ** right : undefined;
  }
  const [, digits, unit = 'b'] = /^(\d+(?:\.\d+)?) *(b|kb|mb|gb|tb)?$/i.exec(file.textOf(value) ?? '') ?? [];
  const power = ['b', 'kb', 'mb', 'gb', 'tb'].indexOf(unit.toLowerCase());
  return digits === undefined ? undefined : Math.floor(Number(digits) * 1024 ** power);
}
