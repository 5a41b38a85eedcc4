/** The pieces of the text that a token's signature covers (RFC 7515 section 5.1); the signature itself is not one of them. */

import { joinChunks } from '../crypto/chunks.ts';
import { parseJson } from '../delivery/body.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { requireHeader } from '../delivery/header-fields.ts';
import { valueAt } from '../delivery/value-path.ts';
import { decodeBase64Url, decodeUtf8, encodeBase64Url, encodeUtf8 } from '../encoding.ts';
import { isWebhookError, WebhookError } from '../errors.ts';
import type { DetachedJwsDescription } from '../schemes/detached-jws-description.ts';
import type { JwtDescription } from '../schemes/jwt-description.ts';
import { queryToken, readScheme } from '../schemes/shared-token.ts';
import { fixedPiece, type SignedPiece, type SignedText } from './signed-piece.ts';

/** The header and the claims of a token, as sent and decoded. */
export function tokenPieces({ token }: JwtDescription, delivery: Delivery): readonly SignedText[] {
  const place = placeOf(token);
  try {
    const [header = '', claims = ''] = tokenText(token, delivery, place).split('.');
    return [{ pieces: [partOf('header', header, place), fixedPiece('.'), partOf('claims', claims, place)] }];
  } catch (error) {
    return missing(error, place);
  }
}

/** The header of a detached JWS, and the request as its payload. */
export function detachedPieces(
  { header: name, unencoded = false, payloads }: DetachedJwsDescription,
  delivery: Delivery,
  url: () => string,
): readonly SignedText[] {
  const place = `header ${name.toLowerCase()}`;
  try {
    const [first = ''] = requireHeader(delivery.headers, name.toLowerCase()).split('.');
    const head = partOf('header', first, place);
    const texts =
      payloads === undefined
        ? [[delivery.body]]
        : payloads.compute(delivery, JSON.parse(head.reads ?? '{}') as Record<string, unknown>, url);
    return texts.map((chunks, index) => {
      const bytes = joinChunks(chunks);
      const from = `${payloads?.name ?? 'the received bytes of the body'}${unencoded ? '' : ', as base64url'}`;
      const payload: SignedPiece = {
        kind: payloads === undefined ? 'body' : 'computed',
        from,
        bytes: unencoded ? bytes : encodeUtf8(encodeBase64Url(bytes)),
        ...(unencoded ? {} : { reads: decodeUtf8(bytes) ?? '' }),
      };
      const pieces = [head, fixedPiece('.'), payload];
      return texts.length === 1 ? { pieces } : { of: String(index), pieces };
    });
  } catch (error) {
    return missing(error, place);
  }
}

function partOf(what: 'header' | 'claims', text: string, place: string): SignedPiece {
  const bytes = decodeBase64Url(text);
  const reads = bytes && decodeUtf8(bytes);
  return {
    kind: 'token',
    from: `${what} of the token, ${place}`,
    bytes: encodeUtf8(text),
    ...(reads === undefined ? {} : { reads }),
  };
}

/** The result for an unavailable token: one piece without bytes. A header that is not JSON counts as malformed. */
function missing(error: unknown, from: string): readonly SignedText[] {
  if (!isWebhookError(error) && !(error instanceof SyntaxError)) throw error;
  const code = isWebhookError(error) ? error.code : 'token_invalid';
  return [{ pieces: [{ kind: 'token', from, bytes: undefined, error: code }] }];
}

function placeOf(token: JwtDescription['token']): string {
  if (token === undefined || token === 'body') return 'body';
  if ('header' in token) return `header ${token.header.toLowerCase()}`;
  return 'query' in token ? `query ${token.query}` : `body ${token.json}`;
}

function tokenText(token: JwtDescription['token'], delivery: Delivery, at: string): string {
  let text: unknown;
  if (token === undefined || token === 'body') text = decodeUtf8(delivery.body);
  else if ('header' in token)
    text = readScheme(token.scheme, requireHeader(delivery.headers, token.header.toLowerCase()), at);
  else if ('query' in token) text = queryToken(token.query, delivery, at);
  else text = valueAt(parseJson(delivery.body), token.json);
  if (typeof text !== 'string' || text === '') throw new WebhookError('header_missing', { at });
  return text;
}
