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
  /** Number of names with a known payload; in a typed entry, with one of the sender's package. */
  readonly typed: number;
  /** The types with a sample, or `*` for a sender whose events have no names. */
  readonly samples: readonly string[];
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
  const pathOf = (folder: 'typed' | 'events', id: string) =>
    fileURLToPath(new URL(`src/${folder}/${id}.ts`, providers));
  const lists = senders.map(({ id }) => pathOf('events', id));
  const program = ts.createProgram([...lists, ...[...typed].map((id) => pathOf('typed', id))], options);
  const checker = program.getTypeChecker();
  const payloadsOf = (file: ts.SourceFile | undefined) => {
    const declaration = file?.statements.findLast(isMapOfEvents);
    return declaration === undefined ? undefined : payloadsIn(checker, checker.getTypeAtLocation(declaration));
  };
  return senders.flatMap((sender) => {
    const { id } = sender;
    const file = program.getSourceFile(pathOf(typed.has(id) ? 'typed' : 'events', id));
    const payloads = payloadsOf(file);
    if (file === undefined || payloads === undefined) return [];
    // A payload that the preset has without the package is not one of the package.
    const own = typed.has(id) ? payloadsOf(program.getSourceFile(pathOf('events', id))) : undefined;
    const known = [...payloads].filter(([name, payload]) => isKnown(payload) && payload !== own?.get(name));
    if (known.length === 0) return [];
    const test = `test/typed/${id}.test.ts`;
    return [
      {
        id,
        title: titleOf(sender),
        names: payloads.has(anyName) ? undefined : payloads.size,
        typed: known.length,
        samples: Object.keys(sender.events.samples ?? {}),
        source: typed.has(id) ? sourceIn(id, file.text) : undefined,
        test: existsSync(new URL(test, providers)) ? test : undefined,
      },
    ];
  });
}

/** Stands for all names of a map that has none. */
const anyName = Symbol('any name');

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

function payloadsIn(checker: ts.TypeChecker, map: ts.Type): ReadonlyMap<string | symbol, ts.Type> {
  const any = checker.getIndexInfoOfType(map, ts.IndexKind.String);
  if (any !== undefined) return new Map([[anyName, any.type]]);
  const listed = map.getProperties().filter(({ name }) => !name.startsWith('__@') && name !== 'otherwise');
  return new Map(listed.map((symbol) => [symbol.name, checker.getTypeOfSymbol(symbol)]));
}

function isKnown({ flags }: ts.Type): boolean {
  return (flags & (ts.TypeFlags.Unknown | ts.TypeFlags.Any)) === 0;
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
