/** Recognises the requests with which a sender checks a URL, which are not deliveries, and says what answers them. */

import { createReceiver, type Delivery, handshakes, type Provider } from '@countersign/core';
import type { Handshake } from '@countersign/core/describe';

/** The facts about a handshake. */
export interface HandshakeReport {
  /** The sender's own name for it. */
  readonly name: string;
  readonly method: Handshake['when']['method'];
  /** True if it is verified like a delivery before it is answered. */
  readonly signed: boolean;
  /** The options that a receiver needs to answer it. */
  readonly needs: readonly ('handshakes.verifyToken' | 'handshakes.accept')[];
}

/**
 * The handshake that a request is, or undefined.
 *
 * The receiver itself recognises it, without the verify token and the app's decision, which are not available at the
 * command line.
 *
 * @param options receiver options, without its provider
 */
export async function findHandshake(
  provider: Provider,
  options: object,
  delivery: Delivery,
): Promise<HandshakeReport | undefined> {
  if (provider.handshakes === undefined) return undefined;
  const open = handshakes(provider.handshakes.map(({ verifyToken: _, asksApp: __, ...rest }) => rest));
  const quiet = { onWarning: () => undefined, onOutcome: () => undefined };
  const receiver = createReceiver({ ...options, ...quiet, provider: { ...provider, handshakes: open } } as never);
  const outcome = await receiver.receive(delivery, () => undefined);
  const found =
    outcome.kind === 'handshake' ? provider.handshakes.find(({ name }) => name === outcome.name) : undefined;
  if (found === undefined) return undefined;
  const { name, when, signed, verifyToken, asksApp } = found;
  return {
    name,
    method: when.method,
    signed,
    needs: [
      ...(verifyToken === undefined ? [] : (['handshakes.verifyToken'] as const)),
      ...(asksApp === true ? (['handshakes.accept'] as const) : []),
    ],
  };
}

/** The report in words, as pairs. */
export function describeHandshake({
  name,
  method,
  signed,
  needs,
}: HandshakeReport): readonly (readonly [string, string])[] {
  const options: Readonly<Record<string, string>> = {
    'handshakes.verifyToken': 'handshakes: { verifyToken }, the token that you entered at the sender',
    'handshakes.accept': 'handshakes: { accept: (handshake) => true or false }, because the app must decide about it',
  };
  return [
    ['handshake', name],
    ['signed', signed ? 'yes, like a delivery' : 'no: anyone can send it'],
    [
      'answered',
      needs.length === 0
        ? 'by the receiver itself, without the handler'
        : `once the receiver has ${needs.map((one) => options[one]).join(', and ')}`,
    ],
    ...(method === 'POST' ? [] : [['method', `${method}: mount the route for ${method} as well as for POST`] as const]),
  ];
}
