/** Checks that a published manifest is complete, and that the tarball matches it. */

/** The importable names of a package, including those matched by a `*`, as in `exports` (`./stripe`). */
export function listEntries(manifest, files) {
  return Object.keys(manifest.exports ?? {}).flatMap((key) => {
    if (key === './package.json') return [];
    if (!key.includes('*')) return [key];
    const target = pathsOf(manifest.exports[key]).find((path) => path.endsWith('.js'));
    const [before, after] = (target ?? '').replace(/^\.\//, '').split('*');
    if (after === undefined) return [];
    // Several patterns may lead to the same code, with declarations for a part of it.
    const declarations = pathsOf(manifest.exports[key]).filter((path) => /\.d\.c?ts$/.test(path));
    const isDeclared = (name) =>
      declarations.every((path) => files.includes(path.replace(/^\.\//, '').replace('*', name)));
    return files
      .filter((file) => file.startsWith(before) && file.endsWith(after))
      .map((file) => file.slice(before.length, file.length - after.length))
      .filter((name) => !name.startsWith('chunk-') && isDeclared(name))
      .map((name) => key.replace('*', name));
  });
}

/** @returns {string[]} one sentence for each promise that is missing or broken */
export function findManifestFaults(manifest, files) {
  const faults = [];
  for (const field of ['name', 'version', 'description', 'license', 'engines', 'exports', 'files']) {
    if (manifest[field] === undefined) faults.push(`It has no "${field}".`);
  }
  if (manifest.private === true) faults.push('It is private and would not be published.');
  if (manifest.type !== 'module') faults.push('Its "type" is not "module".');
  if (manifest.sideEffects !== false) faults.push('It does not say "sideEffects": false, so bundlers keep all of it.');
  if (!files.includes('LICENSE')) faults.push('Its tarball has no LICENSE.');
  for (const file of files.filter((path) => /(^|\/)(test|tests|node_modules)\//.test(path) || /\.test\./.test(path))) {
    faults.push(`Its tarball holds ${file}.`);
  }
  for (const field of ['dependencies', 'peerDependencies', 'optionalDependencies']) {
    for (const [name, range] of Object.entries(manifest[field] ?? {})) {
      if (/^(workspace|catalog|file|link):/.test(range)) faults.push(`${field} has ${name} as ${range}.`);
    }
  }
  for (const path of [...pathsOf(manifest.exports), ...pathsOf(manifest.imports)].map((path) =>
    path.replace(/^\.\//, ''),
  )) {
    const [before, after] = path.split('*');
    const isThere = files.some((file) =>
      after === undefined ? file === path : file.startsWith(before) && file.endsWith(after),
    );
    if (!isThere) faults.push(`It points to ${path}, which is not in its tarball.`);
  }
  // TypeScript's older way of resolving (node10) reads no exports.
  for (const [entry, target] of Object.entries(manifest.exports ?? {})) {
    const types = target?.import?.types;
    if (types === undefined) continue;
    const older = entry === '.' ? manifest.types : manifest.typesVersions?.['*']?.[entry.slice(2)]?.[0];
    if (older !== types) faults.push(`moduleResolution node10 does not find the types of ${entry}: ${types}.`);
  }
  return faults;
}

function pathsOf(entry) {
  if (typeof entry === 'string') return [entry];
  return Object.values(entry ?? {}).flatMap(pathsOf);
}
