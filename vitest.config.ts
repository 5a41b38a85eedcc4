import { defineConfig } from 'vitest/config';

const source = 'countersign-source';

/** Tests run against `src` by the export condition that every package names, so they need no build. */
const project = (name: string, include: string[], conditions: string[], extra: object = {}) => ({
  extends: true as const,
  resolve: { conditions },
  // What Node loads by itself gets no condition more: `import` would hand ES modules to a package's require().
  ssr: { resolve: { conditions, externalConditions: [] } },
  test: { name, include, ...extra },
});

export default defineConfig({
  test: {
    testTimeout: 20_000,
    projects: [
      project(
        'node',
        ['packages/*/test/**/*.test.ts', 'examples/*/test/**/*.test.ts', '.ci/test/**/*.test.ts'],
        [source, 'node', 'import', 'module', 'default'],
      ),
      // The same files again with Web Crypto behind the HMAC interface instead of node:crypto.
      project(
        'web-crypto',
        ['packages/{core,providers}/test/**/*.portable.test.ts'],
        [source, 'countersign-web-crypto', 'import', 'module', 'default'],
        {
          env: { COUNTERSIGN_BACKEND: 'web-crypto' },
        },
      ),
    ],
    coverage: { provider: 'v8', include: ['packages/*/src/**'] },
  },
});
