/** Rules on what the manifests of `packages/` may depend on. */
import { folderOf } from './rooms.mjs';

/**
 * @param {import('./rooms.mjs').Room[]} rooms
 * @returns {import('./check.mjs').Violation[]}
 */
export function checkManifests(rooms) {
  return rooms.flatMap(({ folder, rule, manifest }) => {
    const file = `packages/${folder}/package.json`;
    if (rule === undefined) {
      const sentence = `packages/${folder} is not on the map of rooms (.ci/source-rules/map.mjs).`;
      return [{ file, rule: 'room-unknown', sentence }];
    }
    return ['dependencies', 'optionalDependencies', 'peerDependencies'].flatMap((field) =>
      Object.keys(manifest[field] ?? {}).flatMap((name) => {
        const fault = faultOf(folder, rule, field, name);
        return fault === undefined ? [] : [{ file, ...fault }];
      }),
    );
  });
}

function faultOf(folder, { imports, runtime }, field, name) {
  const room = folderOf(name);
  if (room !== undefined) {
    if (imports.includes(room)) return undefined;
    const allowed = imports.length === 0 ? 'it imports no other room' : `it imports ${imports.join(', ')} only`;
    return { rule: 'room-direction', sentence: `${folder} must not depend on ${room}; ${allowed}.` };
  }
  if (field === 'peerDependencies' && folder !== 'core') return undefined;
  if (field === 'dependencies' && runtime.includes(name)) return undefined;
  const sentence = `${folder} must not have ${name} in its ${field}: every user would install it.`;
  return { rule: 'runtime-dependency', sentence };
}
