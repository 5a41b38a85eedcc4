/** What a signed text consists of, and what makes one piece of it, or says why it cannot be had. */

import { encodeUtf8 } from '../encoding.ts';
import { isWebhookError, type WebhookErrorCode } from '../errors.ts';

/**
 * What a piece of a signed text is. `fixed`: it stands in every text of the sender. `field`: a value inside the body.
 * `computed`: a text that one sender alone makes. `secret`: the secret itself, whose bytes are never shown.
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
  /** Where it was taken from: `header stripe-signature, item t`. */
  readonly from: string;
  /** Undefined for the secret, and where the delivery does not have it. */
  readonly bytes: Uint8Array | undefined;
  /** Why the delivery does not have it. */
  readonly error?: WebhookErrorCode;
  /** What an encoded piece says, such as the claims of a token. */
  readonly reads?: string;
}

/** A text that has a signature of its own. */
export interface SignedText {
  /** Which of several, such as `events.* 0` or the spelling of an address; absent for the only one. */
  readonly of?: string;
  /** In their order; joined, they are what was signed. */
  readonly pieces: readonly SignedPiece[];
}

/** A piece whose bytes are computed; what a scheme would refuse becomes a piece without bytes. */
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

/** A piece that stands in every text of the sender. */
export function fixedPiece(text: string): SignedPiece {
  return { kind: 'fixed', from: 'fixed', bytes: encodeUtf8(text) };
}
