/** The pieces of a signature base (RFC 9421 section 2.5): one line for each component, and the parameters. */

import type { Delivery } from '../delivery/delivery.ts';
import { encodeUtf8 } from '../encoding.ts';
import { isWebhookError } from '../errors.ts';
import type { HttpSignatureDescription } from '../schemes/message-signature/description.ts';
import { coveredComponents } from '../schemes/message-signature/http-signature.ts';
import { componentValue } from '../schemes/message-signature/message-components.ts';
import { fixedPiece, type PieceKind, pieceOf, type SignedPiece, type SignedText } from './signed-piece.ts';

/** A text for each signature that matches the description. */
export async function messagePieces(
  description: HttpSignatureDescription,
  delivery: Delivery,
  url: () => string,
): Promise<readonly SignedText[]> {
  try {
    const signatures = coveredComponents(description, delivery);
    return await Promise.all(
      signatures.map(async ({ label, covered, parameters }) => {
        const lines = covered.map(async (component): Promise<readonly SignedPiece[]> => {
          const { kind, from } = originOf(component.name);
          const value = await pieceOf(kind, from, () => componentValue(component, delivery, url));
          return [fixedPiece(`${component.text}: `), value, fixedPiece('\n')];
        });
        const end = { kind: 'header' as const, from: 'header signature-input', bytes: encodeUtf8(parameters) };
        const pieces = [...(await Promise.all(lines)).flat(), fixedPiece('"@signature-params": '), end];
        return signatures.length === 1 ? { pieces } : { of: label, pieces };
      }),
    );
  } catch (error) {
    if (!isWebhookError(error)) throw error;
    const { code, at = 'signature-input' } = error;
    return [{ pieces: [{ kind: 'header', from: `header ${at}`, bytes: undefined, error: code }] }];
  }
}

function originOf(name: string): { readonly kind: PieceKind; readonly from: string } {
  if (name === '@method') return { kind: 'method', from: 'the method of the request' };
  if (name.startsWith('@')) return { kind: 'url', from: 'the address that the sender posts to' };
  return { kind: name === 'content-digest' ? 'digest' : 'header', from: `header ${name}` };
}
