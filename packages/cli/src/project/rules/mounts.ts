/** The middleware, webhooks and routers that an app of Express, Koa, Nest or Hono mounts, in order. */

import type { Binding } from '../binding.ts';
import {
  findBodyParser,
  findHandwrittenCheck,
  functionOf,
  isBodyRead,
  isRawParser,
  receiverOf,
  usesCountersign,
} from '../known-calls.ts';
import type { SourceFile } from '../source-file.ts';
import {
  calledName,
  childOf,
  childrenOf,
  findWithin,
  identifierOf,
  isCall,
  isFunction,
  isMember,
  keyName,
  type Syntax,
  unwrap,
} from '../syntax.ts';

/** The identity of an app: a name, or `this.app`. */
export type AppKey = Binding | string;

/** One thing that is mounted. */
export interface Mount {
  readonly file: SourceFile;
  readonly node: Syntax;
  /** Undefined for all paths; null for one that the code does not show. */
  readonly path: string | null | undefined;
  readonly what:
    | { readonly kind: 'parser'; readonly name: string; readonly isSure: boolean }
    | {
        readonly kind: 'webhook';
        readonly isOurs: boolean;
        readonly isSure: boolean;
        readonly parser?: string | undefined;
      }
    | { readonly kind: 'raw' }
    | { readonly kind: 'router'; readonly router: Syntax };
}

/** The apps of a file with everything they mount, in the order of the source. */
export function readMounts(file: SourceFile): ReadonlyMap<AppKey, readonly Mount[]> {
  const apps = new Map<AppKey, Mount[]>();
  const calls = file.calls
    .filter((call) => isMember(unwrap(childOf(call, 'callee'))))
    .sort((left, right) => placeOf(left) - placeOf(right));
  for (const call of calls) {
    const { root, routePath } = chainOf(file, call);
    const key = root === undefined ? undefined : appKeyOf(file, root);
    if (key === undefined) continue;
    const mounts = apps.get(key) ?? [];
    apps.set(key, mounts);
    mounts.push(...mountsOf(file, call, routePath));
  }
  return apps;
}

/** The identity of an app, or undefined for anything else. */
export function appKeyOf(file: SourceFile, node: Syntax | undefined): AppKey | undefined {
  const inner = unwrap(node);
  if (isMember(inner)) {
    const name = keyName(inner);
    return childOf(inner, 'object')?.type === 'ThisExpression' && /app|server|router/i.test(name ?? '')
      ? `this.${name}`
      : undefined;
  }
  if (inner?.type !== 'Identifier') return undefined;
  const binding = file.bindingOf(inner);
  if (binding === undefined) return undefined;
  const isMade = appMakers.has(file.calleeOf(unwrap(binding.value)) ?? '');
  const isTyped = appTypes.test(binding.typeName ?? '');
  const isNamed = binding.isParameter && /^(?:app|router|server|expressApp)$/.test(binding.name);
  const isImported = binding.module?.startsWith('.') === true;
  return isMade || isTyped || isNamed || isImported ? binding : undefined;
}

const appMakers = new Set([
  'express',
  'express.Router',
  'koa',
  '@koa/router',
  '@koa/router.Router',
  'koa-router',
  'hono.Hono',
  '@nestjs/core.NestFactory.create',
]);
const appTypes = /^(?:Express|Application|Router|IRouter|INestApplication|NestExpressApplication|Hono)$/;
const verbs = new Set(['use', 'all', 'get', 'post', 'put', 'patch', 'delete', 'on']);

function placeOf(call: Syntax): number {
  return childOf(unwrap(childOf(call, 'callee')), 'property')?.start ?? call.start;
}

/** `app` of `app.use(a).post(b)`, and the path of `app.route(path).post(b)`. */
function chainOf(
  file: SourceFile,
  call: Syntax,
): { readonly root: Syntax | undefined; readonly routePath?: string | null } {
  let root = unwrap(childOf(unwrap(childOf(call, 'callee')), 'object'));
  let routePath: string | null | undefined;
  while (isCall(root) && isMember(unwrap(childOf(root, 'callee')))) {
    const name = calledName(root) ?? '';
    if (name === 'route') routePath = file.textOf(childrenOf(root, 'arguments')[0]) ?? null;
    else if (!verbs.has(name)) return { root: undefined };
    root = unwrap(childOf(unwrap(childOf(root, 'callee')), 'object'));
  }
  return routePath === undefined ? { root } : { root, routePath };
}

function mountsOf(file: SourceFile, call: Syntax, routePath: string | null | undefined): readonly Mount[] {
  const name = calledName(call) ?? '';
  const given = childrenOf(call, 'arguments');
  // Hono's on(method, path, handler).
  const [first, ...rest] = name === 'on' ? given.slice(1) : given;
  if (name === 'useBodyParser') {
    const kind = file.textOf(first) ?? 'json';
    const at = { file, node: call, path: undefined };
    return kind === 'raw'
      ? []
      : [{ ...at, what: { kind: 'parser', name: `app.useBodyParser('${kind}')`, isSure: given.length === 1 } }];
  }
  if (!verbs.has(name)) return [];
  const hasPath = routePath === undefined && (name !== 'use' || isPath(file, first));
  const path = hasPath ? (file.textOf(first) ?? null) : routePath;
  const handlers = (hasPath ? rest : given).flatMap(listed);
  const mounts: Mount[] = [];
  let parser: string | undefined;
  for (const handler of handlers) {
    const mount = (what: Mount['what']) => mounts.push({ file, node: handler, path, what });
    const found = findBodyParser(file, handler) ?? findValidator(file, handler) ?? findReader(file, handler);
    if (name === 'use' && isRawParser(file, handler)) {
      mount({ kind: 'raw' });
      continue;
    }
    if (found !== undefined) {
      if (name === 'use') mount({ kind: 'parser', ...found });
      else parser ??= found.name;
      continue;
    }
    const check = usesCountersign(file, handler) ? 'ours' : findHandwrittenCheck(file, handler);
    if (check !== undefined) {
      mount({ kind: 'webhook', isOurs: check === 'ours', isSure: check !== 'likely', parser });
    } else if (name === 'use') {
      const router = routerOf(handler);
      if (router !== undefined) mount({ kind: 'router', router });
    }
  }
  // If middleware and handler are in one route, the webhook counts once.
  const [webhook] = mounts.filter(({ what }) => what.kind === 'webhook');
  return webhook === undefined ? mounts : [...mounts.filter(({ what }) => what.kind !== 'webhook'), webhook];
}

/** `router`, and for Koa `router.routes()`. */
function routerOf(handler: Syntax): Syntax | undefined {
  const inner = unwrap(handler);
  const router = isCall(inner) && calledName(inner) === 'routes' ? unwrap(receiverOf(inner)) : inner;
  return router?.type === 'Identifier' ? router : undefined;
}

/** `['a', 'b']` instead of a and b. */
function listed(node: Syntax): readonly Syntax[] {
  const inner = unwrap(node);
  return inner?.type === 'ArrayExpression' ? childrenOf(inner, 'elements') : [node];
}

function isPath(file: SourceFile, node: Syntax | undefined): boolean {
  const value = file.valueOf(node);
  if (value === undefined || isFunction(value) || isCall(value)) return false;
  if (
    file.textOf(value) !== undefined ||
    ['RegExpLiteral', 'NewExpression', 'TemplateLiteral', 'BinaryExpression'].includes(value.type)
  )
    return true;
  if (value.type === 'ArrayExpression') return childrenOf(value, 'elements').every((one) => isPath(file, one));
  const isNamed = isMember(value) || value.type === 'Identifier';
  return isNamed && /path|route|url|prefix|base|endpoint/i.test(file.text.slice(value.start, value.end));
}

/** Hono validators read the body to check it. */
function findValidator(
  file: SourceFile,
  node: Syntax,
): { readonly name: string; readonly isSure: boolean } | undefined {
  const call = file.valueOf(node);
  if (!isCall(call) || !/(?:^|\.)[a-z]*validator$/i.test(file.calleeOf(call) ?? '')) return undefined;
  const target = file.textOf(childrenOf(call, 'arguments')[0]);
  return target === 'json' || target === 'form'
    ? { name: `${calledName(call)}('${target}')`, isSure: true }
    : undefined;
}

/** Hono middleware that reads the body before it calls next(). */
function findReader(file: SourceFile, node: Syntax): { readonly name: string; readonly isSure: boolean } | undefined {
  const middleware = functionOf(file, node);
  if (middleware === undefined || !isFunction(middleware)) return undefined;
  const [context, next] = childrenOf(middleware, 'params').map(identifierOf);
  if (context === undefined || next === undefined || usesCountersign(file, middleware)) return undefined;
  const read = findWithin(middleware, (piece) => isBodyRead(piece, context));
  const goesOn = findWithin(middleware, (piece) => isCall(piece) && identifierOf(childOf(piece, 'callee')) === next);
  if (read === undefined || goesOn === undefined || read.start > goesOn.start) return undefined;
  const isHono = /\.req\./.test(file.text.slice(read.start, read.end));
  const isConditional = [...file.around(read)].some(
    (outer) => outer.type === 'IfStatement' && outer.start > middleware.start,
  );
  return isHono ? { name: `${context}.req.${calledName(read)}()`, isSure: !isConditional } : undefined;
}
