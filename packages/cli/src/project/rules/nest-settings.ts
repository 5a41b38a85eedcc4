/** The settings that move the routes of a Nest app: its global prefix and its versioning. */

import { receiverOf } from '../known-calls.ts';
import type { SourceFile } from '../source-file.ts';
import { calledName, childrenOf, fieldOf, isCall, isMember, keyName, type Syntax, unwrap } from '../syntax.ts';
import { covers } from './mount-paths.ts';
import { appKeyOf } from './mounts.ts';
import { type NestRoute, versionsOf } from './nest-routes.ts';

/** The final paths of controllers' routes and of modules' middleware. */
export interface NestPaths {
  /** The settings that moved them, as written in code. */
  readonly cause: string;
  /** True if all of it can be read off the code. */
  readonly isSure: boolean;
  /** The paths of a route in requests. */
  readonly servedPaths: (route: NestRoute) => readonly string[];
  /** The same without the prefix, the version or both. */
  readonly partialPaths: (route: NestRoute) => readonly string[];
  /** The paths on which a module's middleware for a path runs. */
  readonly middlewarePaths: (path: string, version: string | undefined) => readonly string[];
}

/** Versions as path segments; undefined if they are elsewhere. */
interface Versioning {
  readonly prefix: string;
  readonly defaults: readonly string[];
}

/** The settings from the calls in an app's files; undefined if nothing moves a route. */
export function readNestPaths(files: readonly SourceFile[]): NestPaths | undefined {
  const [prefixing] = callsOf(files, 'setGlobalPrefix');
  const [versioned] = callsOf(files, 'enableVersioning');
  const prefix = prefixing === undefined ? '' : prefixOf(prefixing.file, prefixing.call);
  const excluded = prefixing === undefined ? [] : excludedFrom(prefixing.file, prefixing.call);
  const versioning = versioned === undefined ? undefined : versioningOf(versioned.file, versioned.call);
  if (prefix === '' && versioning === undefined) return undefined;
  const isExcluded = (path: string) => excluded === undefined || excluded.some((one) => isRoute(one, path));
  const prefixFor = (path: string) => (isExcluded(path) ? '' : (prefix ?? '/(prefix)'));
  const segmentsFor = ({ versions }: NestRoute) => segmentsOf(versioning, versions ?? versioning?.defaults ?? ['']);
  const causes = [prefixing && prefix !== '' && 'setGlobalPrefix()', versioning && 'enableVersioning()'];
  return {
    cause: causes.filter((one) => typeof one === 'string').join(' or '),
    isSure: prefix !== undefined,
    servedPaths: (route) => segmentsFor(route).map((version) => `${prefixFor(route.path)}${version}${route.path}`),
    partialPaths: (route) =>
      segmentsFor(route).flatMap((version) => [
        route.path,
        `${version}${route.path}`,
        `${prefix ?? ''}${route.path}`,
        `${prefix ?? ''}${version}${route.path}`,
      ]),
    middlewarePaths: (path, version) => {
      const local = `/${path.replace(/^\/+/, '')}`;
      // Without a version: the path without a version, and the one with the default version.
      const versions = version === undefined ? ['', ...(versioning?.defaults ?? [])] : [version];
      return segmentsOf(versioning, versions).map((segment) => `${prefixFor(local)}${segment}${local}`);
    },
  };
}

function callsOf(files: readonly SourceFile[], name: string) {
  return files.flatMap((file) =>
    file.calls
      .filter((call) => calledName(call) === name && appKeyOf(file, rootOf(call)) !== undefined)
      .map((call) => ({ file, call })),
  );
}

/** `app` of `app.setGlobalPrefix('api').enableVersioning()`. */
function rootOf(call: Syntax): Syntax | undefined {
  let root = unwrap(receiverOf(call));
  while (isCall(root) && receiverOf(root) !== undefined) root = unwrap(receiverOf(root));
  return root;
}

function prefixOf(file: SourceFile, call: Syntax): string | undefined {
  const text = file.textOf(childrenOf(call, 'arguments')[0])?.replace(/^\/+|\/+$/g, '');
  return text === undefined ? undefined : text === '' ? '' : `/${text}`;
}

/** Routes without the prefix; undefined if they cannot be determined. */
function excludedFrom(file: SourceFile, call: Syntax): readonly string[] | undefined {
  const options = file.valueOf(childrenOf(call, 'arguments')[1]);
  if (options === undefined) return [];
  const list = fieldOf(options, 'exclude');
  if (list === undefined) return options.type === 'ObjectExpression' ? [] : undefined;
  const paths = childrenOf(file.valueOf(list), 'elements').map((one) =>
    file.textOf(fieldOf(file.valueOf(one), 'path') ?? one),
  );
  return paths.length === 0 || paths.some((one) => one === undefined) ? undefined : (paths as readonly string[]);
}

function versioningOf(file: SourceFile, call: Syntax): Versioning | undefined {
  const options = file.valueOf(childrenOf(call, 'arguments')[0]);
  const type = fieldOf(options, 'type');
  const isInPath =
    options === undefined || (isMember(type) ? keyName(type) === 'URI' : file.valueOf(type)?.value === 0);
  if (!isInPath) return undefined;
  const prefix = fieldOf(options, 'prefix');
  const text = file.valueOf(prefix)?.value === false ? '' : (file.textOf(prefix) ?? 'v');
  return { prefix: text, defaults: versionsOf(file, fieldOf(options, 'defaultVersion')) };
}

function segmentsOf(versioning: Versioning | undefined, versions: readonly string[]): readonly string[] {
  if (versioning === undefined) return [''];
  const segments = versions.map((version) => (version === '' ? '' : `/${versioning.prefix}${version}`));
  return segments.length === 0 ? [''] : [...new Set(segments)];
}

/** True if an exclusion matches a path: as a whole, with `:name` for a segment and a trailing `*` for the rest. */
function isRoute(excluded: string, path: string): boolean {
  const pattern = excluded.replace(/\{?\/?(?:\(\.\*\)|\*\w*)\}?$/, '');
  if (pattern !== excluded) return covers(pattern, path);
  const count = (text: string) => text.split('/').filter((segment) => segment !== '').length;
  return count(excluded) === count(path) && covers(excluded, path);
}
