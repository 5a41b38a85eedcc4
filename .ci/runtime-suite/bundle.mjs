/** Bundles the portable tests, their runner and the sources under test into one file per backend. */
import { globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = import.meta.dirname;
const repository = join(here, '../..');
const testFiles = /\/packages\/[^/]+\/test\/.+\.ts$/;

/** The files that tests read; bundled for runtimes without a disk. */
const readByTests = [
  'packages/*/test/**/*.{json,pem}',
  'packages/core/src/**/*.ts',
  '../shared/providers/vectors.json',
  '../shared/wycheproof/*.json',
];

/** Paths of the portable tests, from the root of the repository. */
export function findPortableTests() {
  return globSync('packages/{core,http,providers}/test/**/*.portable.test.ts', { cwd: repository }).sort();
}

/** Files are paths from the root of the repository. Conditions select the backend, as in vitest.config.ts. */
export async function bundle({ outfile, files, conditions, isWorker = false }) {
  await build({
    entryPoints: [join(here, isWorker ? 'worker.mjs' : 'program.mjs')],
    outfile,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    // Neutral: only the given conditions apply.
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions,
    alias: { vitest: join(here, 'vitest.mjs') },
    logLevel: 'error',
    plugins: [portableTests(files), testSources(), ...(isWorker ? [workerModules()] : []), builtins()],
  });
}

/** The module `portable-tests`: each file is loaded when it is its turn, on workerd inside a request. */
function portableTests(files) {
  return {
    name: 'portable-tests',
    setup(build) {
      build.onResolve({ filter: /^portable-tests$/ }, ({ path }) => ({ path, namespace: 'portable-tests' }));
      build.onLoad({ filter: /.*/, namespace: 'portable-tests' }, () => {
        const entries = files.map((file) => {
          const path = JSON.stringify(join(repository, file));
          return `[${JSON.stringify(file)}, () => import(${path})]`;
        });
        return { contents: `export const files = [${entries.join(',\n')}];`, resolveDir: repository };
      });
    },
  };
}

/** Test files keep their own URL, and get the modules that the real runner finds for them by patterns. */
function testSources() {
  return {
    name: 'test-sources',
    setup(build) {
      build.onLoad({ filter: testFiles }, ({ path }) => {
        const imports = [];
        const contents = readFileSync(path, 'utf8')
          .replace(/import\.meta\.glob\(([^()]*), \{ eager: true \}\)/g, (_, patterns) => {
            const entries = globModules(patterns, dirname(path)).map((module) => {
              const name = `__module${imports.length}`;
              imports.push(`import * as ${name} from ${JSON.stringify(module)};`);
              return `${JSON.stringify(module)}: ${name}`;
            });
            if (entries.length === 0) throw new Error(`${path}: no module matches ${patterns}`);
            return `{ ${entries.join(', ')} }`;
          })
          .replace(/\bimport\.meta\.url\b/g, JSON.stringify(pathToFileURL(path).href));
        const rest = /^.*\bimport\.meta\b.*$/m.exec(contents)?.[0];
        if (rest !== undefined) throw new Error(`${path}: cannot be bundled: ${rest.trim()}`);
        return { contents: `${imports.join('')}${contents}`, loader: 'ts' };
      });
    },
  };
}

/** Paths of the modules that match the patterns in a source text; patterns with `!` exclude. */
function globModules(source, cwd) {
  const patterns = [...source.matchAll(/'([^']+)'/g)].map(([, pattern]) => pattern);
  const exclude = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  const excluded = new Set(globSync(exclude, { cwd }));
  return globSync(
    patterns.filter((pattern) => !pattern.startsWith('!')),
    { cwd },
  )
    .filter((path) => !excluded.has(path))
    .map((path) => (path.startsWith('.') ? path : `./${path}`))
    .sort();
}

/** Modules of the runtime itself stay imports; CommonJS packages ask the runtime for them. */
function builtins() {
  const names = new Set(builtinModules);
  return {
    name: 'builtins',
    setup(build) {
      build.onResolve({ filter: /^(?:node:)?[a-z_0-9/]+$/ }, ({ path, kind }) => {
        const name = path.replace(/^node:/, '');
        if (!names.has(name)) return undefined;
        return kind === 'require-call'
          ? { path: `node:${name}`, namespace: 'required-builtin' }
          : { path: `node:${name}`, external: true };
      });
      build.onLoad({ filter: /.*/, namespace: 'required-builtin' }, ({ path }) => ({
        contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
      }));
    },
  };
}

/** Replacements for modules that workerd lacks and only the tests need: files, a server, keys in another format. */
function workerModules() {
  return {
    name: 'worker-modules',
    setup(build) {
      build.onResolve({ filter: /^node:(?:fs|http|crypto)$/ }, ({ path, importer }) => {
        const name = path.slice('node:'.length);
        return testFiles.test(importer) ? { path: join(here, `worker-${name}.mjs`) } : undefined;
      });
      // Its build for workers only signs asynchronously, and the tests sign synchronously.
      build.onResolve({ filter: /^stripe$/ }, ({ resolveDir }) => ({
        path: join(resolveDir, '../node_modules/stripe/esm/stripe.esm.node.js'),
      }));
      build.onResolve({ filter: /^embedded-files$/ }, ({ path }) => ({ path, namespace: 'embedded-files' }));
      build.onLoad({ filter: /.*/, namespace: 'embedded-files' }, () => {
        const paths = globSync(readByTests, { cwd: repository }).map((path) => join(repository, path));
        const contents = paths.map((path) => [pathToFileURL(path).href, readFileSync(path, 'utf8')]);
        return { contents: `export const embeddedFiles = new Map(${JSON.stringify(contents)});` };
      });
    },
  };
}
