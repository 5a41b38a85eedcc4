import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

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

export default defineConfig({
  test: {
    testTimeout: 20_000,
    // Handlers that fail on purpose are printed by receivers, whoever observes them.
    onConsoleLog: (log) => !/^countersign: (?:handling|[a-z_]+:|.* was given up|.* could not be recorded)/.test(log),
    // Tests of stores wait for leases more than they compute, so more of them run than there are cores.
    maxWorkers: Math.max(3, availableParallelism()),
    projects: [
      project(
        'node',
        ['packages/*/test/**/*.test.ts', 'examples/*/test/**/*.test.ts', '.ci/test/**/*.test.ts'],
        [source, 'node'],
      ),
      // The same files again with Web Crypto behind the HMAC interface instead of node:crypto.
      project(
        'web-crypto',
        ['packages/{core,providers}/test/**/*.portable.test.ts'],
        [source, 'countersign-web-crypto'],
        {
          env: { COUNTERSIGN_BACKEND: 'web-crypto' },
        },
      ),
    ],
    coverage: { provider: 'v8', include: ['packages/*/src/**'] },
  },
});
