/** `countersign types`: writes the types of a sender's events from its OpenAPI or AsyncAPI document. */

import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type { Provider } from '@countersign/core';
import type { RegistryEntry } from '@countersign/providers/registry';
import { exampleAnswers, presetArgument } from '@countersign/providers/tools/preset-questions';
import { exportNameOf } from '@countersign/providers/tools/receiver-code';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { eventsIn } from '../documents/document-events.ts';
import { eventTypes, generatedMark } from '../documents/event-types.ts';
import { readDocument } from '../documents/read-document.ts';
import { requireEntry } from '../flags/provider-choice.ts';
import { CliFailure, exitCodes } from '../frame/failure.ts';
import type { Frame } from '../frame/frame.ts';
import { nameOf } from '../frame/input-file.ts';
import { isThere, readIfThere } from '../frame/new-files.ts';
import { printable } from '../frame/output.ts';

interface TypesOptions {
  readonly openapi: string;
  readonly provider?: string;
  readonly name?: string;
  readonly out?: string;
  readonly check?: boolean;
  readonly typeField?: string;
}

const help = `
The document is OpenAPI 3.1 with webhooks, or AsyncAPI 3, in JSON or YAML. The file has one interface, the payloads by event type:
createReceiver({ provider: defineProvider<AcmeEvents>(acme), ... }). The names are those that the schemas allow in the field that has the
event's type; otherwise the names of the webhooks. Nothing is fetched.

It needs openapi-typescript 7, which is not installed with this program: npm install --save-dev openapi-typescript@7

Exit codes:
  0  the file is written, or with --check, is up to date
  1  with --check: the file differs
  2  the document, or a schema in it, cannot be used; nothing was written

Examples:
  $ countersign types --openapi openapi.yaml --provider openai --out src/openai-events.ts
  $ countersign types --openapi openapi.yaml --provider openai --out src/openai-events.ts --check
  $ curl -s https://example.com/asyncapi.json | countersign types --openapi - --name Shop --type-field event.type`;

/** Adds `types`. */
export function addTypes(program: Command, frame: Frame): void {
  program
    .command('types')
    .description("write the TypeScript types of a sender's events from its OpenAPI or AsyncAPI document")
    .requiredOption('--openapi <file>', 'the document, or - for standard input')
    .option('--provider <provider>', 'the sender, by its id; see countersign providers')
    .addOption(
      new Option(
        '--name <Name>',
        'the name of the types, for a sender without a preset; default: that of the sender',
      ).argParser(parseName),
    )
    .option('--out <file>', 'the file to write; default: standard output')
    .option('--check', 'write nothing; exit with 1 if the file differs')
    .option(
      '--type-field <path>',
      "the field with the event's type, such as event.type; default: where the preset reads it, or type",
    )
    .addHelpText('after', help)
    .action((options: TypesOptions) => writeTypes(frame, options));
}

async function writeTypes(frame: Frame, options: TypesOptions): Promise<void> {
  const { surroundings, output } = frame;
  const { openapi, out, check = false } = options;
  if (options.provider === undefined && options.name === undefined)
    throw new CliFailure('usage', 'neither --provider nor --name is given.');
  if (check && out === undefined) throw new CliFailure('usage', '--check requires --out, the file to compare.');
  const entry = options.provider === undefined ? undefined : requireEntry(options.provider);
  const typeField = options.typeField ?? (entry === undefined ? 'type' : await typeFieldOf(entry));
  const file = openapi === '-' ? 'standard input' : printable(basename(openapi));
  const document = await readDocument(openapi, surroundings);
  const events = eventsIn(document, typeField, nameOf(openapi));
  const name = options.name ?? pascalName(entry?.id ?? '');
  const target = out === undefined ? undefined : resolve(surroundings.folder, out);
  if (target !== undefined) await requireOwn(target, out as string);
  const text = await eventTypes({
    document,
    events,
    name,
    file,
    documentFolder: openapi === '-' ? surroundings.folder : dirname(resolve(surroundings.folder, openapi)),
    folder: surroundings.folder,
  });
  const names = events.map((event) => event.name);
  if (entry !== undefined) await warnOfUnknown(frame, entry, names);
  const result = {
    provider: entry?.id ?? null,
    name: `${name}Events`,
    events: names,
    out: out ?? null,
    written: target !== undefined && !check,
    text,
  };
  if (target === undefined) {
    output.show(result, () => [text.trimEnd()]);
  } else if (check) {
    if ((await readIfThere(target)) !== text)
      throw new CliFailure(
        'file_differs',
        `${nameOf(out as string)} is not what ${file} says; run the command without --check.`,
        {
          exitCode: exitCodes.refused,
        },
      );
    output.show(result, () => [
      `${output.colors.green('up to date')} ${nameOf(out as string)}: ${names.length} events`,
    ]);
  } else {
    await replaceFile(target, text, out as string);
    output.show(result, () => [`${output.colors.green('wrote')} ${nameOf(out as string)}: ${names.length} events`]);
  }
}

/** The field that the preset reads, if it is one in the body. */
async function typeFieldOf({ id, kind, load }: RegistryEntry): Promise<string> {
  const loaded = await load();
  const provider =
    kind === 'asks'
      ? (loaded as (argument: unknown) => Provider)(presetArgument(id, exampleAnswers(id)))
      : (loaded as Provider);
  const source = kind === 'unverifiable' ? undefined : provider.eventType;
  return source !== undefined && 'json' in source && typeof source.json === 'string' ? source.json : 'type';
}

/** The receiver reports other names: then no event would have the types. */
async function warnOfUnknown({ output }: Frame, entry: RegistryEntry, names: readonly string[]): Promise<void> {
  const known = await entry.events();
  if (!('names' in known) || names.some((name) => known.names.includes(name))) return;
  output.warn(
    `none of the ${names.length} names is an event of ${entry.id}, such as ${known.names[0]}; name the field with --type-field.`,
  );
}

/** A file that someone else wrote is not replaced. @throws CliFailure file_exists */
async function requireOwn(target: string, out: string): Promise<void> {
  const before = await readIfThere(target);
  if (before === undefined ? !(await isThere(target)) : before.includes(generatedMark)) return;
  throw new CliFailure(
    'file_exists',
    `${nameOf(out)} exists and was not written by this command; nothing was written.`,
  );
}

async function replaceFile(target: string, text: string, out: string): Promise<void> {
  const temporary = `${target}.${randomUUID()}`;
  try {
    await writeFile(temporary, text, { flag: 'wx' });
    await rename(temporary, target);
  } catch (cause) {
    await rm(temporary, { force: true });
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    throw new CliFailure('file_unwritable', `cannot write ${nameOf(out)}: the system says ${code}.`, { cause });
  }
}

function parseName(text: string): string {
  if (/^[A-Za-z_$][\w$]*$/.test(text)) return text;
  throw new InvalidArgumentError('Expected a name such as Acme.');
}

function pascalName(id: string): string {
  const name = exportNameOf(id);
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
