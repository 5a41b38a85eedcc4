/** Finds middleware in a Nest app that is on a different path than the controller it should protect. */

import type { Finding } from '../finding.ts';
import { usesCountersign } from '../known-calls.ts';
import { findImported, type Project } from '../project-files.ts';
import type { SourceFile } from '../source-file.ts';
import { calledName, childOf, childrenOf, fieldOf, identifierOf, isCall, type Syntax, unwrap } from '../syntax.ts';
import { covers } from './mount-paths.ts';
import { readMounts } from './mounts.ts';
import { type NestRoute, readNestRoutes } from './nest-routes.ts';
import { type NestPaths, readNestPaths } from './nest-settings.ts';

/** Countersign middleware on a path. */
interface Middleware {
  readonly file: SourceFile;
  readonly node: Syntax;
  /** As written in the source. */
  readonly written: string;
  /** The paths of the requests that it sees. */
  readonly paths: readonly string[];
}

/**
 * middleware_misses_route: `setGlobalPrefix()` and `enableVersioning()` move controllers, and leave `app.use(path, ...)` where it is.
 *
 * @see https://docs.nestjs.com/faq/global-prefix; RoutePathFactory and RouteInfoPathExtractor of `@nestjs/core` 12.5.1 (read 2026-11-26)
 */
export function findMissedRoutes(project: Project): readonly Finding[] {
  // If only a type is imported, no module import is left.
  const files = [...project.files.values()].filter(({ text }) => text.includes('@nestjs/'));
  const settings = readNestPaths(files);
  if (settings === undefined) return [];
  const routes = readNestRoutes(files);
  const middleware = files.flatMap((file) => [...mountedOnApp(file), ...appliedInModules(project, file, settings)]);
  const isSeen = (path: string) => middleware.some(({ paths }) => paths.some((one) => covers(one, path)));
  return middleware.flatMap((one): Finding[] => {
    const missed = routes.find(
      (route) =>
        !route.isVerified &&
        isMeant(one.written, route, settings) &&
        settings.servedPaths(route).some((path) => !isSeen(path)),
    );
    if (missed === undefined) return [];
    const served = settings.servedPaths(missed).find((path) => !isSeen(path)) ?? missed.path;
    const place = `${missed.file.path}:${missed.node.line}`;
    return [
      {
        rule: 'middleware_misses_route',
        certainty: settings.isSure && missed.isSure ? 'found' : 'looks_like',
        file: one.file.path,
        line: one.node.line,
        what: `The middleware at ${one.written} does not run for the controller at ${served} (${place}), which ${settings.cause} has moved: an unsigned request reaches it.`,
        fix: `Verify on the controller: put @Webhook('name') from @countersign/nest on its method. Or mount the middleware on the whole path, ${served}.`,
      },
    ];
  });
}

/** True if a path seems intended for a route: as the controller has it, or with a part of its prefix. */
function isMeant(written: string, route: NestRoute, { partialPaths }: NestPaths): boolean {
  return partialPaths(route).some((path) => covers(written, path));
}

/** `app.use('/hooks', webhookMiddleware(receiver))`. */
function mountedOnApp(file: SourceFile): readonly Middleware[] {
  return [...readMounts(file).values()].flat().flatMap(({ node, path, what }) => {
    if (what.kind !== 'webhook' || !what.isOurs || typeof path !== 'string') return [];
    return [{ file, node, written: path, paths: [path] }];
  });
}

/** `consumer.apply(webhookMiddleware(receiver)).forRoutes('hooks')`. A controller instead of a path means its routes. */
function appliedInModules(project: Project, file: SourceFile, settings: NestPaths): readonly Middleware[] {
  return file.calls.flatMap((call) => {
    const applied = calledName(call) === 'forRoutes' ? applyOf(call) : undefined;
    if (applied === undefined) return [];
    if (!childrenOf(applied, 'arguments').some((one) => isOurs(project, file, one))) return [];
    return childrenOf(call, 'arguments').flatMap((route): Middleware[] => {
      const described = file.valueOf(route);
      const path = file.textOf(fieldOf(described, 'path') ?? route);
      if (path === undefined) return [];
      const version = file.textOf(fieldOf(described, 'version'));
      return [{ file, node: route, written: path, paths: settings.middlewarePaths(path, version) }];
    });
  });
}

/** The `apply()` before `exclude()` and `forRoutes()`. */
function applyOf(call: Syntax): Syntax | undefined {
  let inner: Syntax | undefined = call;
  while (isCall(inner) && calledName(inner) !== 'apply')
    inner = unwrap(childOf(unwrap(childOf(inner, 'callee')), 'object'));
  return isCall(inner) ? inner : undefined;
}

/** Countersign middleware, or a class of the project that uses it. */
function isOurs(project: Project, file: SourceFile, node: Syntax): boolean {
  if (usesCountersign(file, node)) return true;
  const { module, imported, value } = file.bindingOf(unwrap(node) as Syntax) ?? {};
  if (value?.type === 'ClassDeclaration') return usesCountersign(file, value);
  const source = module === undefined ? undefined : findImported(project, file, module);
  const declared = source?.pieces.find(
    (one) => one.type === 'ClassDeclaration' && identifierOf(childOf(one, 'id')) === imported,
  );
  return source !== undefined && usesCountersign(source, declared);
}
