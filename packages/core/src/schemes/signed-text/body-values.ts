/** Signed values, signatures and times inside the body. */

import { crypto } from '#crypto';
import type { Chunk, HashName } from '../../crypto/hmac.ts';
import { parseJson } from '../../delivery/body.ts';
import type { Delivery } from '../../delivery/delivery.ts';
import {
  fieldOf,
  groupFields,
  parseForm,
  queryValues,
  requireForm,
  startsWithField,
} from '../../delivery/form-fields.ts';
import { textOf, valueAt, valuesAt } from '../../delivery/value-path.ts';
import { decodeHex, encodeBase64, encodeHex, isPrintableAscii } from '../../encoding.ts';
import { WebhookError } from '../../errors.ts';
import { requireBounds, requireWellFormed } from './bounds.ts';
import type { SignedPart } from './signed-part.ts';
import type { SchemeFeature, SignedValues, Step } from './template.ts';

/** Maximum number of individually signed events in one body. */
const maxElements = 1000;

/** For descriptions that name a JSON path, a form field or the digest of the body, or whose events are signed individually. */
export const bodyValues: SchemeFeature = {
  step(part, bounds) {
    if (part === 'sorted_form') return sortedForm;
    if (typeof part !== 'object') return undefined;
    if ('bodyDigest' in part) return digestOfBody(part.bodyDigest, part.encoding);
    if ('sortedFormOrQueryDigest' in part) return formOrDigest(part.sortedFormOrQueryDigest);
    if (!('json' in part || 'form' in part)) return undefined;
    const read = insideBody(part);
    return (delivery, values) => {
      const value = read(delivery, values);
      if (typeof value === 'string') {
        requireWellFormed(value, 'signed text');
        requireBounds(value, bounds, 'json' in part ? `body ${part.json}` : `form ${part.form}`);
      }
      return value;
    };
  },
  parse: parseJson,
  textInBody(source, body, root) {
    if ('header' in source) return undefined;
    const text = 'json' in source ? textOf(valueAt(root ?? parseJson(body), source.json)) : formText(body, source.form);
    return text !== undefined && isPrintableAscii(text) ? text : undefined;
  },
  elementsAt(body, path) {
    const at = `body ${path}`;
    const roots = valuesAt(parseJson(body), path);
    if (roots.length === 0 || roots.includes(undefined)) throw new WebhookError('header_missing', { at });
    // Anything else has no places of its own, and the whole body would be searched for each.
    if (roots.length > maxElements || !roots.every((root) => typeof root === 'object' && root !== null))
      throw new WebhookError('header_malformed', { at });
    return roots;
  },
  payloadOf(signs) {
    const part = signs.find((one) => typeof one === 'object' && 'form' in one && one.payload === true);
    if (typeof part !== 'object' || !('form' in part) || part.orBody === true) return undefined;
    return ({ body }) => ({ [part.form]: fieldOf(body, part.form) });
  },
};

function formOrDigest({ query, hash }: { readonly query: string; readonly hash: HashName }): Step {
  return (delivery) => {
    const given = queryValues(delivery.url ?? '', query);
    if (given.length === 0) return sortedForm(delivery);
    const at = `query ${query}`;
    if (given.length > 1) {
      throw new WebhookError('header_repeated', {
        at,
        hint: 'The URL has it twice. Remove it from the URL you registered.',
      });
    }
    const bytes = decodeHex(given[0] as string);
    const check = (digest: Uint8Array) => {
      if (bytes !== undefined && crypto.equalBytes(bytes, digest)) return '';
      throw new WebhookError('signature_mismatch', { at, hint: 'The body has another digest.' });
    };
    const digest = crypto.digest(hash, [delivery.body]);
    return digest instanceof Promise ? digest.then(check) : check(digest);
  };
}

function digestOfBody(hash: HashName, encoding: 'hex' | 'base64'): Step {
  const write = encoding === 'hex' ? encodeHex : encodeBase64;
  return ({ body }) => {
    const digest = crypto.digest(hash, [body]);
    return digest instanceof Promise ? digest.then(write) : write(digest);
  };
}

function insideBody(
  part: Extract<SignedPart, { readonly json: string } | { readonly form: string }>,
): (delivery: Delivery, values: SignedValues) => Chunk {
  if ('json' in part) {
    return (delivery, { root }) => {
      const found = valueAt(root ?? parseJson(delivery.body), part.json);
      const value = typeof found === 'boolean' ? String(found) : (textOf(found) ?? part.otherwise);
      if (value === undefined) throw new WebhookError('header_missing', { at: `body ${part.json}` });
      return value;
    };
  }
  const { form, orBody = false, minLength = 0 } = part;
  const at = `form ${form}`;
  return ({ body }) => {
    if (orBody && !startsWithField(body, form)) return body;
    const value = fieldOf(body, form);
    if (value.length < minLength) throw new WebhookError('header_malformed', { at, hint: 'It is too short.' });
    return value;
  };
}

function sortedForm(delivery: Delivery): string {
  const groups = groupFields(requireForm(delivery.body));
  let text = '';
  for (const name of [...groups.keys()].sort()) {
    for (const value of [...new Set(groups.get(name))].sort()) text += name + value;
  }
  return text;
}

/** @throws header_repeated: with a second field, it would be unclear which counts */
function formText(body: Uint8Array, name: string): string | undefined {
  const values = parseForm(body)?.getAll(name) ?? [];
  if (values.length > 1) throw new WebhookError('header_repeated', { at: `form ${name}` });
  return values[0];
}
