/** Reads what the types of each sender's events promise: for `docs/typed-events.md`. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import type { Sender } from './senders.ts';

const providers = new URL('../packages/providers/', import.meta.url);

/** The types of one sender's events. */
export interface TypedSender {
  readonly id: string;
  readonly title: string;
  /** Number of names in the types; undefined if the sender's events have none. */
  readonly names: number | undefined;
  /** Number of names with a payload of their own or of a common form. */
  readonly typed: number;
  /** The payloads' source, from the comment of the typed entry; undefined for types that the preset has itself. */
  readonly source: { readonly types: string; readonly package: string; readonly version: string } | undefined;
  /** The test of the payloads, from the folder of the package. */
  readonly test: string | undefined;
}

/** The senders with payloads, sorted by id. */
export function readTypedSenders(senders: readonly Sender[]): readonly TypedSender[] {
  const typed = new Set(
    readdirSync(new URL('src/typed/', providers))
      .map((file) => file.slice(0, -'.ts'.length))
      .filter((id) => id !== 'typed-events'),
  );
  const pathOf = (id: string) =>
    fileURLToPath(new URL(`src/${typed.has(id) ? 'typed' : 'events'}/${id}.ts`, providers));
  const program = ts.createProgram(
    senders.map(({ id }) => pathOf(id)),
    options,
  );
  const checker = program.getTypeChecker();
  return senders.flatMap((sender) => {
    const { id } = sender;
    const source = program.getSourceFile(pathOf(id));
    const declaration = source?.statements.find(isMapOfEvents);
    if (source === undefined || declaration === undefined) return [];
    const { names, payloads } = payloadsIn(checker, checker.getTypeAtLocation(declaration));
    const isTyped = payloads.filter((payload) => !(payload.flags & (ts.TypeFlags.Unknown | ts.TypeFlags.Any))).length;
    if (isTyped === 0) return [];
    const test = `test/typed/${id}.test.ts`;
    return [
      {
        id,
        title: titleOf(sender),
        names,
        typed: isTyped,
        source: typed.has(id) ? sourceIn(id, source.text) : undefined,
        test: existsSync(new URL(test, providers)) ? test : undefined,
      },
    ];
  });
}

/** As the repository's own, without what only checking needs. */
const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  customConditions: ['countersign-source'],
  allowImportingTsExtensions: true,
  noEmit: true,
  strict: true,
  types: ['node'],
};

/** The map of a file is its last interface with that ending. */
function isMapOfEvents(statement: ts.Statement): statement is ts.InterfaceDeclaration {
  return (
    ts.isInterfaceDeclaration(statement) &&
    statement.name.text.endsWith('Events') &&
    (ts.getCombinedModifierFlags(statement) & ts.ModifierFlags.Export) !== 0
  );
}

function payloadsIn(checker: ts.TypeChecker, map: ts.Type) {
  const any = checker.getIndexInfoOfType(map, ts.IndexKind.String);
  if (any !== undefined) return { names: undefined, payloads: [any.type] };
  const listed = map.getProperties().filter(({ name }) => !name.startsWith('__@') && name !== 'otherwise');
  const otherwise = map.getProperty('otherwise');
  if (listed.length === 0 && otherwise !== undefined) {
    return { names: undefined, payloads: [checker.getTypeOfSymbol(otherwise)] };
  }
  return { names: listed.length, payloads: listed.map((name) => checker.getTypeOfSymbol(name)) };
}

function sourceIn(id: string, text: string) {
  const [comment] = /\/\*\*(?:(?!\*\/)[\s\S])*Payloads: (?:(?!\*\/)[\s\S])*\*\//.exec(text) ?? [''];
  const words = comment.replaceAll(/\s*\n \*\s*/g, ' ');
  const found = /Payloads: (.+?),? of (\S+) (\d+\.\d+\.\d+)\./.exec(words);
  const [, types, name, version] = found ?? [];
  if (types === undefined || name === undefined || version === undefined)
    throw new Error(
      `packages/providers/src/typed/${id}.ts does not say whose payloads it has: Payloads: ... of ... 1.2.3.`,
    );
  const manifest = JSON.parse(readFileSync(new URL('package.json', providers), 'utf8'));
  if (manifest.devDependencies[name] !== version)
    throw new Error(`${id}.ts names ${name} ${version}; installed is ${manifest.devDependencies[name]}`);
  return { types, package: name, version };
}

function titleOf({ id, provider, unverifiable }: Sender): string {
  return (provider ?? unverifiable)?.title ?? id;
}
