/** Rules on what may import what: rooms, packages, core's inner order, jose, `node:*`, cycles. */
import { findCycles } from './cycles.mjs';
import { coreLayers, isAdapter, jwtFiles, ruleOf } from './map.mjs';
import { isListed } from './packages.mjs';
import { resolveImport, roomOf } from './targets.mjs';

const mapPath = '.ci/source-rules/map.mjs';

/**
 * @typedef {{ file: string, line: number, rule: string, sentence: string }} Violation
 * @returns {Violation[]}
 */
export function checkDirections(root, packages, rootManifest) {
  const violations = [];
  const byName = new Map(packages.map((entry) => [entry.manifest.name, entry]));
  const edges = new Map();

  const adapters = packages.filter(({ isRoom, files }) => isRoom && isAdapter(files)).map(({ folder }) => folder);
  for (const entry of packages) {
    const owner = { ...entry, rule: entry.isRoom ? ruleOf(entry, adapters) : undefined };
    const refuse = (file, line, rule, sentence) => violations.push({ file, line, rule, sentence });
    if (owner.isRoom) checkManifest(owner, refuse);
    for (const file of owner.files) {
      const isSource = file.part === 'src';
      edges.set(file.path, []);
      if (isSource && owner.folder === 'core' && layerOf(file.place) < 0) {
        refuse(file.path, 1, 'core-order', `${file.place} has no row in the order of core's files (${mapPath}).`);
      }
      for (const found of file.imports) {
        const at = (rule, sentence) => refuse(file.path, found.line, rule, sentence);
        const target = resolveImport(root, owner, file, found, byName);
        for (const path of target.files) edges.get(file.path).push({ path, line: found.line });
        checkReach(owner, isSource, found, target, at);
        checkDeclared(owner, isSource, target, rootManifest, at);
        if (!owner.isRoom || !isSource) continue;
        checkRoom(owner, found, target, at);
        checkNodeAndJose(owner, file, target, at);
        if (owner.folder === 'core') checkCoreOrder(file, found, target, at);
      }
    }
  }
  return [...violations, ...findCycles(edges)];
}

function checkReach(owner, isSource, { specifier }, target, at) {
  if (target.kind === 'computed' && isSource) {
    at('computed-import', 'Imports a module whose name is computed at run time, which no check can follow.');
  } else if (target.kind === 'missing') {
    at('missing-file', `Imports ${specifier}, which is not there.`);
  } else if (target.kind === 'outside') {
    at('public-name', `Reaches out of its package by ${specifier}; a package is imported by its public name.`);
  } else if (target.kind === 'package' && !target.isExported) {
    at('public-name', `Imports ${specifier}, which ${target.name} does not export.`);
  } else if (target.kind === 'file' && isSource && owner.isRoom && !target.reached.startsWith('src/')) {
    if (!target.reached.startsWith('#')) at('public-name', `Published code imports ${target.reached}, outside of src.`);
  }
}

function checkDeclared(owner, isSource, target, rootManifest, at) {
  if (target.kind !== 'package' || target.name === owner.manifest.name) return;
  const { dependencies, peerDependencies, devDependencies } = owner.manifest;
  const isBundled = owner.rule?.bundled?.includes(target.name) === true;
  const isPublished = owner.isRoom && isSource && !isBundled;
  const places = [
    dependencies,
    peerDependencies,
    ...(isPublished ? [] : [devDependencies, rootManifest.devDependencies]),
  ];
  if (places.some((place) => place !== undefined && Object.hasOwn(place, target.name))) return;
  const where = isPublished ? 'the dependencies or peerDependencies' : 'any dependencies';
  at('undeclared', `Imports ${target.name}, which is not among ${where} of ${owner.manifestPath}.`);
}

function checkRoom(owner, { specifier }, { kind, name, room }, at) {
  if (kind !== 'package') return;
  if (name === owner.manifest.name) {
    at('room-direction', `Imports its own package by name (${specifier}); inside a package, import the file.`);
  } else if (room !== undefined && !isAllowedRoom(owner, room)) {
    at('room-direction', `${owner.folder} must not import ${room}${allowedRoomsOf(owner)}.`);
  }
}

function checkNodeAndJose(owner, file, { kind, name, files }, at) {
  const allowed = owner.rule?.node ?? [];
  if (kind === 'builtin' && allowed !== true && !isListed(file.place, allowed)) {
    const only = allowed.length === 0 ? 'no file' : `only ${allowed.join(', ')}`;
    at('node-builtin', `In ${owner.folder}, ${only} may import a module of Node.`);
  }
  const isJwt = owner.folder === 'core' && isListed(file.place, jwtFiles);
  if (name === 'jose' && !isJwt) {
    at('jose', 'Only the files of @countersign/core/jwt may import jose, so that nobody else loads it.');
  }
  const reachesJwt = files.some((path) => jwtFiles.some((entry) => path.startsWith(`packages/core/src/${entry}`)));
  if (owner.folder === 'core' && kind === 'file' && reachesJwt && !isJwt) {
    at('jose', 'Only the files of @countersign/core/jwt may import each other: everything else would load jose.');
  }
}

function checkCoreOrder(file, { specifier }, target, at) {
  for (const path of target.kind === 'file' ? target.files : []) {
    const place = path.replace('packages/core/src/', '');
    const [from, to] = [layerOf(file.place), layerOf(place)];
    if (from < 0 || to < 0 || to <= from) continue;
    at('core-order', `${file.place} stands below ${place} and must not import ${specifier}.`);
    // `#crypto` stands for several files of one row.
    return;
  }
}

function checkManifest({ folder, rule, manifest, manifestPath, manifestText }, refuse) {
  if (rule === undefined) {
    refuse(manifestPath, 1, 'room-unknown', `packages/${folder} is not on the map of rooms (${mapPath}).`);
    return;
  }
  const lineOfName = (name) => manifestText.slice(0, manifestText.indexOf(`"${name}"`)).split('\n').length;
  for (const field of ['dependencies', 'optionalDependencies', 'peerDependencies']) {
    for (const name of Object.keys(manifest[field] ?? {})) {
      const room = roomOf(name);
      const at = (rule, sentence) => refuse(manifestPath, lineOfName(name), rule, sentence);
      if (room !== undefined && !isAllowedRoom({ rule }, room)) {
        at('room-direction', `${folder} must not depend on ${room}${allowedRoomsOf({ rule })}.`);
      } else if (room === undefined && (field !== 'peerDependencies' || folder === 'core')) {
        if (rule.runtime.includes(name) && field === 'dependencies') continue;
        at('runtime-dependency', `${folder} must not have ${name} in its ${field}: every user would install it.`);
      }
    }
  }
}

function isAllowedRoom({ rule }, room) {
  return rule?.imports.includes(room) === true;
}

function allowedRoomsOf({ rule }) {
  const allowed = rule?.imports ?? [];
  return allowed.length === 0 ? '; it imports no other room' : `; it imports ${allowed.join(', ')} only`;
}

function layerOf(place) {
  return coreLayers.findIndex((row) => isListed(place, row));
}
