/** Reads a description of an API, in JSON or YAML. */

import { parseDocument } from 'yaml';
import { CliFailure } from '../frame/failure.ts';
import { nameOf, readInput } from '../frame/input-file.ts';
import type { Surroundings } from '../frame/surroundings.ts';

/** An object of a document. */
export type Fields = Readonly<Record<string, unknown>>;

/** @throws CliFailure file_unreadable, document_unusable */
export async function readDocument(path: string, surroundings: Surroundings): Promise<Fields> {
  const text = Buffer.from(await readInput(path, surroundings))
    .toString('utf8')
    .replace(/^\ufeff/, '');
  // YAML has flow mappings, which begin the same.
  const isJson = /^\s*\{/.test(text) && !/\.ya?ml$/i.test(path);
  const document = isJson ? parseJson(text, nameOf(path)) : parseYaml(text, nameOf(path));
  if (isFields(document)) return document;
  throw new CliFailure('document_unusable', `${nameOf(path)} is not an object, so it is not OpenAPI or AsyncAPI.`);
}

/** True for an object that is not a list. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The engine's message also quotes the file.
    const where = /\bline \d+ column \d+|\bposition \d+/.exec((error as Error).message)?.[0];
    throw new CliFailure('document_unusable', `${name} is not valid JSON${where === undefined ? '' : ` at ${where}`}.`);
  }
}

function parseYaml(text: string, name: string): unknown {
  // The parser's message quotes the file, so only the place is passed on.
  const document = parseDocument(text, { prettyErrors: true, logLevel: 'silent', uniqueKeys: true });
  const [error] = document.errors;
  if (error !== undefined) {
    const [start] = error.linePos ?? [];
    const where = start === undefined ? '' : ` in line ${start.line}`;
    throw new CliFailure(
      'document_unusable',
      `${name} is not valid YAML${where}: ${error.code.toLowerCase().replaceAll('_', ' ')}.`,
    );
  }
  try {
    return document.toJS({ maxAliasCount: 1000 });
  } catch {
    throw new CliFailure('document_unusable', `${name} has aliases that cannot be resolved, or too many of them.`);
  }
}
