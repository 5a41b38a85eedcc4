/** The files of a route, and the folders that several frameworks share. */

import { posix } from 'node:path';
import { CliFailure } from '../frame/failure.ts';
import type { NewFile } from '../frame/new-files.ts';
import { printable } from '../frame/output.ts';
import type { AppProject } from './app-project.ts';

/** The files for a sender in a framework, and what else is needed. */
export interface RouteFiles {
  readonly files: readonly NewFile[];
  /** The path of the test. */
  readonly test: string;
  /** The path of the URL. */
  readonly url: string;
  /** The rest that the app itself needs, as lines of code or sentences; empty if the framework finds the route. */
  readonly mount: readonly string[];
  /** Packages that the test needs in addition. */
  readonly devDependencies: readonly string[];
}

/** `src/`, or nothing for a project without it. */
export function sourceFolder({ hasPath }: AppProject): string {
  return hasPath('src') ? 'src/' : '';
}

/** The folder as an import from the usual place of the app's first file. */
export function shownFolder(project: AppProject, folder: string): string {
  const path = posix.relative(sourceFolder(project), folder);
  return path.startsWith('.') ? path : `./${path}`;
}

/** A folder of its own for the route. @throws CliFailure usage */
export function routeFolder({ target }: AppProject, base: string, id: string): string {
  if (target !== undefined && !isWithin(target, base))
    throw new CliFailure('usage', `--dir must be in ${base}, whose folders are the URL, not ${printable(target)}.`);
  return target === undefined ? `${base}/webhooks/${id}` : `${target}/${id}`;
}

export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** Code of which all lines but the first are in a function. */
export function indented(code: string): string {
  return code.replaceAll('\n', '\n  ');
}
