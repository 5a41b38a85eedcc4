/** One HTTP attempt as bytes and headers, and the careful look that may be taken at it before it is verified. */

import { decodeUtf8 } from './encoding.ts';
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

/** Strict UTF-8 JSON, a byte order mark tolerated (RFC 8259 section 8.1); undefined for anything else. */
export function parseJson(body: Uint8Array): unknown {
  const text = decodeUtf8(body);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch {
    // The engine's message quotes the input, so it goes no further.
    return undefined;
  }
}
