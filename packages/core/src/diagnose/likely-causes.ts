/** Signs of a cause, if no change makes the signature match. */

import { describeScheme } from '../describe/scheme-facts.ts';
import { decodeUtf8 } from '../encoding.ts';
import type { WebhookError } from '../errors.ts';
import { isPlaceholder } from '../keys/decode-secret.ts';
import { likeness, safeName } from './header-names.ts';
import { bindsBody } from './search.ts';
import { entriesOf } from './secret-variants.ts';
import type { Situation } from './situation.ts';
import type { Finding } from './time-causes.ts';

/**
 * The likely causes, the most likely first. A signature that is merely wrong has none: it may be forged.
 *
 * @param refusal the receiver's error for the delivery
 * @param failure the scheme's error if age and strength are ignored
 */
export function findLikelyCauses(
  situation: Situation,
  refusal: WebhookError,
  failure: WebhookError,
): readonly Finding[] {
  const { code, at, hint } = refusal;
  switch (code) {
    case 'secret_invalid':
      return [secretFault(situation, at, hint)];
    case 'body_not_raw':
    case 'header_repeated':
    case 'key_unavailable':
    case 'key_unknown':
      return [{ code, at }];
    case 'header_missing':
      // The signature itself is inside the body that something has already read.
      if (situation.body.length === 0 && /^(?:body|form)\b/.test(at ?? '')) return [{ code: 'body_empty', at }];
      return isFormForJson(situation, at)
        ? [{ code: 'header_missing', at, what: formWhat, fix: formFix }]
        : missingHeader(situation, at);
    case 'encoding_unsupported':
      return [{ code: 'content_encoding', at: 'content-encoding' }];
    case 'method_unsupported':
      return [{ code: 'method' }];
    case 'timestamp_malformed':
      return [{ code: 'timestamp_unit', at }];
    case 'timestamp_too_new':
      if (failure.code === code) return [{ code: 'timestamp_unit', at }];
      break;
    case 'options_invalid':
      return at === 'publicUrl' ? [{ code: 'url_unknown', at }] : [];
  }
  return bindsBody(situation.provider.scheme) ? damagedBody(situation) : [];
}

/** The fault of a secret or key that a receiver refuses. */
export function secretFault({ secrets, keys, provider }: Situation, at: string | undefined, hint: string): Finding {
  const [value, place] = provider.scheme.material === 'keys' ? [keys, 'keys' as const] : [secrets, 'secrets' as const];
  const entries = entriesOf(value, place);
  const isEmpty = (one: string | Uint8Array) => (typeof one === 'string' ? one.trim() === '' : one.length === 0);
  if (entries.every((entry) => isEmpty(entry.value))) return { code: 'secret_missing', at };
  const isLeftOver = entries.some((entry) => typeof entry.value === 'string' && isPlaceholder(entry.value));
  return isLeftOver ? { code: 'secret_placeholder', at } : { code: 'secret_refused', at, what: hint };
}

/** True for a form where the signature is in JSON: some senders also send forms, and sign them differently. */
function isFormForJson({ headers }: Situation, at: string | undefined): boolean {
  const isForm = headers.some(
    ([name, value]) => name === 'content-type' && /^(?:application\/x-www-form-urlencoded|multipart\/)/i.test(value),
  );
  return isForm && at?.startsWith('body ') === true;
}

const formWhat = 'The scheme looks for the signature in a JSON body, and the body is a form.';
const formFix =
  'Send the JSON webhooks of this sender here. Messages as forms, such as mail that a route forwards, are signed differently.';

function missingHeader({ headers, provider }: Situation, at: string | undefined): readonly Finding[] {
  const wanted = describeScheme(provider.scheme)
    .headers.flat()
    .find(({ name }) => name === at);
  const alike = headers
    .map(([name]) => ({ name, score: wanted === undefined ? 0 : likeness(name, wanted.name) }))
    .filter(({ name, score }) => score >= 90 && safeName(name) !== undefined);
  const [best] = alike;
  if (best === undefined) return [{ code: 'header_missing', at }];
  const what = `The scheme looks for ${at}, and there is ${best.name}.`;
  return [
    { code: 'header_renamed', at: best.name, what },
    { code: 'header_missing', at },
  ];
}

/** Signs in the bytes themselves and in the announced length. */
function damagedBody({ body, headers }: Situation): readonly Finding[] {
  const lengths = headers.filter(([name, value]) => name === 'content-length' && /^\d{1,10}$/.test(value));
  const announced = lengths.length === 1 ? Number(lengths[0]?.[1]) : undefined;
  const text = decodeUtf8(body);
  if (body.length === 0 && announced !== 0) return [{ code: 'body_empty' }];
  if (text?.includes('\ufffd')) return [{ code: 'body_lossy_utf8' }];
  if (announced === undefined || announced === body.length) return [];
  const at = 'content-length';
  const parsed = text === undefined ? undefined : parse(text);
  if (parsed !== undefined && write(parsed) === text) return [{ code: 'body_reserialised', at }];
  const isCutOff = body.length < announced && (text === undefined || parsed === undefined);
  return [{ code: isCutOff ? 'body_truncated' : 'body_changed', at }];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Undefined for data nested deeper than the engine can serialize. */
function write(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
