/** All rules that are read off the source: what may import what, and what may not be compared by `===`. */
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { cruise } from 'dependency-cruiser';
import { configurationOf } from '../../.dependency-cruiser.mjs';
import { checkManifests } from './manifests.mjs';
import { readFiles } from './modules.mjs';
import { listRooms } from './rooms.mjs';
import { checkComparisons } from './secret-comparison.mjs';
import { checkUnseenImports } from './unseen-imports.mjs';

/**
 * @typedef {{ file: string, line?: number, to?: string, rule: string, sentence: string }} Violation
 * @returns {Promise<{ violations: Violation[], counts: { packages: number, files: number, imports: number } }>}
 */
export async function checkSource(root) {
  const rooms = listRooms(root);
  const { modules, violations } = await checkImports(realpathSync(root));
  const files = readFiles(root, modules);
  const published = files.filter(({ isPublished }) => isPublished);
  return {
    violations: [
      ...violations,
      ...checkManifests(rooms),
      ...checkUnseenImports(files),
      ...(published.length === 0 ? [] : checkComparisons(published)),
    ],
    counts: {
      packages: rooms.length,
      files: files.length,
      imports: modules.reduce((sum, { dependencies }) => sum + dependencies.length, 0),
    },
  };
}

/** The modules of the tree itself, and the rules of the configuration that they break. */
async function checkImports(root) {
  const { forbidden, required, options } = configurationOf(root);
  const folders = ['packages', 'examples', 'bench'].filter((folder) => existsSync(join(root, folder)));
  const ruleSet = { forbidden, required };
  const { output } = await cruise(folders, { ...options, baseDir: root, validate: true, ruleSet });
  const comments = new Map([...forbidden, ...required].map(({ name, comment }) => [name, comment]));
  return {
    modules: output.modules.filter(isOwn),
    violations: output.summary.violations.map(({ type, from, to, cycle, rule: { name } }) => ({
      file: from,
      ...(type === 'module' ? {} : { to }),
      rule: name,
      sentence: cycle === undefined ? comments.get(name) : `${comments.get(name)} ${wayOf(from, cycle)}`,
    })),
  };
}

function isOwn({ coreModule, couldNotResolve, matchesDoNotFollow, source }) {
  return !coreModule && !couldNotResolve && !matchesDoNotFollow && /\.[cm]?[jt]sx?$/.test(source);
}

function wayOf(from, cycle) {
  return `(${[from, ...cycle.map(({ name }) => name)].join(' -> ')})`;
}
