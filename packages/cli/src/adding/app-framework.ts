/** The frameworks that `countersign add` writes for, and how to find out which one a project uses. */

import { CliFailure } from '../frame/failure.ts';

/** One framework. */
export interface AppFramework {
  readonly id: 'express' | 'fastify' | 'hono' | 'next' | 'nest' | 'svelte-kit' | 'nitro' | 'fetch';
  readonly title: string;
  /** The package that shows that a project uses it; none for plain fetch handlers. */
  readonly peer?: string;
  /** The oldest version that the adapter supports. */
  readonly oldest?: readonly [major: number, minor: number];
  /** The adapter. */
  readonly module: string;
  /** True if it builds on the others, so that they do not count. */
  readonly isWhole?: boolean;
  /** True if a bundler resolves its imports. */
  readonly isBundled?: boolean;
  readonly needsTypeScript?: boolean;
  readonly needsVitest?: boolean;
}

/** In the order in which they are looked for. */
export const appFrameworks: readonly AppFramework[] = [
  {
    id: 'nest',
    title: 'NestJS',
    peer: '@nestjs/core',
    oldest: [10, 4],
    module: '@countersign/nest',
    isWhole: true,
    needsTypeScript: true,
  },
  {
    id: 'next',
    title: 'Next.js',
    peer: 'next',
    oldest: [15, 1],
    module: '@countersign/next',
    isWhole: true,
    isBundled: true,
  },
  {
    id: 'svelte-kit',
    title: 'SvelteKit',
    peer: '@sveltejs/kit',
    oldest: [2, 0],
    module: '@countersign/http',
    isWhole: true,
    isBundled: true,
    needsVitest: true,
  },
  {
    id: 'nitro',
    title: 'Nitro',
    peer: 'nitro',
    oldest: [3, 0],
    module: '@countersign/http',
    isWhole: true,
    isBundled: true,
    needsVitest: true,
  },
  { id: 'express', title: 'Express', peer: 'express', oldest: [4, 18], module: '@countersign/express' },
  { id: 'fastify', title: 'Fastify', peer: 'fastify', oldest: [4, 0], module: '@countersign/fastify' },
  { id: 'hono', title: 'Hono', peer: 'hono', oldest: [4, 0], module: '@countersign/hono' },
  { id: 'fetch', title: 'fetch handlers', module: '@countersign/http' },
];

/** The traces of a framework in a project. */
export interface Traces {
  /** The versions in package.json. */
  readonly versions: Readonly<Record<string, unknown>>;
  readonly paths: ReadonlySet<string>;
}

const others: Readonly<Record<string, string>> = {
  nuxt: 'Nuxt',
  nitropack: 'Nitro 2',
  astro: 'Astro',
  '@remix-run/node': 'Remix',
  '@react-router/node': 'React Router',
  '@tanstack/react-start': 'TanStack Start',
  koa: 'Koa',
  elysia: 'Elysia',
};

/** Files and packages of runtimes whose programs are functions from a Request to a Response. */
const fetchTraces = [
  'wrangler.toml',
  'wrangler.json',
  'wrangler.jsonc',
  'deno.json',
  'deno.jsonc',
  'bunfig.toml',
  'netlify.toml',
];
const fetchPackages = [
  'wrangler',
  '@cloudflare/workers-types',
  '@types/bun',
  'bun-types',
  '@types/deno',
  '@netlify/functions',
  'srvx',
];

/** @throws CliFailure project_unknown, usage */
export function findFramework(traces: Traces, id: string | undefined): AppFramework {
  const { versions, paths } = traces;
  const isNamed = ({ peer }: AppFramework) => peer !== undefined && Object.hasOwn(versions, peer);
  if (id !== undefined) {
    const wanted = appFrameworks.find((one) => one.id === id) as AppFramework;
    if (wanted.peer !== undefined && !isNamed(wanted))
      throw new CliFailure(
        'project_unknown',
        `package.json does not name ${wanted.peer}, which ${wanted.title} needs.`,
      );
    return requireSupported(wanted, traces);
  }
  const whole = appFrameworks.find((one) => one.isWhole === true && isNamed(one));
  if (whole !== undefined) return requireSupported(whole, traces);
  const other = Object.keys(others).find((name) => Object.hasOwn(versions, name));
  if (other !== undefined)
    throw new CliFailure(
      'project_unknown',
      `this is a project of ${others[other]}, for which nothing is written; docs/frameworks.md shows how to mount a receiver.`,
    );
  const found = appFrameworks.filter(isNamed);
  if (found.length > 1) {
    const titles = found.map(({ title }) => title).join(' and ');
    throw new CliFailure(
      'project_unknown',
      `package.json names ${titles}; choose one with --framework ${found.map((one) => one.id).join('|')}.`,
    );
  }
  const [only] = found;
  if (only !== undefined) return requireSupported(only, traces);
  const isFetch =
    fetchTraces.some((path) => paths.has(path)) || fetchPackages.some((name) => Object.hasOwn(versions, name));
  if (isFetch) return appFrameworks.find((one) => one.id === 'fetch') as AppFramework;
  throw new CliFailure(
    'project_unknown',
    `package.json names no known framework; name one with --framework ${appFrameworks.map((one) => one.id).join('|')}.`,
  );
}

/** A range such as `^4.17.1` or `>=15 <17` counts by its first version; a tag such as `latest` is not checked. */
function requireSupported(framework: AppFramework, { versions }: Traces): AppFramework {
  const { peer, oldest, title } = framework;
  const asked = peer === undefined ? undefined : versions[peer];
  const found = /(\d+)(?:\.(\d+|[x*]))?/.exec(typeof asked === 'string' ? asked : '');
  if (oldest === undefined || found === null) return framework;
  const [major, minor] = [Number(found[1]), Number(found[2] ?? Number.POSITIVE_INFINITY)];
  const isWide = /^[\^~]|[x*]|>/.test(String(asked)) || found[2] === undefined;
  // `^4.17.1` also installs a newer 4.
  const isOld =
    major < oldest[0] || (major === oldest[0] && minor < oldest[1] && !(isWide && !String(asked).startsWith('~')));
  if (!isOld) return framework;
  throw new CliFailure(
    'project_unknown',
    `package.json asks for ${peer} ${String(asked)}; the adapter needs ${title} ${oldest.join('.')} or later.`,
  );
}
