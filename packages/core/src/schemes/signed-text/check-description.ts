/** Checks that the description of a signature over a text makes sense. */

import { hashSizes } from '../../crypto/hmac.ts';
import { urlFormNames } from '../../delivery/public-url.ts';
import { WebhookError } from '../../errors.ts';
import { type Names, requireNames } from '../../options/option-values.ts';
import { requireValue } from '../../options/value-rules.ts';
import { bodyValues } from './body-values.ts';
import { composedText } from './composed-text.ts';
import { computedText } from './computed-text.ts';
import { type SignatureDescription, sourcesOf } from './description.ts';
import type { SignedPart } from './signed-part.ts';
import { signedUrl } from './signed-url.ts';
import { createTemplate, type SchemeFeature } from './template.ts';

/** All names that a description can have. */
export const allFeatures: readonly SchemeFeature[] = [bodyValues, composedText, computedText, signedUrl];

/** The names of a description. A function, because bundlers keep what is computed when a module is loaded. */
function namesOfDescription() {
  const text = 'string';
  const place: Names = {
    header: text,
    json: text,
    form: text,
    key: text,
    separator: text,
    assign: text,
    spaced: 'boolean',
  };
  const hashes = Object.keys(hashSizes);
  return {
    signature: { ...place, key: null, encoding: null, prefix: text, prefixOptional: 'boolean' },
    timestamp: { ...place, unit: ['seconds', 'milliseconds', 'iso8601'] },
    id: { header: text },
    nonce: { header: text },
    keyId: { header: text },
    signs: {
      text,
      header: text,
      json: text,
      otherwise: text,
      free: 'boolean',
      form: text,
      payload: 'boolean',
      orBody: 'boolean',
      minLength: 'number',
      sortedFormOrQueryDigest: { query: text, hash: hashes },
      bodyDigest: hashes,
      encoding: ['hex', 'base64'],
      name: text,
      covers: ['body', 'id', 'timestamp', 'url'],
      layout: { assign: text, end: text },
      pairCount: 'number',
      sends: null,
      compute: null,
    },
    ambiguous: 'boolean',
    urlForms: urlFormNames(),
    each: text,
    guards: null,
  } satisfies Record<keyof SignatureDescription, Names[string]>;
}

/** The parts without a value of their own. */
const partNames: ReadonlySet<string> = new Set([
  'body',
  'timestamp',
  'id',
  'nonce',
  'url',
  'method',
  'sorted_form',
] satisfies SignedPart[]);

/**
 * Checks a description over a signed text.
 *
 * @param own names that a kind of scheme has in addition to the common ones
 * @throws options_invalid if it contradicts itself, and for an unknown name: a misspelled one would be silently ignored
 */
export function checkDescription(description: SignatureDescription, own: Names): void {
  requireNames(description, { ...namesOfDescription(), ...own }, 'scheme', requireValue);
  const refuse = (at: string, hint: string) => new WebhookError('options_invalid', { at: `scheme.${at}`, hint });
  const sources = sourcesOf(description);
  if (sources.length === 0 || sources.some((source) => typeof source !== 'object' || source === null))
    throw refuse('signature', 'It names no place.');
  for (const source of sources) {
    if (!['hex', 'base64', 'base64url'].includes(source.encoding)) {
      throw refuse('signature.encoding', 'Expected hex, base64 or base64url.');
    }
    requirePlace(source, 'signature');
  }
  for (const name of ['timestamp', 'id', 'nonce', 'keyId'] as const)
    if (description[name] !== undefined) requirePlace(description[name], name);
  const { signs } = description;
  for (const part of signs as readonly unknown[]) {
    if (typeof part !== 'string' || partNames.has(part)) continue;
    const names = [...partNames].join(', ');
    throw refuse(
      'signs',
      `${JSON.stringify(part)} is not a part. A fixed text is { text: ${JSON.stringify(part)} }; there are: ${names}.`,
    );
  }
  if (signs.includes('timestamp') && description.timestamp === undefined) throw refuse('timestamp', 'signs names it.');
  if (signs.includes('id') && description.id === undefined) throw refuse('id', 'signs names it.');
  if (signs.includes('nonce') && description.nonce === undefined) throw refuse('nonce', 'signs names it.');
  if (description.urlForms !== undefined && !signs.includes('url')) throw refuse('urlForms', 'signs names no url.');
  if (signs.length === 0) throw refuse('signs', 'It names no part.');
  if (signs.some((part) => typeof part === 'object' && 'text' in part && part.text === ''))
    throw refuse('signs', 'A fixed text is empty.');
  createTemplate(signs, description.timestamp?.unit, description.ambiguous === true, allFeatures);
}

/** @throws options_invalid for a place without a name */
function requirePlace(source: unknown, at: string): void {
  const { header, json, form } = (source ?? {}) as { header?: unknown; json?: unknown; form?: unknown };
  const name = header ?? json ?? form;
  if (typeof name !== 'string' || name.trim() === '')
    throw new WebhookError('options_invalid', { at: `scheme.${at}`, hint: 'It names no header, field or path.' });
}
