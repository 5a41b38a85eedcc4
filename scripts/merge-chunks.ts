/** Puts the chunks that an entry loads into one file: each file that Node opens costs most of a millisecond of an app's start. */

import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type GetManualChunk, rollup } from 'rollup';

const merged = 'chunk-core';

/**
 * Rewrites a folder that tsup has built with several entries: everything that `main` loads moves into one chunk, in both formats. The other
 * chunks stay, so what only other entries need is still loaded with those alone.
 *
 * @param directory `dist`, as tsup wrote it
 * @param entries the names of its entries, without endings
 * @param main one of them
 */
export async function mergeChunks(directory: string, entries: readonly string[], main: string): Promise<void> {
  const pathOf = (name: string) => resolve(directory, `${name}.js`);
  const bundle = await rollup({
    input: Object.fromEntries(entries.map((name) => [name, pathOf(name)])),
    external: (id) => !/^[./]/.test(id) && resolve(id) !== id,
    // tsup has removed what nothing uses.
    treeshake: false,
    plugins: [
      {
        name: 'source-maps',
        load: async (id) => ({ code: await readFile(id, 'utf8'), map: await readFile(`${id}.map`, 'utf8') }),
      },
    ],
  });
  const manualChunks: GetManualChunk = (id, { getModuleInfo }) => {
    const loaded = new Set<string>();
    const visit = (path: string): void => {
      const module = getModuleInfo(path);
      if (loaded.has(path) || module === null || module.isExternal) return;
      loaded.add(path);
      for (const next of module.importedIds) visit(next);
    };
    visit(pathOf(main));
    return loaded.has(id) ? merged : undefined;
  };
  const outputs = await Promise.all(
    (['es', 'cjs'] as const).map((format) => {
      const ending = format === 'es' ? 'js' : 'cjs';
      const names = `[name].${ending}`;
      return bundle.generate({
        format,
        manualChunks,
        dir: directory,
        entryFileNames: names,
        chunkFileNames: names,
        sourcemap: true,
        hoistTransitiveImports: false,
      });
    }),
  );
  const before = (await readdir(directory)).filter((name) => /^chunk-.*js(\.map)?$/.test(name));
  for (const name of before) await rm(join(directory, name));
  for (const { fileName, ...file } of outputs.flatMap(({ output }) => output)) {
    await writeFile(join(directory, fileName), file.type === 'chunk' ? file.code : file.source);
  }
}
