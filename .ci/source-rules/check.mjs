/** All rules that are read off the source: what may import what, and what may not be compared by `===`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkDirections } from './directions.mjs';
import { readPackages } from './packages.mjs';
import { checkComparisons } from './secret-comparison.mjs';

export function checkSource(root) {
  const packages = readPackages(root);
  const rootManifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const violations = [...checkDirections(root, packages, rootManifest), ...checkComparisons(packages)];
  const files = packages.flatMap(({ files }) => files);
  const imports = files.flatMap(({ imports }) => imports);
  return { violations, counts: { packages: packages.length, files: files.length, imports: imports.length } };
}
