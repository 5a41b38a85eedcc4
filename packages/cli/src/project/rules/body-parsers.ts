/** Finds body parsers that run before a webhook on its path, across routers and files. */

import type { Finding } from '../finding.ts';
import { findImported, type Project } from '../project-files.ts';
import type { SourceFile } from '../source-file.ts';
import { childOf, childrenOf, identifierOf, keyName, type Syntax, unwrap } from '../syntax.ts';
import { covers, joinPaths } from './mount-paths.ts';
import { type AppKey, appKeyOf, type Mount, readMounts } from './mounts.ts';

/** body_parser_first */
export function findBodyParsers(project: Project): readonly Finding[] {
  const apps = new Map([...project.files.values()].map((file) => [file, readMounts(file)] as const));
  const findings: Finding[] = [];
  for (const [file, byKey] of apps) {
    for (const [key, mounts] of byKey) {
      const before = parsersOfImport(project, apps, key, file);
      findings.push(...follow(project, apps, mounts, before, '', 0));
    }
  }
  return findings;
}

type Apps = ReadonlyMap<SourceFile, ReadonlyMap<AppKey, readonly Mount[]>>;
/** A parser with the path on which it runs, from the app's root; null if that is not known. */
type Running = Mount & { readonly fullPath: string | null | undefined };

function follow(
  project: Project,
  apps: Apps,
  mounts: readonly Mount[],
  before: readonly Running[],
  prefix: string | null,
  depth: number,
): readonly Finding[] {
  const running = [...before];
  const findings: Finding[] = [];
  for (const mount of mounts) {
    const { what, path, file } = mount;
    const fullPath = joinPaths(prefix, path);
    if (what.kind === 'parser' || what.kind === 'raw') running.push({ ...mount, fullPath });
    else if (what.kind === 'webhook') findings.push(...judge(mount, running, fullPath));
    else if (depth < 4 && running.length > 0) {
      const inner = mountsOfRouter(project, apps, file, what.router);
      // Unmounted routers are judged separately; here only code that runs before them counts.
      findings.push(
        ...follow(project, apps, inner, running, fullPath ?? prefix, depth + 1).filter((one) =>
          running.some((parser) => parser.file.path === one.file && lineOf(parser.node) === one.line),
        ),
      );
    }
  }
  return findings;
}

function judge(webhook: Mount, running: readonly Running[], path: string | null | undefined): readonly Finding[] {
  const { what, file, node } = webhook;
  if (what.kind !== 'webhook') return [];
  const route = `${path ?? 'a route'} (${file.path}:${lineOf(node)})`;
  const described = what.isOurs ? `the webhook at ${route}` : `${route}, which checks a signature by hand`;
  const fixRest = what.isOurs
    ? 'webhook() reads the raw body itself and responds 500 with body_not_raw if something has parsed it.'
    : 'A signature is over the received bytes: give its route express.raw({ type: () => true }).';
  if (what.parser !== undefined) {
    return [
      {
        rule: 'body_parser_first',
        certainty: what.isSure ? 'found' : 'looks_like',
        file: file.path,
        line: lineOf(node),
        what: `${what.parser} comes before ${described}, in the same route.`,
        fix: `Remove ${what.parser} from this route. ${fixRest}`,
      },
    ];
  }
  const covering = running.filter(({ fullPath }) => covers(fullPath, path));
  const raw = covering.findIndex((one) => one.what.kind === 'raw');
  // Bytes kept by a raw parser are not touched by later parsers.
  const parsers = covering.slice(0, raw < 0 ? undefined : raw);
  const first = parsers.find((one) => one.what.kind === 'parser' && one.what.isSure) ?? parsers[0];
  if (first?.what.kind !== 'parser') return [];
  const isSure = what.isSure && first.what.isSure && !isConditional(first) && isSameFunction(first, webhook);
  return [
    {
      rule: 'body_parser_first',
      certainty: isSure ? 'found' : 'looks_like',
      file: first.file.path,
      line: lineOf(first.node),
      what: `${first.what.name} runs before ${described}.`,
      fix: `Move the webhook above it, or mount ${first.what.name} on the paths that need it. ${fixRest}`,
    },
  ];
}

function isConditional({ file, node }: Mount): boolean {
  return [...file.around(node)].some(({ type }) => type === 'IfStatement' || type === 'ConditionalExpression');
}

/** In two functions, or in two files, the order of the text may differ from that of the calls. */
function isSameFunction(parser: Mount, webhook: Mount): boolean {
  const around = parser.file.functionAround(parser.node);
  if (parser.file !== webhook.file) return around === parser.file.program;
  return around === webhook.file.functionAround(webhook.node) || around === parser.file.program;
}

/** The code that runs before the routes of an app made by another file. */
function parsersOfImport(project: Project, apps: Apps, key: AppKey, file: SourceFile): readonly Running[] {
  if (typeof key === 'string' || key.module === undefined) return [];
  const { source, mounts } = exportedApp(project, apps, file, key.module, key.imported ?? 'default');
  return mounts.flatMap((mount) =>
    source !== undefined &&
    (mount.what.kind === 'parser' || mount.what.kind === 'raw') &&
    source.functionAround(mount.node) === source.program
      ? [{ ...mount, fullPath: mount.path }]
      : [],
  );
}

function mountsOfRouter(project: Project, apps: Apps, file: SourceFile, router: Syntax): readonly Mount[] {
  const binding = file.bindingOf(router);
  if (binding?.module !== undefined)
    return exportedApp(project, apps, file, binding.module, binding.imported ?? 'default').mounts;
  const key = appKeyOf(file, router);
  return (key === undefined ? undefined : apps.get(file)?.get(key)) ?? [];
}

/** The routers and middleware that a file mounts on an app that it exports by name. */
function exportedApp(
  project: Project,
  apps: Apps,
  from: SourceFile,
  module: string,
  imported: string,
): { readonly source: SourceFile | undefined; readonly mounts: readonly Mount[] } {
  const source = findImported(project, from, module);
  if (source === undefined) return { source, mounts: [] };
  const local = exportedName(source, imported);
  const key = local === undefined ? undefined : source.topBinding(local);
  return { source, mounts: (key === undefined ? undefined : apps.get(source)?.get(key)) ?? [] };
}

/** The name within a module of its export: through `export`, `module.exports` or `exports.name`. */
function exportedName(file: SourceFile, imported: string): string | undefined {
  for (const node of file.pieces) {
    if (node.type === 'ExportDefaultDeclaration' && imported === 'default') {
      return identifierOf(unwrap(childOf(node, 'declaration')));
    }
    if (node.type === 'ExportSpecifier' && identifierOf(childOf(node, 'exported')) === imported) {
      return identifierOf(childOf(node, 'local'));
    }
    if (node.type !== 'AssignmentExpression') continue;
    const [left, right] = [childOf(node, 'left'), unwrap(childOf(node, 'right'))];
    const target = file.text.slice(left?.start, left?.end);
    if (target === 'module.exports' && (imported === '*' || imported === 'default')) return identifierOf(right);
    if (target === 'module.exports') {
      const named = childrenOf(right, 'properties').find((one) => keyName(one) === imported);
      if (named !== undefined) return identifierOf(childOf(named, 'value'));
    }
    if (target === `exports.${imported}` || target === `module.exports.${imported}`) return identifierOf(right);
  }
  return imported === 'default' || imported === '*' ? undefined : imported;
}

function lineOf(node: Syntax): number {
  return node.line;
}
