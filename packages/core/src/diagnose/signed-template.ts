/** The pieces of a text that a description lists part by part. */

import type { Delivery } from '../delivery/delivery.ts';
import { findHeader, requireHeader } from '../delivery/header-fields.ts';
import { isWebhookError } from '../errors.ts';
import type { HmacDescription } from '../schemes/hmac-description.ts';
import { bodyValues } from '../schemes/signed-text/body-values.ts';
import { allFeatures } from '../schemes/signed-text/check-description.ts';
import {
  placeOf,
  type SignatureDescription,
  type SignatureLocation,
  type TimestampSource,
} from '../schemes/signed-text/description.ts';
import { readTimestamp } from '../schemes/signed-text/reader.ts';
import type { SignedPart } from '../schemes/signed-text/signed-part.ts';
import { createTemplate, type SignedValues } from '../schemes/signed-text/template.ts';
import { fixedPiece, type PieceKind, pieceOf, type SignedPiece } from './signed-piece.ts';

/** @param root the event whose own text it is, if events are signed individually */
export async function templatePieces(
  description: SignatureDescription & Pick<Partial<HmacDescription>, 'construction'>,
  delivery: Delivery,
  url: () => string,
  root?: unknown,
): Promise<readonly SignedPiece[]> {
  const { timestamp, id, nonce, signs, construction } = description;
  const optional = (read: () => string | undefined) => {
    try {
      return read();
    } catch (error) {
      // The part that needs it then becomes a piece without bytes.
      if (!isWebhookError(error)) throw error;
      return undefined;
    }
  };
  const headerAt = (place: { readonly header: string } | undefined) =>
    place && optional(() => requireHeader(delivery.headers, place.header.toLowerCase()));
  const values: SignedValues = {
    timestamp: timestamp && optional(() => readTimestamp(timestamp, timestampText(timestamp, delivery, root))),
    id: headerAt(id),
    nonce: headerAt(nonce),
    url,
    root,
  };
  const pieces = signs.map(async (part) => {
    if (typeof part === 'object' && 'text' in part) return fixedPiece(part.text);
    const { kind, from } = originOf(part, description);
    return pieceOf(kind, from, async () => {
      const [chunk = ''] = await Promise.all(createTemplate([part], undefined, false, allFeatures)(delivery, values));
      return chunk;
    });
  });
  const secret = { kind: 'secret' as const, from: 'the secret', bytes: undefined };
  return [...(construction === 'secret_prefix' ? [secret] : []), ...(await Promise.all(pieces))];
}

function originOf(
  part: Exclude<SignedPart, { readonly text: string }>,
  { timestamp, id, nonce }: SignatureDescription,
): { readonly kind: PieceKind; readonly from: string } {
  if (typeof part === 'string') {
    switch (part) {
      case 'body':
        return { kind: 'body', from: 'the received bytes of the body' };
      case 'timestamp':
        return { kind: 'timestamp', from: timestamp === undefined ? 'nowhere' : timePlace(timestamp) };
      case 'id':
        return { kind: 'id', from: `header ${id?.header.toLowerCase()}` };
      case 'nonce':
        return { kind: 'nonce', from: `header ${nonce?.header.toLowerCase()}` };
      case 'url':
        return { kind: 'url', from: 'the address that the sender posts to' };
      case 'method':
        return { kind: 'method', from: 'the method of the request' };
      case 'sorted_form':
        return { kind: 'body', from: 'the fields of the form, sorted' };
    }
  }
  if ('compute' in part) return { kind: 'computed', from: part.name };
  if ('header' in part) return { kind: 'header', from: `header ${part.header.toLowerCase()}` };
  if ('json' in part) return { kind: 'field', from: `body ${part.json}` };
  if ('form' in part) return { kind: 'field', from: `form ${part.form}` };
  if ('bodyDigest' in part) return { kind: 'digest', from: `${part.bodyDigest} of the body, ${part.encoding}` };
  const { query } = part.sortedFormOrQueryDigest;
  return { kind: 'body', from: `the fields of the form, sorted; nothing where the query has ${query}` };
}

function timePlace(source: TimestampSource): string {
  const place = 'header' in source ? `header ${source.header.toLowerCase()}` : placeOf(source);
  return source.key === undefined ? place : `${place}, item ${source.key}`;
}

function timestampText(source: SignatureLocation, { headers, body }: Delivery, root: unknown): string | undefined {
  if ('header' in source) return findHeader(headers, source.header.toLowerCase());
  return bodyValues.textInBody?.(source, body, root);
}
