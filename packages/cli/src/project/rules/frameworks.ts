/** Finds missing settings in Next.js and Nest for raw bodies, runtimes without Node, and stores that forget. */

import { frameworks } from '@countersign/adapter-servers/frameworks';
import type { Finding } from '../finding.ts';
import { findHandwrittenCheck, usesCountersign } from '../known-calls.ts';
import { exportedConst, exportedDefault, findReached } from '../module-exports.ts';
import { findImported, type Project } from '../project-files.ts';
import type { SourceFile } from '../source-file.ts';
import { childOf, childrenOf, fieldOf, identifierOf, isWholeObject, type Syntax, unwrap } from '../syntax.ts';
import { type Mount, readMounts } from './mounts.ts';

/** body_parser_on: Next.js's Pages Router parses bodies unless the file itself switches that off. */
export function findPagesConfig(file: SourceFile): readonly Finding[] {
  if (!/(?:^|\/)pages\/api\//.test(file.path)) return [];
  const handler = exportedDefault(file);
  const isOurs =
    usesCountersign(file, handler) || file.imports.some(({ module }) => module === '@countersign/next/pages');
  const check = isOurs ? 'ours' : findHandwrittenCheck(file, handler);
  if (check === undefined) return [];
  const config = exportedConst(file, 'config');
  const api = fieldOf(file.valueOf(config), 'api');
  const bodyParser = fieldOf(file.valueOf(api), 'bodyParser');
  const isOff = file.valueOf(bodyParser)?.value === false;
  if (isOff) return [];
  const isReexported =
    config === undefined &&
    file.pieces.some((one) => one.type === 'ExportSpecifier' && identifierOf(childOf(one, 'exported')) === 'config');
  return [
    {
      rule: 'body_parser_on',
      certainty: check === 'likely' || isReexported ? 'looks_like' : 'found',
      file: file.path,
      line: handler?.line ?? 1,
      what: isReexported
        ? 'config is exported from another file, but Next.js only reads it from the source of this one, so its body parser stays on.'
        : "Next.js's body parser is on for this API route, so the signed bytes are gone.",
      fix: 'Add to this file: export const config = { api: { bodyParser: false } };',
    },
  ];
}

/** raw_body_off: Nest parses every body, before middleware of modules and before controllers. */
export function findNestApps(project: Project): readonly Finding[] {
  const files = [...project.files.values()];
  const users = files.flatMap((file) => webhooksWithinNest(file));
  const makers = nestMakers(files);
  return makers.flatMap(({ file, call }): Finding[] => {
    const reached = findReached(project, file);
    const user = users.find((one) => reached.has(one.file)) ?? (makers.length === 1 ? users[0] : undefined);
    if (user === undefined) return [];
    const given = childrenOf(call, 'arguments').slice(1);
    // An adapter for a platform is not an options object.
    const options = given.map((one) => file.valueOf(one)).filter((one) => one?.type !== 'NewExpression');
    const says = (one: Syntax | undefined, name: string, value: boolean) =>
      file.valueOf(fieldOf(one, name))?.value === value;
    if (options.some((one) => says(one, 'rawBody', true) || says(one, 'bodyParser', false))) return [];
    // Options from elsewhere may include it, and a module may be imported with an alias.
    const isComputed = options.some((one) => fieldOf(one, 'rawBody') !== undefined && !says(one, 'rawBody', false));
    const isSure = user.isSure && !isComputed && options.every(isWholeObject) && reached.has(user.file);
    return [
      {
        rule: 'raw_body_off',
        certainty: isSure ? 'found' : 'looks_like',
        file: file.path,
        line: call.line,
        what: `Nest parses the body of every request and keeps no raw bytes, which ${user.file.path}:${user.line} needs.`,
        fix: 'NestFactory.create(AppModule, { rawBody: true }).',
      },
    ];
  });
}

/** The calls that create a Nest app. */
function nestMakers(files: readonly SourceFile[]) {
  return files.flatMap((file) =>
    file.calls
      .filter((call) => file.calleeOf(call) === '@nestjs/core.NestFactory.create')
      .map((call) => ({ file, call })),
  );
}

/**
 * body_parser_first: a parser mounted on the Nest app runs before Nest's own, which is then skipped and keeps no raw
 * bytes.
 *
 * @see `registerParserMiddleware` and `isMiddlewareApplied` of `@nestjs/platform-express` 12.5.1 (read 2026-11-26)
 */
export function findParsersBeforeNest(project: Project): readonly Finding[] {
  const files = [...project.files.values()];
  const [user] = files.flatMap((file) => webhooksWithinNest(file));
  if (user === undefined) return [];
  const makers = new Set(nestMakers(files).map(({ file }) => file));
  return [...makers].flatMap((file) =>
    mountsOnNest(file).flatMap(({ node, path, what }): Finding[] => {
      if (what.kind !== 'parser' || what.name.startsWith('app.useBodyParser') || !(path === undefined || path === '/'))
        return [];
      return [
        {
          rule: 'body_parser_first',
          certainty: what.isSure && user.isSure ? 'found' : 'looks_like',
          file: file.path,
          line: node.line,
          what: `${what.name} runs before Nest's own parser, which then keeps no raw bytes, but ${user.file.path}:${user.line} needs them.`,
          fix: "Remove it. To raise the limit: app.useBodyParser('json', { limit: '5mb' }), which keeps the bytes with rawBody: true.",
        },
      ];
    }),
  );
}

/** Middleware that a file mounts on Nest apps, not on a separate Express app. */
function mountsOnNest(file: SourceFile): readonly Mount[] {
  return [...readMounts(file)].flatMap(([key, mounts]) => {
    if (typeof key === 'string') return mounts;
    const isMade = file.calleeOf(unwrap(key.value)) === '@nestjs/core.NestFactory.create';
    return isMade || /^(?:INestApplication|NestExpressApplication)$/.test(key.typeName ?? '') ? mounts : [];
  });
}

/**
 * event_unverified: a parameter with `@VerifiedEvent()` on a method without `@Webhook()`. It throws for each request.
 */
export function findUnverifiedEvents(file: SourceFile): readonly Finding[] {
  const isOf = (node: Syntax, names: readonly string[]) =>
    childrenOf(node, 'decorators').some((one) =>
      names.some((name) => file.calleeOf(childOf(one, 'expression')) === `@countersign/nest.${name}`),
    );
  // The meaning of a decorator of the project itself cannot be determined here.
  const isFromNest = (node: Syntax) =>
    childrenOf(node, 'decorators').every((one) => file.calleeOf(childOf(one, 'expression'))?.startsWith('@') === true);
  return file.pieces.flatMap((controller) => {
    if (controller.type !== 'ClassDeclaration' || isOf(controller, ['Webhook'])) return [];
    // A subclass may be the controller.
    const isController = childrenOf(controller, 'decorators').some(
      (one) => file.calleeOf(childOf(one, 'expression')) === '@nestjs/common.Controller',
    );
    return childrenOf(childOf(controller, 'body'), 'body').flatMap((method): Finding[] => {
      const asks = childrenOf(method, 'params').some((one) => isOf(one, ['VerifiedEvent', 'WebhookContext']));
      if (!asks || isOf(method, ['Webhook'])) return [];
      return [
        {
          rule: 'event_unverified',
          certainty: isController && isFromNest(controller) && isFromNest(method) ? 'found' : 'looks_like',
          file: file.path,
          line: method.line,
          what: '@VerifiedEvent() is on a method without @Webhook(), so nothing is verified there and each request gets 500.',
          fix: "Put @Webhook('name') on the method or its controller, with the name of a receiver of WebhooksModule.",
        },
      ];
    });
  });
}

/**
 * Places where a controller, a guard or middleware of a module verifies; middleware on the app itself runs before
 * Nest's parsers.
 */
function webhooksWithinNest(
  file: SourceFile,
): readonly { readonly file: SourceFile; readonly line: number; readonly isSure: boolean }[] {
  if (!file.imports.some(({ module }) => module === '@nestjs/common')) return [];
  return file.pieces.flatMap((node) => {
    if (node.type !== 'ClassDeclaration') return [];
    const check = usesCountersign(file, node) ? 'sure' : findHandwrittenCheck(file, node);
    return check === undefined ? [] : [{ file, line: node.line, isSure: check === 'sure' }];
  });
}

const ofNode = /^(?:node:)?(?:crypto|net|tls|fs|http|https|zlib|stream|child_process)(?:\/.*)?$/;
const nodeModules = new Set(frameworks.flatMap((framework) => framework.nodeModules));

/** runtime_without_node: modules that the edge runtime of Next.js does not have. */
export function findEdgeRuntimes(project: Project): readonly Finding[] {
  return [...project.files.values()].flatMap((file): Finding[] => {
    const declared = exportedConst(file, 'runtime');
    const runtime = file.textOf(declared);
    const isLegacy = file.textOf(fieldOf(file.valueOf(exportedConst(file, 'config')), 'runtime')) === 'edge';
    if (runtime !== 'edge' && runtime !== 'experimental-edge' && !isLegacy) return [];
    const reached = findNodeImport(project, file, new Set());
    if (reached === undefined) return [];
    return [
      {
        rule: 'runtime_without_node',
        certainty: 'found',
        file: reached.file.path,
        line: reached.line,
        what: `${reached.module} needs Node, but ${file.path} runs on the edge runtime, which does not have it.`,
        fix: "Remove runtime = 'edge', or use @countersign/next or @countersign/http/fetch with @countersign/core, which run on Web Crypto.",
      },
    ];
  });
}

function findNodeImport(
  project: Project,
  file: SourceFile,
  seen: Set<SourceFile>,
): { readonly file: SourceFile; readonly line: number; readonly module: string } | undefined {
  if (seen.has(file)) return undefined;
  seen.add(file);
  for (const { module, node } of file.imports) {
    if (ofNode.test(module) || nodeModules.has(module)) return { file, line: node.line, module };
    const next = findImported(project, file, module);
    const reached = next === undefined ? undefined : findNodeImport(project, next, seen);
    if (reached !== undefined) return reached;
  }
  return undefined;
}

/** memory_store_serverless: instances of a function share no memory. */
export function findForgetfulStores(project: Project): readonly Finding[] {
  return [...project.files.values()].flatMap((file) => {
    const reason = functionReason(project, file);
    if (reason === undefined) return [];
    return file.calls.flatMap((call): Finding[] =>
      file.calleeOf(call) === '@countersign/core.memoryStore'
        ? [
            {
              rule: 'memory_store_serverless',
              certainty: 'looks_like',
              file: file.path,
              line: call.line,
              what: `memoryStore() in code that seems to run as a serverless function (${reason}): instances share no memory, so an event can run twice.`,
              fix: 'Use a store from @countersign/stores; memoryStore() is only for trying out and for tests.',
            },
          ]
        : [],
    );
  });
}

function functionReason(project: Project, file: SourceFile): string | undefined {
  const modules = file.imports.map(({ module }) => module);
  if (modules.includes('@countersign/http/aws-lambda')) return '@countersign/http/aws-lambda';
  if (file.textOf(exportedConst(file, 'runtime')) === 'edge') return "runtime = 'edge'";
  const folder = project.functionFolders.find((one) => file.path.startsWith(one));
  return folder === undefined
    ? undefined
    : `a configuration for functions in ${folder === '' ? 'the folder of the project' : folder}`;
}
