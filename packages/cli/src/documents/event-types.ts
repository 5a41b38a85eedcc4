/** Writes the TypeScript types of events, with openapi-typescript, which an app installs if it wants them. */

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CliFailure } from '../frame/failure.ts';
import { printable } from '../frame/output.ts';
import type { DocumentEvent } from './document-events.ts';
import type { Fields } from './read-document.ts';
import { collectSchemas } from './references.ts';

/** By which a file is known to be written by this command. */
export const generatedMark = 'Written by `countersign types`';

/** The input. */
export interface EventTypesOptions {
  readonly document: Fields;
  readonly events: readonly DocumentEvent[];
  /** `Acme` of `AcmeEvents`. */
  readonly name: string;
  /** The name of the document, for the first comment. */
  readonly file: string;
  /** The folder of the document, for references to other files. */
  readonly documentFolder: string;
  /** The folder from which openapi-typescript is looked for. */
  readonly folder: string;
}

/** The parts of openapi-typescript 7 that are used. */
interface SchemaPrinter {
  readonly default: (document: unknown, options: object) => Promise<readonly Syntax[]>;
  readonly astToString: (node: unknown) => string;
}

/** A node of TypeScript's own syntax tree. */
interface Syntax {
  readonly name?: { readonly text?: string };
  readonly type?: Syntax;
  members?: readonly Syntax[];
}

/** The key of the events among the schemas, which no document uses. */
const eventsKey = 'CountersignEvents';

/** @throws CliFailure document_unusable, package_missing */
export async function eventTypes(options: EventTypesOptions): Promise<string> {
  const { document, events, name, file, documentFolder, folder } = options;
  const owners = events.map((event) => `the schema of ${printable(event.name)}`);
  const { roots, schemas } = collectSchemas(
    events.map(({ schema }) => schema ?? true),
    owners,
    document,
  );
  const properties = Object.fromEntries(events.map((event, at) => [event.name, roots[at] === true ? {} : roots[at]]));
  const printer = await loadPrinter(folder);
  const nodes = await print(printer, file, documentFolder, {
    openapi: '3.1.0',
    info: { title: name, version: '1' },
    paths: {},
    components: {
      schemas: { ...schemas, [eventsKey]: { type: 'object', properties, required: Object.keys(properties) } },
    },
  });
  const components = nodes.find((node) => node.name?.text === 'components');
  const all = components?.members?.find((one) => one.name?.text === 'schemas')?.type;
  const map = all?.members?.find((one) => one.name?.text === eventsKey)?.type;
  if (all?.members === undefined || map?.members === undefined)
    throw new CliFailure('package_missing', unsuitable('its output has another form'));
  const typeOf = (wanted: string) => {
    const type = map.members?.find((one) => one.name?.text === wanted)?.type;
    return type === undefined ? 'unknown' : printer.astToString(type).trim().replaceAll('\n', '\n  ');
  };
  const lines = events.map((event) => `  ${JSON.stringify(event.name)}: ${withName(typeOf(event.name), event)};`);
  const others = all.members
    .filter((one) => one.name?.text !== eventsKey)
    .map((one) => printer.astToString(one).trim());
  return [
    '/* eslint-disable */',
    '/**',
    ` * The events of ${name}, from ${file.replaceAll('*/', '* /')}. ${generatedMark}; run it again instead of changing this file.`,
    ' */',
    '',
    `/** Payloads by event type: \`defineProvider<${name}Events>(...)\`. */`,
    `export interface ${name}Events {`,
    ...lines,
    '  otherwise: unknown;',
    '}',
    '',
    '/** The schemas of the document. */',
    'export interface components {',
    '  schemas: {',
    ...others.map((text) => `    ${text.replaceAll('\n', '\n    ')}`),
    '  };',
    '}',
    '',
  ].join('\n');
}

/** The type of one of several names that a schema allows. */
function withName(type: string, { name, typeField }: DocumentEvent): string {
  if (typeField === undefined) return type;
  const fields = typeField
    .split('.')
    .reduceRight((inner, field) => `{ ${JSON.stringify(field)}: ${inner} }`, JSON.stringify(name));
  return `${/[|&]/.test(type) ? `(${type})` : type} & ${fields}`;
}

async function print(
  printer: SchemaPrinter,
  file: string,
  documentFolder: string,
  document: object,
): Promise<readonly Syntax[]> {
  // It prints problems itself, and throws them too.
  const { error, warn, log } = console;
  Object.assign(console, { error: ignore, warn: ignore, log: ignore });
  try {
    // A field with a default may still be missing in what is sent.
    return await printer.default(document, {
      cwd: pathToFileURL(`${documentFolder}/`),
      silent: true,
      defaultNonNullable: false,
    });
  } catch (cause) {
    const reason = String((cause as Error).message ?? cause).split('\n')[0] ?? '';
    throw new CliFailure(
      'document_unusable',
      `a schema of ${file} cannot be used: ${printable(reason).replace(/\.$/, '')}.`,
      { cause },
    );
  } finally {
    Object.assign(console, { error, warn, log });
  }
}

function ignore(): void {}

/** The app's own package first: this program may be running from another folder. */
async function loadPrinter(folder: string): Promise<SchemaPrinter> {
  let loaded: SchemaPrinter;
  try {
    const module: unknown = loadFrom(folder) ?? (await import('openapi-typescript'));
    const { default: whole } = module as { readonly default: unknown };
    // An import of CommonJS has all of it as the default.
    loaded = (typeof whole === 'function' ? module : whole) as SchemaPrinter;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const isMissing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
    const isItself = isMissing && /'openapi-typescript'/.test((cause as Error).message);
    throw new CliFailure(
      'package_missing',
      isItself
        ? 'openapi-typescript is not installed, which writes the types of schemas. Install it: npm install --save-dev openapi-typescript@7 (with TypeScript 6 or later, see types in docs/cli.md).'
        : unsuitable('it cannot be loaded'),
      { cause },
    );
  }
  if (typeof loaded?.default !== 'function' || typeof loaded.astToString !== 'function')
    throw new CliFailure('package_missing', unsuitable('it is not version 7'));
  return loaded;
}

function loadFrom(folder: string): unknown {
  const fromProject = createRequire(join(folder, 'package.json'));
  try {
    return fromProject('openapi-typescript');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'MODULE_NOT_FOUND' && message.includes("'openapi-typescript'")) return undefined;
    throw cause;
  }
}

function unsuitable(reason: string): string {
  return `openapi-typescript cannot be used: ${reason}. Expected version 7, with TypeScript 5 or 6: npm install --save-dev openapi-typescript@7 (see types in docs/cli.md).`;
}
