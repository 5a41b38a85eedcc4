/** Finds the events in a document: the webhooks of OpenAPI, the messages of AsyncAPI. */

import { CliFailure } from '../frame/failure.ts';
import { printable } from '../frame/output.ts';
import { type Fields, isFields } from './read-document.ts';
import { followReference } from './references.ts';

/** One event, with the schema of its payload. */
export interface DocumentEvent {
  /** The value of `event.type`. */
  readonly name: string;
  /** Undefined if the document has none. */
  readonly schema: unknown;
  /** The path of the field that has the name, if a schema allows several names. */
  readonly typeField: string | undefined;
}

/** A named schema, before its names are read. */
interface NamedSchema {
  readonly key: string;
  readonly schema: unknown;
}

/**
 * The events, sorted by name; several for a schema that allows several names.
 *
 * @param typeField the path of the field that has the name, with dots
 * @throws CliFailure document_unusable
 */
export function eventsIn(document: Fields, typeField: string, file: string): readonly DocumentEvent[] {
  const named = isAsyncApi(document, file) ? messagesIn(document, file) : webhooksIn(document, file);
  const events = named.flatMap(({ key, schema }) => eventsOf(key, schema, typeField, document));
  const byName = new Map<string, DocumentEvent>();
  for (const event of events) {
    if (event.name === 'otherwise')
      throw new CliFailure(
        'document_unusable',
        `${file} has an event named otherwise, which is the name for all other events.`,
      );
    const before = byName.get(event.name);
    const isSame = before === undefined || JSON.stringify(before.schema) === JSON.stringify(event.schema);
    byName.set(event.name, isSame ? event : { ...event, schema: { anyOf: [before.schema, event.schema] } });
  }
  return [...byName.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
}

function isAsyncApi({ openapi, swagger, asyncapi }: Fields, file: string): boolean {
  if (typeof asyncapi === 'string') {
    if (asyncapi.startsWith('3.')) return true;
    throw new CliFailure('document_unusable', `${file} is AsyncAPI ${printable(asyncapi)}; expected version 3.`);
  }
  if (typeof openapi === 'string' && openapi.startsWith('3.')) return false;
  const version = swagger ?? openapi;
  throw new CliFailure(
    'document_unusable',
    version === undefined
      ? `${file} has neither openapi nor asyncapi, so it is not a description of an API.`
      : `${file} is OpenAPI ${printable(String(version))}; expected version 3.1, which has webhooks.`,
  );
}

/** `x-webhooks` is from the time of OpenAPI 3.0. */
function webhooksIn(document: Fields, file: string): readonly NamedSchema[] {
  const webhooks = document.webhooks ?? document['x-webhooks'];
  if (!isFields(webhooks) || Object.keys(webhooks).length === 0)
    throw new CliFailure('document_unusable', `${file} has no webhooks.`);
  return Object.entries(webhooks).flatMap(([key, given]) => {
    const item = follow(given, document, key);
    const methods = ['post', 'put', 'patch', 'get', 'delete'].filter((method) => isFields(item[method]));
    return methods.map((method) => ({ key, schema: bodySchema(follow(item[method], document, key), document, key) }));
  });
}

function bodySchema({ requestBody }: Fields, document: Fields, key: string): unknown {
  if (requestBody === undefined) return undefined;
  const { content } = follow(requestBody, document, key);
  if (!isFields(content)) return undefined;
  const types = Object.keys(content);
  const type = types.find((one) => /[/+]json\b/i.test(one)) ?? types[0];
  const media = type === undefined ? undefined : content[type];
  return isFields(media) ? media.schema : undefined;
}

function messagesIn(document: Fields, file: string): readonly NamedSchema[] {
  const { channels, components } = document;
  const inChannels = Object.values(isFields(channels) ? channels : {}).flatMap((given) => {
    const { messages } = follow(given, document, 'a channel');
    return isFields(messages) ? Object.entries(messages) : [];
  });
  const others = isFields(components) && isFields(components.messages) ? Object.entries(components.messages) : [];
  const messages = inChannels.length > 0 ? inChannels : others;
  if (messages.length === 0) throw new CliFailure('document_unusable', `${file} has no messages.`);
  return messages.map(([key, given]) => {
    const { name, payload } = follow(given, document, key);
    return { key: typeof name === 'string' ? name : key, schema: payloadSchema(payload, key) };
  });
}

/** A schema in JSON Schema's form, alone or with its format. */
function payloadSchema(payload: unknown, key: string): unknown {
  if (!isFields(payload) || typeof payload.schemaFormat !== 'string') return payload;
  if (/schema\+(?:json|yaml)|aai\.asyncapi/.test(payload.schemaFormat)) return payload.schema;
  throw new CliFailure(
    'document_unusable',
    `the message ${printable(key)} has a schema in ${printable(payload.schemaFormat)}; expected JSON Schema.`,
  );
}

/** The names that the schema of the field allows, otherwise the key. */
function eventsOf(key: string, schema: unknown, typeField: string, document: Fields): readonly DocumentEvent[] {
  const branches = branchesOf(schema, document, 0);
  const events = branches.flatMap((branch): DocumentEvent[] => {
    const names = namesIn(branch, typeField.split('.'), document, 0);
    // Several webhooks that share a schema have a key each.
    const own = names.includes(key) ? [key] : names;
    return own.map((name) => ({ name, schema: branch, typeField: names.length > 1 ? typeField : undefined }));
  });
  const unnamed = branches.some((branch) => namesIn(branch, typeField.split('.'), document, 0).length === 0);
  return events.length > 0 && !unnamed ? events : [{ name: key, schema, typeField: undefined }];
}

/** The members of a union, or the schema itself. */
function branchesOf(schema: unknown, document: Fields, depth: number): readonly unknown[] {
  if (depth > 8) return [schema];
  const target = followReference(schema, document);
  if (!isFields(target)) return [schema];
  const union = target.oneOf ?? target.anyOf;
  // With fields of its own it is more than a union.
  if (!Array.isArray(union) || isFields(target.properties) || Array.isArray(target.allOf)) return [schema];
  return union.flatMap((one) => branchesOf(one, document, depth + 1));
}

function namesIn(schema: unknown, path: readonly string[], document: Fields, depth: number): readonly string[] {
  const target = followReference(schema, document);
  if (!isFields(target) || depth > 16) return [];
  const [field, ...rest] = path;
  if (field === undefined) {
    const values = target.const === undefined ? target.enum : [target.const];
    const names = Array.isArray(values) ? values.filter((one) => typeof one === 'string') : [];
    if (names.length > 0) return names;
  } else if (isFields(target.properties) && Object.hasOwn(target.properties, field)) {
    const names = namesIn(target.properties[field], rest, document, depth + 1);
    if (names.length > 0) return names;
  }
  for (const part of Array.isArray(target.allOf) ? target.allOf : []) {
    const names = namesIn(part, path, document, depth + 1);
    if (names.length > 0) return names;
  }
  return [];
}

function follow(value: unknown, document: Fields, key: string): Fields {
  const target = followReference(value, document);
  if (isFields(target)) return target;
  const { $ref } = isFields(value) ? value : {};
  throw new CliFailure(
    'document_unusable',
    $ref === undefined
      ? `${printable(key)} is not an object.`
      : `${printable(key)} refers to ${printable(String($ref))}, which is not in the document.`,
  );
}
