/** Follows the references of a document, and collects the schemas that some of them need. */

import { CliFailure } from '../frame/failure.ts';
import { printable } from '../frame/output.ts';
import { type Fields, isFields } from './read-document.ts';

/** The target of a `$ref` within the document, through several; anything else is returned as it is. */
export function followReference(value: unknown, document: Fields): unknown {
  let current = value;
  for (let steps = 0; steps < 32; steps++) {
    if (!isFields(current) || typeof current.$ref !== 'string') return current;
    const reference: string = current.$ref;
    if (!reference.startsWith('#')) return current;
    current = targetOf(reference, document);
  }
  return undefined;
}

/** RFC 6901, in a URI fragment. */
function targetOf(reference: string, document: Fields): unknown {
  let current: unknown = document;
  for (const part of partsOf(reference)) {
    const isList = Array.isArray(current);
    if (!isList && !isFields(current)) return undefined;
    current = Object.hasOwn(current as object, part) ? (current as Record<string, unknown>)[part] : undefined;
  }
  return current;
}

function partsOf(reference: string): readonly string[] {
  const pointer = reference.slice(1);
  if (pointer === '' || pointer === '/') return [];
  return pointer
    .replace(/^\//, '')
    .split('/')
    .map((part) => decoded(part).replaceAll('~1', '/').replaceAll('~0', '~'));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Schemas under names of their own, which refer to each other by those. */
export interface CollectedSchemas {
  readonly roots: readonly unknown[];
  readonly schemas: Readonly<Record<string, unknown>>;
}

/** Fields with any values, in which nothing is a schema. */
const verbatim = new Set(['const', 'enum', 'default']);
const leftOut = new Set(['example', 'examples']);
/** Fields whose names are free and whose values are schemas. */
const nameMaps = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']);

/**
 * Copies schemas, with all that they refer to.
 *
 * @param owners what each root is called in errors
 * @throws CliFailure document_unusable if a reference leads nowhere, or to another server
 */
export function collectSchemas(
  roots: readonly unknown[],
  owners: readonly string[],
  document: Fields,
): CollectedSchemas {
  const names = new Map<string, string>();
  const schemas: Record<string, unknown> = {};
  const waiting: { readonly reference: string; readonly owner: string }[] = [];

  const nameFor = (reference: string, owner: string): string => {
    const known = names.get(reference);
    if (known !== undefined) return known;
    const parts = partsOf(reference);
    const isPlain = parts.length === 3 && parts[0] === 'components' && parts[1] === 'schemas';
    const wished = (isPlain ? (parts[2] as string) : parts.join('_')).replace(/[^\w.-]/g, '_') || 'document';
    let name = wished;
    for (let count = 2; Object.hasOwn(schemas, name); count++) name = `${wished}_${count}`;
    names.set(reference, name);
    schemas[name] = {};
    waiting.push({ reference, owner });
    return name;
  };
  const rewritten = (reference: string, owner: string): string => {
    if (/^[a-z][a-z0-9+.-]*:/i.test(reference))
      throw new CliFailure(
        'document_unusable',
        `${owner} refers to ${printable(reference)}; nothing is fetched, so bundle the document first.`,
      );
    return reference.startsWith('#') ? `#/components/schemas/${nameFor(reference, owner)}` : reference;
  };
  const copy = (value: unknown, owner: string, isNameMap = false): unknown => {
    if (Array.isArray(value)) return value.map((one) => copy(one, owner));
    if (!isFields(value)) return value;
    const entries = Object.entries(value).flatMap(([field, inner]): [string, unknown][] => {
      if (isNameMap) return [[field, copy(inner, owner)]];
      if (verbatim.has(field)) return [[field, inner]];
      if (leftOut.has(field) || field.startsWith('x-')) return [];
      if (field === '$ref' && typeof inner === 'string') return [[field, rewritten(inner, owner)]];
      if (field === 'discriminator' && isFields(inner)) return [[field, copyDiscriminator(inner, owner)]];
      return [[field, copy(inner, owner, nameMaps.has(field))]];
    });
    return Object.fromEntries(entries);
  };
  const copyDiscriminator = (given: Fields, owner: string): unknown => {
    const { mapping, ...rest } = given;
    if (!isFields(mapping)) return rest;
    const targets = Object.entries(mapping).map(([value, target]) => {
      const reference = /^[\w.-]+$/.test(String(target)) ? `#/components/schemas/${String(target)}` : String(target);
      return [value, rewritten(reference, owner)];
    });
    return { ...rest, mapping: Object.fromEntries(targets) };
  };

  const copied = roots.map((root, at) => copy(root, owners[at] ?? 'a schema'));
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { reference, owner } = next;
    const target = targetOf(reference, document);
    if (target === undefined)
      throw new CliFailure(
        'document_unusable',
        `${owner} refers to ${printable(reference)}, which is not in the document.`,
      );
    schemas[names.get(reference) as string] = copy(target, owner);
  }
  return { roots: copied, schemas };
}
