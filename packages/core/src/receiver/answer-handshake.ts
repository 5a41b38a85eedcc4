/** Answers the handshakes of a provider within a receiver: its token, its MACs, and the app's own decision. */

import { crypto } from '#crypto';
import { parseJson } from '../delivery/body.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { encodeUtf8 } from '../encoding.ts';
import { isWebhookError, WebhookError } from '../errors.ts';
import type { Outcome } from '../handling/outcome.ts';
import { answerHandshake, type Handshake, type HandshakeRequest, handshakeValue } from '../provider/handshake.ts';
import type { BoundScheme } from '../schemes/scheme.ts';
import { isPromiseLike, withTimeout } from '../with-timeout.ts';
import type { CheckedOptions } from './receiver-options.ts';

/** Prepares what is done with a request once it is known to be a handshake. The result never rejects. */
export function createHandshakeRun(
  { provider, handshakes, handlerTimeoutSeconds }: CheckedOptions,
  scheme: BoundScheme,
) {
  const { mac } = scheme;
  /** @param secretId the secret that signed the request, where it was signed: the sender may not know the newest one yet */
  return async (handshake: Handshake, delivery: Delivery, now: number, secretId?: string): Promise<Outcome> => {
    try {
      if (handshake.verifyToken !== undefined) requireToken(handshake, delivery, handshakes.verifyToken);
      const macOf = mac === undefined ? undefined : (text: string) => mac(text, delivery, now, secretId);
      const answer = await answerHandshake(handshake, delivery, macOf);
      await askApp(handshake, delivery, provider.name, handshakes.accept, handlerTimeoutSeconds);
      return { kind: 'handshake', name: handshake.name, answer };
    } catch (error) {
      return { kind: 'rejected', error: isWebhookError(error) ? error : unexpected(error) };
    }
  };
}

function requireToken({ verifyToken, name }: Handshake, delivery: Delivery, expected: string | undefined): void {
  if (expected === undefined) {
    throw new WebhookError('options_invalid', {
      at: 'handshakes.verifyToken',
      hint: `The sender asks for the handshake ${name}. Give the token that you entered there as handshakes: { verifyToken }.`,
    });
  }
  const given = handshakeValue(verifyToken as NonNullable<typeof verifyToken>, delivery);
  if (!crypto.equalBytes(encodeUtf8(given), encodeUtf8(expected))) {
    throw new WebhookError('signature_mismatch', { at: 'handshake', hint: 'Its token is not handshakes.verifyToken.' });
  }
}

async function askApp(
  handshake: Handshake,
  delivery: Delivery,
  provider: string,
  accept: CheckedOptions['handshakes']['accept'],
  seconds: number,
): Promise<void> {
  const { name, signed, value, asksApp = false } = handshake;
  if (accept === undefined) {
    if (!asksApp) return;
    throw new WebhookError('options_invalid', {
      at: 'handshakes.accept',
      hint: `The sender asks for the handshake ${name}, which the app has to decide on. Give handshakes: { accept: (handshake) => true or false }.`,
    });
  }
  const request: HandshakeRequest = {
    provider,
    name,
    signed,
    value: value === undefined ? undefined : handshakeValue(value, delivery),
    payload: delivery.body.byteLength === 0 ? undefined : parseJson(delivery.body),
  };
  let isAccepted: unknown;
  try {
    const given = accept(request);
    const late = () => new Error(`It gave no answer within ${seconds} s.`);
    isAccepted = isPromiseLike(given) ? await withTimeout(given, seconds, late) : given;
  } catch (cause) {
    throw new WebhookError('options_invalid', {
      at: 'handshakes.accept',
      hint: 'It threw, or gave no answer in time; see cause.',
      cause,
    });
  }
  if (isAccepted !== true) {
    throw new WebhookError('signature_mismatch', { at: 'handshake', hint: 'handshakes.accept did not give true.' });
  }
}

function unexpected(cause: unknown): WebhookError {
  return new WebhookError('options_invalid', { at: 'handshakes', hint: 'Something threw; see cause.', cause });
}
