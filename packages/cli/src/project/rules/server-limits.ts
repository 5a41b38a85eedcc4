/** Finds SvelteKit webhooks whose receiver takes larger bodies than adapter-node lets through. */

import type { Finding } from '../finding.ts';
import { usesCountersign } from '../known-calls.ts';
import { findReached } from '../module-exports.ts';
import type { Project } from '../project-files.ts';
import { defaultMaxBodyBytes, largestOf } from './next-bodies.ts';

/** `BODY_SIZE_LIMIT` of adapter-node, if the environment has none. */
const defaultLimit = '512K';

/** A limit in an environment file. */
interface Limit {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

/**
 * body_limit_low: adapter-node ends a body above its limit, so that a delivery that the receiver would take is answered with 413.
 *
 * @see https://svelte.dev/docs/kit/adapter-node (BODY_SIZE_LIMIT) and `handler.js` of `@sveltejs/adapter-node` 6.0.1, read and tried 2026-11-27
 */
export function findLowLimits(project: Project): readonly Finding[] {
  return [...project.files.values()].flatMap((route): Finding[] => {
    const folder = /^((?:.*\/)?)src\/routes\/(?:.*\/)?\+server\.[jt]s$/.exec(route.path)?.[1];
    if (folder === undefined || !hasAdapter(project, folder)) return [];
    const reached = [...findReached(project, route)];
    if (!reached.some((file) => usesCountersign(file, file.program))) return [];
    const set = limitIn(project, folder);
    const largest = largestOf(reached);
    // Few deliveries have more than half a MiB: with both at their defaults, nothing is said.
    if (set === undefined && largest === undefined) return [];
    const limit = bytesOf(set?.text ?? defaultLimit);
    const largestBytes = largest === undefined ? defaultMaxBodyBytes : largest.bytes;
    if (limit === undefined || largestBytes === undefined || largestBytes <= limit) return [];
    return [
      {
        rule: 'body_limit_low',
        // The server may get another environment.
        certainty: 'looks_like',
        file: set?.path ?? largest?.file.path ?? route.path,
        line: set?.line ?? largest?.node.line ?? 1,
        what: `The receiver of ${route.path} accepts bodies of ${largestBytes} bytes, but adapter-node answers bodies of more than ${limit} bytes with 413.`,
        fix: `Start the app with BODY_SIZE_LIMIT=${largestBytes} in its environment, or lower maxBodyBytes.`,
      },
    ];
  });
}

function hasAdapter(project: Project, folder: string): boolean {
  return [...project.files.values()].some(
    (file) =>
      file.path.startsWith(folder) &&
      /^(?:svelte|vite)\.config\.[cm]?[jt]s$/.test(file.path.slice(folder.length)) &&
      file.imports.some(({ module }) => module === '@sveltejs/adapter-node'),
  );
}

function limitIn(project: Project, folder: string): Limit | undefined {
  for (const [path, content] of project.environmentFiles) {
    if (!path.startsWith(folder) || path.slice(folder.length).includes('/')) continue;
    for (const [index, line] of content.split('\n').entries()) {
      const text = /^\s*(?:export\s+)?BODY_SIZE_LIMIT\s*=\s*["']?([\w.]+)["']?\s*$/.exec(line)?.[1];
      if (text !== undefined) return { path, line: index + 1, text };
    }
  }
  return undefined;
}

/** `524288`, `512K`, `1M`, `Infinity`. */
function bytesOf(text: string): number | undefined {
  const power = ['K', 'M', 'G'].indexOf(text.slice(-1).toUpperCase()) + 1;
  const number = Number(power === 0 ? text : text.slice(0, -1));
  return Number.isNaN(number) ? undefined : number * 1024 ** power;
}
