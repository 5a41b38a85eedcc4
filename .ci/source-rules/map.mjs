/** The map of the house: which room may import which, and the order of the files inside some rooms. */

/**
 * One row per folder of `packages/`.
 *
 * - `imports`: the rooms that its `src` may import, by their public names.
 * - `runtime`: the packages from elsewhere that its `dependencies` may name.
 * - `bundled`: the rooms among its devDependencies that the build puts into `dist`, so that nobody installs them.
 * - `node`: the files (`crypto/node.ts`) and folders (`node/`) of `src` that may import `node:*`; `true` for all of them.
 */
export const rooms = {
  core: { imports: [], runtime: ['jose'], node: ['crypto/node.ts', 'crypto/node-public-key.ts'] },
  providers: { imports: ['core'], runtime: [], node: [] },
  stores: { imports: ['core'], runtime: [], node: true },
  http: { imports: ['core'], runtime: [], node: ['node/', 'aws-lambda/'] },
  queues: { imports: ['core'], runtime: [], node: true },
  otel: { imports: ['core'], runtime: [], node: [] },
  // An adapter has a row only where it differs from the others.
  fastify: { imports: ['core', 'http'], runtime: ['fastify-plugin'], node: true },
  hono: { imports: ['core', 'http'], runtime: [], node: [] },
  testing: { imports: ['core', 'providers'], runtime: [], node: true },
  // Private: never published, needed by tests and measurements alone.
  'live-services': { imports: ['core'], runtime: ['ioredis'], node: true },
  'adapter-servers': {
    imports: ['core', 'providers', 'http', 'testing', 'every adapter'],
    runtime: [
      '@hono/node-server',
      '@nestjs/common',
      '@nestjs/core',
      '@nestjs/platform-express',
      '@nestjs/platform-fastify',
      'esbuild',
      'express',
      'express-4',
      'fastify',
      'fastify-4',
      'hono',
      'koa',
      'miniflare',
      'next',
      'react',
      'react-dom',
      'reflect-metadata',
      'rxjs',
    ],
    node: true,
  },
  // Private: a page for the browser.
  inspector: {
    imports: ['core', 'providers', 'adapter-servers'],
    bundled: ['adapter-servers'],
    runtime: [],
    node: [],
  },
  cli: {
    imports: ['core', 'http', 'providers', 'testing', 'adapter-servers'],
    bundled: ['adapter-servers'],
    runtime: [
      '@babel/parser',
      '@babel/traverse',
      '@clack/prompts',
      'cli-progress',
      'commander',
      'magic-string',
      'openapi-typescript',
      'picocolors',
      'yaml',
    ],
    node: true,
  },
};

/** The rule for a package that has no row and states the facts of a framework in `src/facts.ts`. */
export const adapter = { imports: ['core', 'http'], runtime: [], node: true };

/** The scope that turns a folder into a package name. The command line tool alone is outside of it. */
export const scope = '@countersign/';
export const unscoped = { countersign: 'cli' };

/**
 * The files and folders of `src` in a package, lowest first. A file imports from its own row or from rows above it in this list.
 *
 * - `core`: the stations that a delivery passes, from the last to the first.
 * - `cli`: what every command needs, what several need, the commands, the program.
 * - `testing`: what a suite is made of, the suites for stores and endpoints, what needs an endpoint, the entries.
 */
export const layers = {
  core: [
    ['errors.ts', 'encoding.ts', 'response.ts', 'with-timeout.ts'],
    ['options/'],
    ['crypto/', 'delivery/'],
    ['keys/'],
    ['schemes/'],
    ['provider/', 'describe.ts', 'describe/', 'jwt.ts', 'jwt/'],
    ['event/'],
    ['stored/'],
    ['claims/'],
    ['handling/'],
    ['stores/'],
    ['archive/'],
    ['receiver/'],
    ['observe.ts', 'observe/'],
    ['diagnose.ts', 'diagnose/', 'jobs.ts', 'jobs/'],
    ['index.ts', 'preset.ts', 'preset-public-key.ts', 'public-key.ts', 'http-signature.ts'],
  ],
  cli: [
    ['frame/'],
    ['captures/'],
    ['flags/'],
    ['reports/'],
    ['project/'],
    ['adding/', 'documents/', 'migrating/'],
    ['completion/'],
    ['commands/'],
    ['program.ts'],
    ['bin.ts'],
  ],
  testing: [
    ['contract-runner.ts', 'signing/'],
    ['store/', 'archive/', 'endpoint/', 'queue/'],
    ['adapter/', 'simulation/'],
    ['index.ts', 'signing.ts'],
  ],
};

/** Files that belong to the entry `@countersign/core/jwt`. They alone import jose, and they alone import each other. */
export const jwtFiles = ['jwt.ts', 'jwt/'];

/**
 * Comparisons that the rule against `===` on secrets would report and that are right as they are.
 * `text` is the comparison as written, with whitespace collapsed. A row that matches nothing is an error.
 */
export const allowedComparisons = [
  {
    file: 'packages/core/src/stores/memory-store.ts',
    text: 'record.token === token',
    reason: 'A lease token that the store made itself. It tells owners apart, no sender ever sees or sends one.',
  },
  {
    file: 'packages/core/src/stored/public-parts.ts',
    text: 'text.includes(secret)',
    reason: 'No verdict: it looks for a secret in a delivery that has verified, in order to leave it out of a job.',
  },
  {
    file: 'packages/live-services/src/naive-stores.ts',
    text: "(await redis.get(key))?.split(' ')[0] === token",
    reason: 'A lease token as well, in a store that is wrong on purpose.',
  },
];
