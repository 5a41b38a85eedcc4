/** One HTTP attempt as bytes and headers, and the careful look that may be taken at it before it is verified. */

import { parseJson } from './body.ts';
import { parseForm } from './form-fields.ts';
import { findHeader, type HeaderSource } from './header-fields.ts';

/** What is known of a delivery before its body is read. */
export interface DeliveryHead {
  readonly headers: HeaderSource;
  /** The request target as the server saw it (`/webhooks/stripe?x=1`), or an absolute URL. */
  readonly url?: string;
  /** The request method. Where it is not given, it is taken to be one that the provider uses. */
  readonly method?: string;
}

/** One HTTP attempt: the body's bytes exactly as received, and the headers. */
export interface Delivery extends DeliveryHead {
  /** The received bytes; a Node Buffer is one. Never a string, never a parsed object. */
  readonly body: Uint8Array;
}

/** Bounds of one reading of a body. */
export interface BodyLimits {
  /** Most bytes that may be read. */
  readonly maxBodyBytes: number;
  /** The time after which `signal` fires, in seconds. */
  readonly timeoutSeconds: number;
  /** Fires when nobody waits for the body any longer. */
  readonly signal: AbortSignal;
}

/** Reads the bytes of a body exactly as received. What it throws is the reason of the refusal where it is a `WebhookError`. */
export type ReadBody = (limits: BodyLimits) => Uint8Array | Promise<Uint8Array>;

/** A delivery as it comes in: its body is read, once at most, when its head has been found in order. */
export interface IncomingDelivery extends DeliveryHead {
  /** The received bytes (a Node Buffer is one), or a function that reads them. Never a string, never a parsed object. */
  readonly body: Uint8Array | ReadBody;
}

/** A head with its body. */
export function deliveryOf({ headers, url, method }: DeliveryHead, body: Uint8Array): Delivery {
  return { headers, body, ...(url !== undefined && { url }), ...(method !== undefined && { method }) };
}

/**
 * A delivery that nobody has verified yet, as a resolver of secrets sees it.
 *
 * Everything in it may be forged. It serves to choose a secret or an endpoint and nothing else, which is why it is
 * not a {@link Delivery} and cannot be handed to a handler.
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

  /** The body parsed as JSON, or undefined where it is none. Costs a parse of bytes that may be forged. */
  unverifiedJson(): unknown {
    return parseJson(this.#delivery.body);
  }

  /** The body parsed as a form, or undefined where it is none or has more than 1,000 fields. Costs a parse of bytes that may be forged. */
  unverifiedForm(): URLSearchParams | undefined {
    return parseForm(this.#delivery.body);
  }
}
