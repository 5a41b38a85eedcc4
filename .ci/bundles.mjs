/** Creates the bundles that an app would, measures them, and searches them for things that must not be there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import ts from 'typescript';
import { adapterFolders, readManifest, repository } from './workspace-links.mjs';

const app = [
  "import { createReceiver } from '@countersign/core';",
  "import { stripe } from '@countersign/providers/stripe';",
  "export const receiver = createReceiver({ provider: stripe, secrets: 'whsec_0123456789abcdef' });",
].join('\n');

/** The bundles that have a budget. `conditions` are the export conditions of the place where the app runs. */
export const bundles = [
  { name: 'worker', code: app, conditions: ['worker', 'browser'], isPortable: true },
  { name: 'node', code: app, conditions: ['node'], isPortable: false },
  {
    name: 'public-key',
    code: [
      "import { createReceiver } from '@countersign/core';",
      "import { discord } from '@countersign/providers/discord';",
      "export const receiver = createReceiver({ provider: discord, keys: 'a key in hexadecimal' });",
    ].join('\n'),
    preset: 'discord',
    conditions: ['worker', 'browser'],
    isPortable: true,
  },
  {
    name: 'jwt',
    code: [
      "import { createReceiver } from '@countersign/core';",
      "import { monday } from '@countersign/providers/monday';",
      "export const receiver = createReceiver({ provider: monday, secrets: '0123456789abcdef0123456789abcdef' });",
    ].join('\n'),
    preset: 'monday',
    holdsJose: true,
    conditions: ['worker', 'browser'],
    isPortable: true,
  },
  {
    name: 'memory',
    code: app
      .replace('createReceiver }', 'createReceiver, memoryStore }')
      .replace("abcdef' }", "abcdef', dedupe: memoryStore() }"),
    conditions: ['worker', 'browser'],
    isPortable: true,
  },
  {
    name: 'redis',
    code: `${app}\nexport { redisStore } from '@countersign/stores/redis';`,
    conditions: ['node'],
    isPortable: false,
  },
  ...adapterFolders().map(adapterBundle),
  {
    name: 'lambda',
    code: `${app}\nexport { lambdaHandler } from '@countersign/http/aws-lambda';`,
    conditions: ['node'],
    isPortable: false,
  },
];

/** An app with an adapter. Adapters for Request and Response must run everywhere. */
function adapterBundle(folder) {
  const name = basename(folder);
  const source = readFileSync(join(folder, 'src/index.ts'), 'utf8');
  const isPortable = source.includes("'@countersign/http/fetch'") && !source.includes("'next/");
  return {
    name,
    code: `${app}\nexport ${source.includes('function webhook<') ? '{ webhook }' : '*'} from '@countersign/${name}';`,
    conditions: isPortable ? ['worker', 'browser'] : ['node'],
    isPortable,
  };
}

/** The frameworks themselves, and the dependencies of the adapters, stay outside a bundle. */
const external = adapterFolders().flatMap((folder) => {
  const { peerDependencies, dependencies } = readManifest(folder);
  const names = Object.keys({ ...peerDependencies, ...dependencies });
  return names.filter((name) => !name.startsWith('@countersign/')).flatMap((name) => [name, `${name}/*`]);
});

/** The define that a bundler gets for a deployment: it removes what `diagnose: true` of the adapters does. */
const forProduction = { 'process.env.NODE_ENV': '"production"' };

/** `directory` is one created by {@link linkWorkspace}. */
export async function measureBundle({ code, conditions, define = forProduction }, directory) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: directory, sourcefile: 'app.ts', loader: 'ts' },
    absWorkingDir: repository,
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    conditions,
    define,
    external: ['node:*', ...external],
    logLevel: 'silent',
  });
  const [{ contents, text }] = outputFiles;
  const [output] = Object.values(metafile.outputs);
  return {
    text,
    minifiedBytes: contents.length,
    gzipBytes: gzipSync(contents, { level: 9 }).length,
    /** The files of which something remains in the bundle. */
    files: Object.entries(output.inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([path]) => path),
    /** The modules that the bundle would load at run time. */
    loads: output.imports.map(({ path }) => path),
  };
}

/**
 * Bundles each preset separately, with core left outside.
 *
 * @returns {Promise<string[]>} one sentence for each preset that pulls in another, or the registry
 */
export async function findForeignPresets(directory, presets = readPresets(), conditions = []) {
  const faults = [];
  for (const { file } of presets) {
    const { metafile } = await build({
      stdin: { contents: `export * from '@countersign/providers/${file}';`, resolveDir: directory, loader: 'js' },
      absWorkingDir: repository,
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'neutral',
      conditions,
      external: ['@countersign/core', '@countersign/core/*'],
      logLevel: 'silent',
    });
    const others = Object.keys(metafile.inputs)
      .map((path) => /packages\/providers\/(?:src|dist)\/([^/]+)\.[a-z]+$/.exec(path)?.[1])
      .filter((name) => name === 'registry' || (name !== file && presets.some((preset) => preset.file === name)));
    if (others.length > 0) faults.push(`The preset ${file} pulls in ${others.join(', ')}.`);
  }
  return faults;
}

/** @returns {string[]} one sentence for each fault */
export function findFaults(
  { isPortable, preset = 'stripe', holdsJose = false },
  measured,
  budgetBytes,
  presets = readPresets(),
) {
  const { text, files, loads, gzipBytes } = measured;
  const faults = [];
  if (budgetBytes === undefined) faults.push('It has no budget.');
  else if (gzipBytes > budgetBytes) faults.push(`It has ${gzipBytes} bytes and may have ${budgetBytes}.`);
  const isJose = (path) => /(^|\/)jose(@|\/)/.test(path);
  for (const path of files.filter((path) => /(^|\/)node_modules\//.test(path) && !(holdsJose && isJose(path)))) {
    faults.push(`It holds ${path}.`);
  }
  const hasJose = loads.includes('jose') || files.some(isJose);
  if (hasJose !== holdsJose) faults.push(`It holds ${hasJose ? '' : 'no '}jose.`);
  for (const { file, name } of presets.filter(({ file }) => file !== preset)) {
    const isQuoted = ['"', "'", '`'].some((quote) => text.includes(`${quote}${name}${quote}`));
    const isHeld = files.some((path) => new RegExp(`packages/providers/(src|dist)/${file}\\.[a-z]+$`).test(path));
    if (isQuoted || isHeld) faults.push(`It holds the preset ${file}.`);
  }
  // Found by its words, since the built package keeps it in chunks whose names say nothing.
  if (text.includes('body_reserialised') || text.includes('refused a delivery'))
    faults.push('It holds the diagnosis, which is for development.');
  if (isPortable) {
    for (const path of loads) faults.push(`It loads ${path}, which not every runtime has.`);
    for (const name of findNodeNames(text)) faults.push(`It uses ${name}, which not every runtime has.`);
  }
  return faults;
}

/** Names that only Node provides to every module, if the code uses them bare: prose and properties do not count. */
function findNodeNames(text) {
  const found = new Set();
  const visit = (node) => {
    if (ts.isIdentifier(node) && ['Buffer', 'process', 'require', '__dirname', 'setImmediate'].includes(node.text)) {
      const { parent } = node;
      const isProperty = ts.isPropertyAccessExpression(parent) && parent.name === node;
      const isKey = (ts.isPropertyAssignment(parent) || ts.isMethodDeclaration(parent)) && parent.name === node;
      const isTested = ts.isTypeOfExpression(parent);
      if (!isProperty && !isKey && !isTested) found.add(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('bundle.js', text, ts.ScriptTarget.Latest, true, ts.ScriptKind.JS));
  return [...found];
}

/** The presets of this repository: the file of each, and the name of its provider. */
export function readPresets() {
  const directory = join(repository, 'packages/providers/src');
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const name = /\bname: ['"`]([^'"`]+)['"`]/.exec(readFileSync(join(directory, file), 'utf8'))?.[1];
      return name === undefined ? [] : [{ file: file.slice(0, -3), name }];
    });
}
