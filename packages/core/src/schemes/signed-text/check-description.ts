/** Checks that the description of a signature over a text makes sense. */

import { WebhookError } from '../../errors.ts';
import { requireKnownNames } from '../../options/option-values.ts';
import { bodyValues } from './body-values.ts';
import { composedText } from './composed-text.ts';
import { computedText } from './computed-text.ts';
import { placeOf, type SignatureDescription, sourcesOf } from './description.ts';
import { signedUrl } from './signed-url.ts';
import { createTemplate, type SchemeFeature } from './template.ts';

/** All names that a description can have. */
export const allFeatures: readonly SchemeFeature[] = [bodyValues, composedText, computedText, signedUrl];

const fields = [
  'signature',
  'timestamp',
  'id',
  'nonce',
  'keyId',
  'signs',
  'ambiguous',
  'urlForms',
  'each',
  'guards',
] as const satisfies readonly (keyof SignatureDescription)[];
const placeFields = 'header json form encoding prefix prefixOptional key separator assign spaced unit';

/**
 * Checks a description over a signed text.
 *
 * @param own names that a kind of scheme has in addition to the common ones
 * @throws options_invalid if it contradicts itself, and for an unknown name: a misspelled one would be silently ignored
 */
export function checkDescription(description: SignatureDescription, own: readonly string[]): void {
  requireKnownNames(description, new Set([...fields, ...own]), 'scheme.');
  for (const source of sourcesOf(description))
    requireKnownNames(source ?? {}, new Set(placeFields.split(' ')), 'scheme.signature.');
  requireKnownNames(description.timestamp ?? {}, new Set(placeFields.split(' ')), 'scheme.timestamp.');
  const refuse = (at: string, hint: string) => new WebhookError('options_invalid', { at: `scheme.${at}`, hint });
  const sources = sourcesOf(description);
  if (sources.length === 0) throw refuse('signature', 'It names no place.');
  for (const source of sources) {
    if (!['hex', 'base64', 'base64url'].includes(source.encoding)) {
      throw refuse('signature.encoding', 'Expected hex, base64 or base64url.');
    }
    if (placeOf(source).trim() === '') throw refuse('signature', 'It names no header.');
  }
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
