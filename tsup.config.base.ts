import { readFileSync } from 'node:fs';
import { defineConfig, type Options } from 'tsup';
import { requireInCommonJs } from './scripts/require-in-commonjs.ts';

type Exports = Readonly<
  Record<string, string | { readonly 'countersign-source': string; readonly import: { readonly default: string } }>
>;

/** What the package's own `exports` name: the file that each is built to, and its source. */
function exportedEntries(): Record<string, string> {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly exports: Exports };
  return Object.fromEntries(
    Object.values(exports).flatMap((entry) =>
      typeof entry === 'string'
        ? []
        : [
            [
              entry.import.default.replace('./dist/', '').replace('.js', ''),
              entry['countersign-source'].replace('./', ''),
            ],
          ],
    ),
  );
}

/**
 * The one build of every published package: ESM and CJS with types, nothing bundled that is not its own. Its entries are those of `exports`
 * in `package.json`, unless others are given.
 */
export const library = (
  entry: string[] | Record<string, string> = exportedEntries(),
  { onSuccess, ...extra }: Omit<Options, 'onSuccess'> & { readonly onSuccess?: () => Promise<void> } = {},
) =>
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
    async onSuccess() {
      await onSuccess?.();
      await requireInCommonJs(extra.outDir ?? 'dist');
    },
  });
