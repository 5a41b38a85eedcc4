/** Splits the signed text of a delivery into pieces, for people who look for a difference. */

import { parseJson } from '../delivery/body.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { type PublicUrl, publicUrlOf, spellingsOf, withoutSecrets } from '../delivery/public-url.ts';
import { valuesAt } from '../delivery/value-path.ts';
import { isWebhookError } from '../errors.ts';
import type { Provider } from '../provider/provider.ts';
import type { OwnScheme } from '../schemes/scheme.ts';
import type { SignatureDescription } from '../schemes/signed-text/description.ts';
import { messagePieces } from './signed-message.ts';
import type { SignedText } from './signed-piece.ts';
import { templatePieces } from './signed-template.ts';
import { detachedPieces, tokenPieces } from './signed-token.ts';

/** Maximum number of texts that are returned, if events are signed individually. */
const maxTexts = 20;

/**
 * Returns the text that a scheme signs, piece by piece, as found in the delivery.
 *
 * Needs no secret and says nothing about the signature, so it works for deliveries that do not verify. It contains the body: only show it
 * to people who may see that, and do not log it. There is no text for a sender of stored tokens, which signs nothing, or for your own
 * scheme, which is unknown.
 *
 * @example
 * for (const { pieces } of await signedTextsOf({ body, headers }, slack)) {
 *   for (const { kind, from, bytes } of pieces) console.log(kind, from, bytes?.length);
 * }
 *
 * @param options.publicUrl as for a receiver: the origin that the sender posts to, for senders that sign the URL
 * @returns one text; several if events are signed individually or several spellings of the URL are tried
 * @throws nothing: a missing part is a piece without bytes
 */
export async function signedTextsOf(
  delivery: Delivery,
  provider: Provider,
  options: { readonly publicUrl?: PublicUrl } = {},
): Promise<readonly SignedText[]> {
  const { scheme } = provider;
  const url = () => publicUrlOf(delivery, options.publicUrl);
  switch (scheme.kind) {
    case 'hmac':
    case 'public_key':
      return templateTexts(scheme.description, delivery, url);
    case 'shared_token':
      return [];
    case 'jwt':
      return tokenPieces(scheme.description, delivery);
    case 'detached_jws':
      return detachedPieces(scheme.description, delivery, url);
    case 'http_signature':
      return messagePieces(scheme.description, delivery, url);
    default:
      scheme satisfies OwnScheme;
      return [];
  }
}

async function templateTexts(
  description: SignatureDescription,
  delivery: Delivery,
  url: () => string,
): Promise<readonly SignedText[]> {
  const { each, urlForms } = description;
  if (each !== undefined) {
    const roots = elementsOf(delivery, each).slice(0, maxTexts);
    const texts = roots.map((root, index) => textOf(description, delivery, url, `${each} ${index}`, root));
    return texts.length === 0 ? [await textOf(description, delivery, url)] : Promise.all(texts);
  }
  const spellings = urlForms === undefined ? [] : trySpellings(url, urlForms);
  if (spellings.length < 2) return [await textOf(description, delivery, url)];
  return Promise.all(
    spellings.map((spelling) => textOf(description, delivery, () => spelling, withoutSecrets(spelling))),
  );
}

async function textOf(
  description: SignatureDescription,
  delivery: Delivery,
  url: () => string,
  of?: string,
  root?: unknown,
): Promise<SignedText> {
  const pieces = await templatePieces(description, delivery, url, root);
  return of === undefined ? { pieces } : { of, pieces };
}

function elementsOf(delivery: Delivery, path: string): readonly unknown[] {
  try {
    return valuesAt(parseJson(delivery.body), path).filter((root) => root !== undefined);
  } catch (error) {
    if (!isWebhookError(error)) throw error;
    return [];
  }
}

function trySpellings(url: () => string, forms: NonNullable<SignatureDescription['urlForms']>): readonly string[] {
  try {
    return spellingsOf(url(), forms);
  } catch (error) {
    // The piece of the URL reports this itself.
    if (!isWebhookError(error)) throw error;
    return [];
  }
}
