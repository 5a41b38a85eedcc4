/** The routes of Nest controllers that can receive a delivery. */

import { usesCountersign } from '../known-calls.ts';
import type { SourceFile } from '../source-file.ts';
import { childOf, childrenOf, fieldOf, isCall, type Syntax } from '../syntax.ts';

/** One route. */
export interface NestRoute {
  readonly file: SourceFile;
  /** The method of the controller. */
  readonly node: Syntax;
  /** From controller and method only, without the app's prefix. */
  readonly path: string;
  /** Its own versions, '' for none; undefined if the app's apply. */
  readonly versions: readonly string[] | undefined;
  /** True if its path and version can be read off the code. */
  readonly isSure: boolean;
  /** True if something in the controller itself verifies. */
  readonly isVerified: boolean;
}

const verbs = new Set(['Post', 'Put', 'Patch', 'Delete', 'All']);

/** The routes of all controllers. */
export function readNestRoutes(files: readonly SourceFile[]): readonly NestRoute[] {
  return files.flatMap((file) =>
    file.pieces.flatMap((node) => (node.type === 'ClassDeclaration' ? routesOf(file, node) : [])),
  );
}

function routesOf(file: SourceFile, controller: Syntax): readonly NestRoute[] {
  const given = decoratorOf(file, controller, (name) => name === '@nestjs/common.Controller');
  if (given === undefined) return [];
  const [argument] = childrenOf(given, 'arguments');
  const options = file.valueOf(argument);
  const isDescribed = options?.type === 'ObjectExpression';
  const bases = pathsOf(file, isDescribed ? fieldOf(options, 'path') : argument);
  const version = isDescribed ? fieldOf(options, 'version') : undefined;
  const isVerified = usesCountersign(file, controller);
  return childrenOf(childOf(controller, 'body'), 'body').flatMap((method) => {
    const route = decoratorOf(file, method, (name) => verbs.has(name.replace('@nestjs/common.', '')));
    if (route === undefined) return [];
    const own = decoratorOf(file, method, (name) => name === '@nestjs/common.Version');
    const versionNode = childrenOf(own, 'arguments')[0] ?? version;
    const paths = pathsOf(file, childrenOf(route, 'arguments')[0]);
    const isOurs = decoratorOf(file, method, (name) => name.startsWith('@countersign/nest.')) !== undefined;
    return bases.flatMap((base) =>
      paths.map((path) => ({
        file,
        node: method,
        path: `/${[...segments(base ?? ''), ...segments(path ?? '')].join('/')}`,
        versions: versionNode === undefined ? undefined : versionsOf(file, versionNode),
        isSure: base !== undefined && path !== undefined,
        isVerified: isVerified || isOurs,
      })),
    );
  });
}

/** The call in a decorator of this name. */
function decoratorOf(file: SourceFile, node: Syntax, isWanted: (name: string) => boolean): Syntax | undefined {
  return childrenOf(node, 'decorators')
    .map((one) => childOf(one, 'expression'))
    .find((one) => isCall(one) && isWanted(file.calleeOf(one) ?? ''));
}

/** The paths in an argument: none is the root, a list has several; undefined is one that cannot be determined. */
function pathsOf(file: SourceFile, node: Syntax | undefined): readonly (string | undefined)[] {
  if (node === undefined) return [''];
  const value = file.valueOf(node);
  if (value?.type === 'ArrayExpression') return childrenOf(value, 'elements').map((one) => file.textOf(one));
  return [file.textOf(node)];
}

function segments(path: string): readonly string[] {
  return path.split('/').filter((segment) => segment !== '');
}

/** `'1'`, `['1', '2']`; VERSION_NEUTRAL is not a segment. */
export function versionsOf(file: SourceFile, node: Syntax | undefined): readonly string[] {
  if (node === undefined) return [];
  const value = file.valueOf(node);
  if (value?.type === 'ArrayExpression') return childrenOf(value, 'elements').flatMap((one) => versionsOf(file, one));
  return [file.textOf(node) ?? ''];
}
