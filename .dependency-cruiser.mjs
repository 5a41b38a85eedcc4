/**
 * What may import what, types counted. `node scripts/run.mjs rooms` checks it. The folders, and the order of the files in core,
 * cli and testing, are in `.ci/source-rules/map.mjs`.
 *
 * Paths are regular expressions over paths from the root; `$1` is the group that `from` has found. An import that leads nowhere has
 * its own name instead of a path, and one of another package of this workspace has the path of its source.
 */
import { fileURLToPath } from 'node:url';
import { jwtFiles, layers, scope, unscoped } from './.ci/source-rules/map.mjs';
import { folderOf, listRooms, nameOf } from './.ci/source-rules/rooms.mjs';

const source = '^packages/([^/]+)/src/';
const installed = '(^|/)node_modules/';
const packageNames = [scope, ...Object.keys(unscoped)].map((name) => `^${name}`);

/** Rules that are the same for every package. */
const common = [
  {
    name: 'own-name',
    comment: 'Inside a package, a file is imported by its path, never by the name of the package.',
    from: { path: source },
    to: { path: '^packages/$1/', dependencyTypes: ['undetermined'] },
  },
  {
    name: 'public-name',
    comment: 'No path leads out of a package: another package is imported by its public name.',
    // The configurations of the builds share one file in the root.
    from: { path: '^((?:packages|examples)/[^/]+|bench)/', pathNot: '^packages/[^/]+/tsup\\.config\\.ts$' },
    to: { dependencyTypes: ['local'], pathNot: '^$1/' },
  },
  {
    name: 'published-only',
    comment: 'Code in src is published and imports no file outside of src.',
    from: { path: source },
    to: { path: '^packages/$1/', pathNot: '^packages/$1/src/' },
  },
  {
    name: 'missing-file',
    comment: 'A file, or an inner name such as #crypto, is imported only if it exists.',
    from: {},
    to: { couldNotResolve: true, path: '^[.#]' },
  },
  {
    name: 'unresolved',
    comment:
      'A package is imported only if the manifest next to the file declares it, and only by a name that it exports.',
    from: {},
    to: { couldNotResolve: true, pathNot: '^[.#]' },
  },
  {
    name: 'undeclared',
    comment: 'Published code imports only what is among the dependencies or peerDependencies of its manifest.',
    from: { path: source },
    to: { path: installed, dependencyTypesNot: ['npm', 'npm-peer'] },
  },
  {
    name: 'sender-packages',
    comment:
      'Of the packages of senders only types are imported, and only in typed/ and samples/: an app need not have them.',
    from: { path: '^packages/providers/src/' },
    to: { dependencyTypes: ['npm-peer'], dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'sender-packages-outside',
    comment: 'Only typed/ and samples/ import the packages of senders.',
    from: { path: '^packages/providers/src/', pathNot: '^packages/providers/src/(?:typed|samples)/' },
    to: { dependencyTypes: ['npm-peer'] },
  },
  {
    name: 'undeclared-anywhere',
    comment: 'Tests, examples and the bench import only what their manifest or that of the workspace declares.',
    from: { pathNot: source },
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  },
  {
    name: 'jose',
    comment: 'Only the files of @countersign/core/jwt import jose, so that nobody else loads it.',
    from: { path: source, pathNot: filesOf('core', jwtFiles) },
    to: { path: [`${installed}jose/`, '^jose(/|$)'] },
  },
  {
    name: 'jose-through-jwt',
    comment: 'Only the files of @countersign/core/jwt import each other: everything else would load jose.',
    from: { path: '^packages/core/src/', pathNot: filesOf('core', jwtFiles) },
    to: { path: filesOf('core', jwtFiles) },
  },
  {
    name: 'cycle',
    comment: 'Imports do not go in a circle.',
    from: {},
    to: { circular: true },
  },
  {
    // #crypto leads to several files, of which only the one for Node is followed here. This rule refuses what could close a circle
    // through the others, since they import nothing that is above them.
    name: 'inner-name-below',
    comment: 'Neither the backends nor the files below them import a backend by its inner name.',
    from: { path: filesOf('core', layers.core.slice(0, rowOf('crypto/') + 1).flat()) },
    to: { dependencyTypes: ['aliased-subpath-import'] },
  },
  ...Object.entries(layers).flatMap(([folder, rows]) => rows.map((row, position) => orderRule(folder, row, position))),
];

/** Rules about one folder of `packages/`. */
function rulesOf({ folder, rule, manifest }) {
  const { imports, bundled = [], node } = rule;
  const declared = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }).flatMap(
    (name) => folderOf(name) ?? [],
  );
  const from = { path: `^packages/${folder}/src/` };
  return [
    {
      name: `room-direction-${folder}`,
      comment: `${folder} imports ${imports.length === 0 ? 'no other room' : `${imports.join(', ')} only`}.`,
      from,
      to: { path: ['^packages/', ...packageNames], pathNot: [folder, ...imports].flatMap(placesOf) },
    },
    {
      name: `undeclared-room-${folder}`,
      comment: `A package that ${folder} imports is among its dependencies or peerDependencies.`,
      from,
      to: { path: '^packages/', pathNot: [folder, ...declared, ...bundled].flatMap(placesOf) },
    },
    ...(node === true ? [] : [nodeRule(folder, node)]),
  ];
}

function nodeRule(folder, files) {
  return {
    name: `node-builtin-${folder}`,
    comment: `In ${folder}, ${files.length === 0 ? 'no file' : `only ${files.join(', ')}`} may import a module of Node.`,
    from: { path: `^packages/${folder}/src/`, pathNot: filesOf(folder, files) },
    to: { dependencyTypes: ['core'] },
  };
}

function orderRule(folder, row, position) {
  return {
    name: `${folder}-order-${position + 1}`,
    comment: `In ${folder}, ${row.join(', ')} must not import from a later row in the order of its files.`,
    from: { path: filesOf(folder, row) },
    to: { path: `^packages/${folder}/src/`, pathNot: filesOf(folder, layers[folder].slice(0, position + 1).flat()) },
  };
}

/** A rule that a file breaks by its mere existence: no import can satisfy it. */
function placeRule(folder) {
  return {
    name: `${folder}-place`,
    comment: `Every file of ${folder} has a row in the order of its files.`,
    module: { path: `^packages/${folder}/src/`, pathNot: filesOf(folder, layers[folder].flat()) },
    to: { path: '^a row in layers$' },
  };
}

/** The configuration for the tree in a folder. */
export function configurationOf(root) {
  const known = listRooms(root).filter(({ rule }) => rule !== undefined);
  const isError = (rule) => ({ severity: 'error', ...rule });
  return {
    forbidden: [...common, ...known.flatMap(rulesOf)].map(isError),
    required: Object.keys(layers).map(placeRule).map(isError),
    options: {
      doNotFollow: { path: '(^|/)(node_modules|dist|\\.next)(/|$)' },
      // What tests generate, such as a client of Prisma, and what frameworks write.
      exclude: {
        path: '(^|/)(\\.(cache|nitro|output|react-router|svelte-kit|tanstack|astro|vercel)/|next-env\\.d\\.ts$)',
      },
      tsPreCompilationDeps: true,
      parser: 'tsc',
      exoticRequireStrings: ['require.resolve'],
      // What the root declares is a tool for every package.
      combinedDependencies: true,
      enhancedResolveOptions: {
        exportsFields: ['exports'],
        // Sources instead of builds, and of each backend the file for Node.
        conditionNames: ['countersign-source', 'node', 'import', 'require', 'types', 'default'],
        mainFields: ['main', 'types'],
      },
    },
  };
}

/** Files (`crypto/node.ts`) and folders (`crypto/`) of a package's src as regular expressions. */
function filesOf(folder, places) {
  const ends = (place) => (place.endsWith('/') ? place : `${place}$`);
  return places.map((place) => `^packages/${folder}/src/${ends(place).replaceAll('.', '\\.')}`);
}

/** A package of this workspace: its files, and its name where it leads nowhere. */
function placesOf(folder) {
  return [`^packages/${folder}/`, `^${nameOf(folder)}(/|$)`];
}

function rowOf(place) {
  return layers.core.findIndex((row) => row.includes(place));
}

export default configurationOf(fileURLToPath(new URL('.', import.meta.url)));
