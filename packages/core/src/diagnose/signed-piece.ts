/** The pieces of a signed text, and their creation, or the reason why one is unavailable. */

import { encodeUtf8 } from '../encoding.ts';
import { isWebhookError, type WebhookErrorCode } from '../errors.ts';

/**
 * The kind of a piece of a signed text. `fixed`: it is in every text of the sender. `field`: a value inside the body. `computed`: a text
 * that only one sender makes. `secret`: the secret itself, whose bytes are never shown.
 */
export type PieceKind =
  | 'fixed'
  | 'body'
  | 'timestamp'
  | 'id'
  | 'nonce'
  | 'url'
  | 'method'
  | 'header'
  | 'field'
  | 'digest'
  | 'token'
  | 'computed'
  | 'secret';

/** One piece. */
export interface SignedPiece {
  readonly kind: PieceKind;
  /** Its source: `header stripe-signature, item t`. */
  readonly from: string;
  /** Undefined for the secret, and if the delivery does not have it. */
  readonly bytes: Uint8Array | undefined;
  /** The reason why the delivery does not have it. */
  readonly error?: WebhookErrorCode;
  /** The content of an encoded piece, such as the claims of a token. */
  readonly reads?: string;
}

/** A text with its own signature. */
export interface SignedText {
  /** Its name among several, such as `events.* 0` or the spelling of a URL; absent for the only one. */
  readonly of?: string;
  /** In order; joined, they are the signed text. */
  readonly pieces: readonly SignedPiece[];
}

/** A piece whose bytes are computed; if a scheme would refuse it, the piece has no bytes. */
export async function pieceOf(
  kind: PieceKind,
  from: string,
  compute: () => string | Uint8Array | Promise<string | Uint8Array>,
): Promise<SignedPiece> {
  try {
    const value = await compute();
    return { kind, from, bytes: typeof value === 'string' ? encodeUtf8(value) : value };
  } catch (error) {
    if (!isWebhookError(error)) throw error;
    return { kind, from, bytes: undefined, error: error.code };
  }
}

/** A piece that is in every text of the sender. */
export function fixedPiece(text: string): SignedPiece {
  return { kind: 'fixed', from: 'fixed', bytes: encodeUtf8(text) };
}
