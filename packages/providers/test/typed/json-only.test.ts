import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const folder = fileURLToPath(new URL('../../src/typed/', import.meta.url));
const ids = readdirSync(folder)
  .map((file) => file.slice(0, -'.ts'.length))
  .filter((id) => id !== 'typed-events');
const planted = `${folder}planted.ts`;
const texts = new Map([
  [
    planted,
    `export interface PlantedEvents {
      date: { at: { when: Date }[] };
      class: { amount: InstanceType<typeof Amount> | null };
      call: { read: () => string };
      large: { id: bigint };
      json: { open: 'a' | (string & {}); list: readonly [string, { n?: number | null }]; map: Record<string, boolean>; any: unknown };
    }
    declare class Amount { private value: number; }`,
  ],
]);

/** What the types of packages may have although it is not what arrives, with the reason. */
const known: Readonly<Record<string, readonly string[]>> = {
  // Text in a delivery: the comment of the typed preset says so.
  stripe: ['class DecimalImpl'],
};

describe('payload types', () => {
  const program = createProgram([...ids.map((id) => `${folder}${id}.ts`), planted]);

  it.each(ids)('contain only what JSON can have: %s', (id) => {
    const found = notJsonIn(program, `${folder}${id}.ts`);
    expect([...new Set(found.values())]).toEqual(known[id] ?? []);
  });

  it('are searched to any depth', () => {
    expect(Object.fromEntries(notJsonIn(program, planted))).toEqual({
      'date.at[].when': 'class Date',
      'class.amount': 'class Amount',
      'call.read': 'function',
      'large.id': 'bigint',
    });
  });
});

function createProgram(files: readonly string[]): ts.Program {
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
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (file) => texts.has(file) || fileExists(file);
  host.getSourceFile = (file, target) => {
    const text = texts.get(file);
    return text === undefined ? getSourceFile(file, target) : ts.createSourceFile(file, text, target);
  };
  return ts.createProgram(files, options, host);
}

/** The places in the payloads of a file whose values cannot be in JSON. */
function notJsonIn(program: ts.Program, file: string): ReadonlyMap<string, string> {
  const checker = program.getTypeChecker();
  const map = program
    .getSourceFile(file)
    ?.statements.filter(ts.isInterfaceDeclaration)
    .findLast(({ name }) => name.text.endsWith('Events'));
  if (map === undefined) throw new Error(`${file} has no map of events`);
  const found = new Map<string, string>();
  const seen = new Set<ts.Type>();
  const open: { readonly type: ts.Type; readonly path: string }[] = [
    { type: checker.getTypeAtLocation(map), path: '' },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { type, path } = next;
    if (seen.has(type)) continue;
    seen.add(type);
    if (type.flags & ts.TypeFlags.BigIntLike) found.set(path, 'bigint');
    else if (type.isUnion()) open.push(...type.types.map((member) => ({ type: member, path })));
    else if (isText(type) || !(type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection))) continue;
    else if (checker.isArrayLikeType(type)) {
      const item = checker.getIndexInfoOfType(type, ts.IndexKind.Number);
      if (item !== undefined) open.push({ type: item.type, path: `${path}[]` });
    } else if (type.getCallSignatures().length > 0) found.set(path, 'function');
    else if (classOf(type) !== undefined) found.set(path, `class ${classOf(type)}`);
    else {
      const index = checker.getIndexInfoOfType(type, ts.IndexKind.String);
      if (index !== undefined) open.push({ type: index.type, path: `${path}[*]` });
      for (const field of type.getProperties()) {
        if (field.name.startsWith('__@')) continue;
        open.push({ type: checker.getTypeOfSymbol(field), path: path === '' ? field.name : `${path}.${field.name}` });
      }
    }
  }
  return found;
}

/** Text that stays open, as in `'a' | (string & {})`. */
function isText(type: ts.Type): boolean {
  return type.isIntersection() && type.types.some(({ flags }) => flags & ts.TypeFlags.StringLike);
}

/** The name of a class, or of one that TypeScript declares as an interface and a constructor. */
function classOf(type: ts.Type): string | undefined {
  const symbols = type.isIntersection() ? type.types.map(({ symbol }) => symbol) : [type.symbol];
  return symbols.find(
    (symbol) =>
      symbol !== undefined &&
      (symbol.declarations?.some(ts.isClassDeclaration) || ['Date', 'Map', 'Set', 'Promise'].includes(symbol.name)),
  )?.name;
}
