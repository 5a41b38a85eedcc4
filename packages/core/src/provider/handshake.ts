/** A sender's checks of a URL before or between deliveries, described as data: how to recognize and answer them. */

import type { Delivery, DeliveryHead } from '../delivery/delivery.ts';
import type { HandlerResponse } from '../response.ts';
import type { BoundScheme } from '../schemes/scheme.ts';
import type { HandshakeGrammar } from './handshake-grammar.ts';

/** A text of the request, or a fixed one. */
export type HandshakeValue =
  | { readonly query: string }
  | { readonly header: string }
  | { readonly json: string }
  | { readonly text: string };

/**
 * A text of the response: an unchanged value, or its MAC by the scheme's own hash. The secret is the one that signed the request, or the
 * newest active one if the request was unsigned.
 *
 * A stranger chooses the text to sign, so `grammar` defines exactly which texts are allowed; no text that matches it is accepted as a
 * delivery.
 */
export type HandshakeText =
  | HandshakeValue
  | {
      readonly macOf: HandshakeValue;
      readonly grammar: HandshakeGrammar;
      readonly encoding: 'hex' | 'base64';
      readonly prefix?: string;
    };

/** One kind of request that is not an event, and its response. */
export interface Handshake {
  /** The sender's own name for it, if there is one. Reported in the outcome. */
  readonly name: string;
  /** The conditions to recognize it; all of them must hold. `'*'` matches any value that is not empty. */
  readonly when: {
    readonly method: 'GET' | 'HEAD' | 'POST';
    readonly query?: Readonly<Record<string, string>>;
    readonly header?: string;
    /** A header that must be absent, such as the one with the signature. */
    readonly withoutHeader?: string;
    /** The fields of a form body: exactly these. `'*'` matches digits. */
    readonly form?: Readonly<Record<string, string>>;
    /** Values by their paths in a JSON body. */
    readonly json?: Readonly<Record<string, string | number | boolean>>;
    /** Paths at which a JSON body must have no value. */
    readonly absent?: readonly string[];
  };
  /** True if the request must be verified like a delivery first. Otherwise anyone gets the response. */
  readonly signed: boolean;
  /** A value of the request that must equal the receiver's `handshakes.verifyToken`. */
  readonly verifyToken?: HandshakeValue;
  /** Values of the request for the app: a challenge, a new secret, a URL to confirm. */
  readonly value?: HandshakeValue;
  /** True if the app must decide with the receiver's `handshakes.accept`, since it is more than an echo. */
  readonly asksApp?: boolean;
  readonly response: {
    /** Default 200. */
    readonly status?: number;
    readonly headers?: Readonly<Record<string, HandshakeText>>;
    /** A text, or the fields of a JSON object. */
    readonly body?: HandshakeText | { readonly object: Readonly<Record<string, HandshakeText | number>> };
  };
  /** A remark for the docs. */
  readonly note?: string;
}

/** The argument of `handshakes.accept`. */
export interface HandshakeRequest {
  readonly provider: string;
  /** The name of the provider's handshake. */
  readonly name: string;
  /** True if the sender's signature was verified. If not, anyone may have sent it. */
  readonly signed: boolean;
  /** Its values; undefined if the description names none. */
  readonly value: string | undefined;
  /** The parsed JSON body; undefined if there is none. */
  readonly payload: unknown;
}

/** Options for a sender's checks of the URL. */
export interface HandshakeOptions {
  /** The token that was entered at the sender (Meta's verify token). Compared in constant time. */
  readonly verifyToken?: string | undefined;
  /**
   * Called with each handshake; returns `true` to allow the response.
   *
   * Required if a handshake contains a new secret or a URL to confirm; the receiver fetches and stores nothing for the app.
   */
  readonly accept?: (handshake: HandshakeRequest) => boolean | Promise<boolean>;
}

/** A list of handshakes carries the code that answers them under this name; the same in every copy of this package. */
export const handshakesKey: unique symbol = Symbol.for('countersign.handshakes');

/** The handshakes of a sender, made by {@link handshakes}: the data, and the code that answers them. */
export type Handshakes = readonly Handshake[] & { readonly [handshakesKey]: HandshakeProtocol };

/** The parts of a receiver that a handshake needs. */
export interface HandshakeReceiver {
  /** The name of its provider. */
  readonly provider: string;
  readonly options: HandshakeOptions;
  /** Maximum time for `accept`, in seconds. */
  readonly timeoutSeconds: number;
  readonly mac: BoundScheme['mac'];
}

/** The code that answers handshakes. A provider without any does not bundle it. */
export interface HandshakeProtocol {
  /** @throws options_invalid */
  checkOptions(options: HandshakeOptions): void;
  /** A warning for each handshake that is refused while an option is missing. */
  doubts(list: Handshakes, options: HandshakeOptions): readonly string[];
  /** True if a handshake would sign this text for a stranger; undefined if none signs. */
  reservedBy(list: Handshakes): ((text: string) => boolean) | undefined;
  /** True if the request may be an unsigned handshake according to its head. */
  mayAsk(list: Handshakes, head: DeliveryHead): boolean;
  /** Maximum body size for such a request, in bytes. */
  readonly maxUnverifiedBytes: number;
  /** The matching handshake, among either the signed or the unsigned ones. */
  find(list: Handshakes, delivery: Delivery, signed: boolean): Handshake | undefined;
  /**
   * @param secretId the secret that signed the request, if it was signed: the sender may not know the newest one yet
   * @throws WebhookError
   */
  answer(
    handshake: Handshake,
    delivery: Delivery,
    receiver: HandshakeReceiver,
    now: number,
    secretId?: string,
  ): Promise<HandlerResponse>;
}

/** The texts that the handshakes of a provider sign for strangers. */
export function signedGrammars(handshakes: readonly Handshake[] | undefined): readonly HandshakeGrammar[] {
  return (handshakes ?? []).flatMap(({ response }) =>
    textsOf(response).flatMap((text) => (typeof text === 'object' && 'macOf' in text ? [text.grammar] : [])),
  );
}

function textsOf({ headers = {}, body }: Handshake['response']): readonly (HandshakeText | number)[] {
  const ofBody = body === undefined ? [] : 'object' in body ? Object.values(body.object) : [body];
  return [...Object.values(headers), ...ofBody];
}
