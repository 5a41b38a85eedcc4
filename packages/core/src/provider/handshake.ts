/** What a sender asks of an address before or beside deliveries, described as data: how it is recognised and answered. */

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
 * A text of the answer: a value as it is, or its MAC by the scheme's own hash. The secret is the one that signed the request,
 * or the newest active one where it was not signed.
 *
 * A stranger chooses what is signed here, so `grammar` says exactly what may be; nothing that fits it is accepted as a delivery.
 */
export type HandshakeText =
  | HandshakeValue
  | {
      readonly macOf: HandshakeValue;
      readonly grammar: HandshakeGrammar;
      readonly encoding: 'hex' | 'base64';
      readonly prefix?: string;
    };

/** One kind of request that is no event, and its answer. */
export interface Handshake {
  /** The sender's own word for it where there is one. Reported in the outcome. */
  readonly name: string;
  /** How it is recognised: all that is given has to hold. `'*'` stands for any value that is not empty. */
  readonly when: {
    readonly method: 'GET' | 'HEAD' | 'POST';
    readonly query?: Readonly<Record<string, string>>;
    readonly header?: string;
    /** A header that is absent, such as the one with the signature. */
    readonly withoutHeader?: string;
    /** The fields of a form body: these and no other. `'*'` stands for digits. */
    readonly form?: Readonly<Record<string, string>>;
    /** Values by their paths in a JSON body. */
    readonly json?: Readonly<Record<string, string | number | boolean>>;
    /** Paths at which a JSON body holds nothing. */
    readonly absent?: readonly string[];
  };
  /** True if the request has to be verified like a delivery first. One that is not is answered to anybody who asks. */
  readonly signed: boolean;
  /** A value of the request that has to equal the receiver's `handshakes.verifyToken`. */
  readonly verifyToken?: HandshakeValue;
  /** What the request brings, for the app: a challenge, a new secret, an address to confirm. */
  readonly value?: HandshakeValue;
  /** The app has to decide by the receiver's `handshakes.accept`, since more than an echo depends on it. */
  readonly asksApp?: boolean;
  readonly response: {
    /** Default 200. */
    readonly status?: number;
    readonly headers?: Readonly<Record<string, HandshakeText>>;
    /** A text, or the fields of a JSON object. */
    readonly body?: HandshakeText | { readonly object: Readonly<Record<string, HandshakeText | number>> };
  };
  /** What is to be known of it, for docs. */
  readonly note?: string;
}

/** What `handshakes.accept` is told. */
export interface HandshakeRequest {
  readonly provider: string;
  /** Which handshake of the provider it is. */
  readonly name: string;
  /** True if the sender's signature was verified. Where not, anybody may have sent it. */
  readonly signed: boolean;
  /** What it brings; undefined where the description names nothing. */
  readonly value: string | undefined;
  /** The parsed JSON body; undefined where there is none. */
  readonly payload: unknown;
}

/** What a sender's checks of the address need. */
export interface HandshakeOptions {
  /** The token that was entered at the sender (Meta's verify token). Compared in constant time. */
  readonly verifyToken?: string | undefined;
  /**
   * Hears of each handshake and says by `true` that it may be answered.
   *
   * Needed where a handshake brings a new secret or an address to confirm; nothing is fetched or stored for the app.
   */
  readonly accept?: (handshake: HandshakeRequest) => boolean | Promise<boolean>;
}

/** Under this name a list of handshakes brings along what answers them; the same in every copy of this package. */
export const handshakesKey: unique symbol = Symbol.for('countersign.handshakes');

/** The handshakes of a sender, made by {@link handshakes}: the data, and the code that answers them. */
export type Handshakes = readonly Handshake[] & { readonly [handshakesKey]: HandshakeProtocol };

/** The receiver as far as a handshake concerns it. */
export interface HandshakeReceiver {
  /** The name of its provider. */
  readonly provider: string;
  readonly options: HandshakeOptions;
  /** How long `accept` may take, in seconds. */
  readonly timeoutSeconds: number;
  readonly mac: BoundScheme['mac'];
}

/** What answers handshakes. A provider without any has none of it in its bundle. */
export interface HandshakeProtocol {
  /** @throws options_invalid */
  checkOptions(options: HandshakeOptions): void;
  /** Handshakes that are refused as long as an option is missing: their names, with the option. */
  unanswered(
    list: Handshakes,
    options: HandshakeOptions,
  ): readonly { readonly name: string; readonly option: string }[];
  /** True if a text is one that a handshake would sign for a stranger; undefined where none signs. */
  reservedBy(list: Handshakes): ((text: string) => boolean) | undefined;
  /** True if the head of a request leaves open that it is a handshake that nobody signs. */
  mayAsk(list: Handshakes, head: DeliveryHead): boolean;
  /** Longest body that is read for such a one, in bytes. */
  readonly maxUnverifiedBytes: number;
  /** The handshake that a request is, among those that are signed or those that are not. */
  find(list: Handshakes, delivery: Delivery, signed: boolean): Handshake | undefined;
  /**
   * @param secretId the secret that signed the request, where it was signed: the sender may not know the newest one yet
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

/** What the handshakes of a provider sign for strangers. */
export function signedGrammars(handshakes: readonly Handshake[] | undefined): readonly HandshakeGrammar[] {
  return (handshakes ?? []).flatMap(({ response }) =>
    textsOf(response).flatMap((text) => (typeof text === 'object' && 'macOf' in text ? [text.grammar] : [])),
  );
}

function textsOf({ headers = {}, body }: Handshake['response']): readonly (HandshakeText | number)[] {
  const ofBody = body === undefined ? [] : 'object' in body ? Object.values(body.object) : [body];
  return [...Object.values(headers), ...ofBody];
}
