import { defineConfig, type Options } from 'tsup';

/** The one build of every published package: ESM and CJS with types, nothing bundled that is not its own. */
export const library = (entry: string[] | Record<string, string>, extra: Options = {}) =>
  defineConfig({
    entry,
    format: ['esm', 'cjs'],
    dts: true,
    clean: true,
    sourcemap: true,
    target: 'node20',
    platform: 'neutral',
    treeshake: true,
    splitting: true,
    // tsup would turn `node:crypto` into `crypto`, which Workers and Deno do not resolve.
    removeNodeProtocol: false,
    external: [/^#/, /^node:/],
    ...extra,
  });
