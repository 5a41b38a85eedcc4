/** node:fs for the tests on workerd: the files that they read are in the bundle, by their URLs. */
import * as fs from 'node:fs';
import { embeddedFiles } from 'embedded-files';

export * from 'node:fs';

export function readFileSync(path, ...rest) {
  const text = embeddedFiles.get(String(path));
  if (text === undefined) return fs.readFileSync(path, ...rest);
  return rest[0] === 'utf8' ? text : Buffer.from(text);
}

export function existsSync(path) {
  return embeddedFiles.has(String(path)) || namesBelow(path).length > 0 || fs.existsSync(path);
}

export function readdirSync(path, options) {
  const names = namesBelow(path);
  if (names.length === 0) return fs.readdirSync(path, options);
  return options?.recursive === true ? names : names.filter((name) => !name.includes('/'));
}

function namesBelow(folder) {
  return [...embeddedFiles.keys()]
    .filter((url) => url.startsWith(String(folder)))
    .map((url) => url.slice(String(folder).length));
}
