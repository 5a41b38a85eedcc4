/** Checks that the description of a signature over a text makes sense. */

import { WebhookError } from '../../errors.ts';
import { type Names, requireNames } from '../../options/option-values.ts';
import { bodyValues } from './body-values.ts';
import { composedText } from './composed-text.ts';
import { computedText } from './computed-text.ts';
import { type SignatureDescription, sourcesOf } from './description.ts';
import { signedUrl } from './signed-url.ts';
import { createTemplate, type SchemeFeature } from './template.ts';

/** All names that a description can have. */
export const allFeatures: readonly SchemeFeature[] = [bodyValues, composedText, computedText, signedUrl];

/** The names of a description. A function, because bundlers keep what is computed when a module is loaded. */
function namesOfDescription() {
  const place = { header: null, json: null, form: null, key: null, separator: null, assign: null, spaced: null };
  return {
    signature: { ...place, encoding: null, prefix: null, prefixOptional: null },
    timestamp: { ...place, unit: null },
    id: { header: null },
    nonce: { header: null },
    keyId: { header: null },
    signs: {
      ...{ text: null, header: null, json: null, otherwise: null, free: null, form: null, payload: null, orBody: null },
      ...{ minLength: null, sortedFormOrQueryDigest: { query: null, hash: null }, bodyDigest: null, encoding: null },
      ...{ name: null, covers: null, layout: null, pairCount: null, sends: null, compute: null },
    },
    ambiguous: null,
    urlForms: null,
    each: null,
    guards: null,
  } satisfies Record<keyof SignatureDescription, Names | null>;
}

/**
 * Checks a description over a signed text.
 *
 * @param own names that a kind of scheme has in addition to the common ones
 * @throws options_invalid if it contradicts itself, and for an unknown name: a misspelled one would be silently ignored
 */
export function checkDescription(description: SignatureDescription, own: Names): void {
  requireNames(description, { ...namesOfDescription(), ...own }, 'scheme');
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
