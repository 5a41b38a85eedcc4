/** Lets the CommonJS build load its own modules by `require()`: Jest runs no `import()` in CommonJS without a flag of Node. */

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Of our own files and packages; those of others may have no CommonJS. */
const dynamicImport = /\bimport\((['"])(\.{1,2}\/[^'"]+|@countersign\/[^'"]+)\1\)/g;

/** Rewrites each `import('./x.cjs')` in a built folder as a promise of `require('./x.cjs')`. */
export async function requireInCommonJs(directory: string): Promise<void> {
  const files = (await readdir(directory, { recursive: true })).filter((file) => file.endsWith('.cjs'));
  for (const file of files) {
    const path = join(directory, file);
    const code = await readFile(path, 'utf8');
    const changed = code.replace(dynamicImport, "Promise.resolve().then(() => require('$2'))");
    if (changed !== code) await writeFile(path, changed);
  }
}
