/** One HTTP attempt as bytes and headers, and the limited view of it before it is verified. */

import { parseJson } from './body.ts';
import { parseForm } from './form-fields.ts';
import { findHeader, type HeaderSource } from './header-fields.ts';

/** The head of a delivery, known before its body is read. */
export interface DeliveryHead {
  readonly headers: HeaderSource;
  /** The request target as the server saw it (`/webhooks/stripe?x=1`), or an absolute URL. */
  readonly url?: string;
  /** The request method. If absent, it is assumed to be one that the provider uses. */
  readonly method?: string;
}

/** One HTTP attempt: the body's bytes exactly as received, and the headers. */
export interface Delivery extends DeliveryHead {
  /** The received bytes; a Node Buffer works. Never a string, never a parsed object. */
  readonly body: Uint8Array;
}

/** Limits for reading a body. */
export interface BodyLimits {
  /** Maximum number of bytes to read. */
  readonly maxBodyBytes: number;
  /** The time after which `signal` fires, in seconds. */
  readonly timeoutSeconds: number;
  /** Fires when no one waits for the body any longer. */
  readonly signal: AbortSignal;
}

/** Reads the bytes of a body exactly as received. If it throws a `WebhookError`, that is the reason for the refusal. */
export type ReadBody = (limits: BodyLimits) => Uint8Array | Promise<Uint8Array>;

/** An incoming delivery: its body is read at most once, after its head has passed the checks. */
export interface IncomingDelivery extends DeliveryHead {
  /** The received bytes (a Node Buffer works), or a function that reads them. Never a string, never a parsed object. */
  readonly body: Uint8Array | ReadBody;
}

/** A head with its body; the head itself if it already has this body. */
export function deliveryOf(head: DeliveryHead | Delivery, body: Uint8Array): Delivery {
  if ('body' in head && head.body === body) return head;
  const { headers, url, method } = head;
  return { headers, body, ...(url !== undefined && { url }), ...(method !== undefined && { method }) };
}

/**
 * An unverified delivery, as a resolver of secrets sees it.
 *
 * All of it may be forged. It only serves to choose a secret or an endpoint, which is why it is not a {@link Delivery} and cannot be passed
 * to a handler.
 */
export class UnverifiedDelivery {
  readonly #delivery: Delivery;

  constructor(delivery: Delivery) {
    this.#delivery = delivery;
  }

  /** The request target as received. */
  get url(): string | undefined {
    return this.#delivery.url;
  }

  /** The request method as received. */
  get method(): string | undefined {
    return this.#delivery.method;
  }

  /** A header's value, by a name in any case. @throws header_repeated, header_malformed */
  header(name: string): string | undefined {
    return findHeader(this.#delivery.headers, name.toLowerCase());
  }

  /** The body parsed as JSON, or undefined if it is not JSON. Parses bytes that may be forged. */
  unverifiedJson(): unknown {
    return parseJson(this.#delivery.body);
  }

  /** The body parsed as a form, or undefined if it is not one or has more than 1,000 fields. Parses bytes that may be forged. */
  unverifiedForm(): URLSearchParams | undefined {
    return parseForm(this.#delivery.body);
  }
}
