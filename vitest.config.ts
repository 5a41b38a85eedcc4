import './scripts/node-of-vitest.ts';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// Hundreds of programs are started from their sources; compiled once for all of them, each takes half the processor time.
if (!process.argv.includes('--coverage'))
  process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('.cache/node-compile', import.meta.url));

const source = 'countersign-source';

/**
 * Tests run against `src` by the export condition that every package names, so they need no build.
 *
 * Never `import` among the conditions: the runner hands them to Node, whose require() would then get ES modules.
 */
const project = (name: string, include: string[], conditions: string[], extra: object = {}) => ({
  extends: true as const,
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: { name, include, ...extra },
});

/**
 * The same tests of the adapter for NestJS on another version of Nest. An alias, since what they test imports Nest by its name; Nest's
 * packages find each other beside themselves.
 */
const nestProject = (name: string) => ({
  ...project(
    name,
    ['packages/nest/test/*.test.ts', 'packages/adapter-servers/test/nest-versions.ts'],
    [source, 'node'],
    {
      env: { COUNTERSIGN_NEST: name.slice('nest-'.length) },
    },
  ),
  resolve: {
    conditions: [source, 'node'],
    alias: [
      {
        find: /^@nestjs\/(.+)$/,
        replacement: fileURLToPath(new URL(`packages/nest/test/${name}/node_modules/@nestjs/$1`, import.meta.url)),
      },
    ],
  },
});

/** The tests of @countersign/otel on the SDK before. */
const otelProject = (name: string) => ({
  ...project(name, ['packages/otel/test/*.test.ts'], [source, 'node'], {
    env: { COUNTERSIGN_OTEL_SDK: name.slice('otel-sdk-'.length) },
  }),
  resolve: {
    conditions: [source, 'node'],
    alias: [
      {
        find: /^@opentelemetry\/(.+)$/,
        replacement: fileURLToPath(
          new URL(`packages/otel/test/${name.slice('otel-'.length)}/node_modules/@opentelemetry/$1`, import.meta.url),
        ),
      },
    ],
  },
});

/** Waits for deadlines on twenty servers, one after the other: begun last, it would be waited for alone. */
const longest = 'packages/adapter-servers/test/contract.test.ts';

const verdict = 'packages/providers/test/verdict/*.test.ts';
/** Tests that install, build, compile or start whole apps, or kill processes that they start. */
const apps = ['packages/*/test/**/*.apps.test.ts', 'examples/*/test/**/*.test.ts'];
/** The same contract over further clients and settings, which finds little that the first do not. */
const nightly = ['packages/*/test/**/*.nightly.test.ts'];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLongest = ({ moduleId }: TestSpecification) => moduleId.endsWith(longest);
    return [...sorted.filter(isLongest), ...sorted.filter((file) => !isLongest(file))];
  }
}

export default defineConfig({
  test: {
    // Nothing needs this long; what hangs is still found, and a busy machine finds no failures.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Of what a file runs beside each other, most waits.
    maxConcurrency: 8,
    sequence: { sequencer: LongestFirst },
    // Handlers that fail on purpose are printed by receivers, whoever observes them.
    onConsoleLog: (log) => !/^countersign: (?:handling|[a-z_]+:|.* was given up|.* could not be recorded)/.test(log),
    // Files wait for leases, deadlines and servers more than they compute, so more of them run than there are cores.
    maxWorkers: Math.max(6, availableParallelism()),
    projects: [
      project('node', ['packages/*/test/**/*.test.ts'], [source, 'node'], {
        exclude: ['**/node_modules/**', verdict, ...apps, ...nightly],
      }),
      // Half of the time of all tests: a step of its own in CI (`node scripts/run.mjs apps`), and not part of `npm test`.
      project('apps', apps, [source, 'node']),
      // Only in `.ci/nightly` (`node scripts/run.mjs nightly`).
      project('nightly', nightly, [source, 'node']),
      // Thousands of changed deliveries: a step of its own in CI (`node scripts/run.mjs verdict`), and not part of `npm test`.
      project('verdict', [verdict], [source, 'node']),
      // Planted faults for each check of CI: a step of its own (`node scripts/run.mjs checks`), and not part of `npm test`.
      project('checks', ['.ci/test/**/*.test.ts'], [source, 'node']),
      // The same files again with Web Crypto behind the HMAC interface instead of node:crypto.
      project(
        'web-crypto',
        ['packages/{core,providers}/test/**/*.portable.test.ts'],
        [source, 'countersign-web-crypto'],
        {
          env: { COUNTERSIGN_BACKEND: 'web-crypto' },
          // As on other runtimes, where one bundle holds all of them; each has a process of its own in the project `node`.
          isolate: false,
        },
      ),
      nestProject('nest-10'),
      nestProject('nest-11'),
      otelProject('otel-sdk-2'),
    ],
    coverage: { provider: 'v8', include: ['packages/*/src/**'] },
  },
});
