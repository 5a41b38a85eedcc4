/** One endpoint under contract: signs for it, sends to it, and counts its handler's effects. */

import { randomUUID } from 'node:crypto';
import { signDelivery } from '../signing/sign-delivery.ts';
import { createSigningKeys } from '../signing/signing-keys.ts';
import type { SignedDelivery, SigningOptions } from '../signing/signing-options.ts';
import type { CaseId } from './case-ids.ts';
import type { Endpoint } from './endpoint-target.ts';
import type { Finding } from './findings.ts';
import type { WebhookContractOptions } from './webhook-contract-options.ts';
import type { Answer, Sent } from './wire.ts';

/** The ways in which a delivery differs from a plain one. */
export type Changes = Omit<SigningOptions, 'url'>;

export class EndpointSubject {
  readonly options: WebhookContractOptions;
  readonly findings: Map<CaseId, Finding> = new Map();
  readonly #endpoint: Endpoint;

  constructor(options: WebhookContractOptions, endpoint: Endpoint) {
    this.options = options;
    this.#endpoint = endpoint;
  }

  newId(): string {
    return `evt_${randomUUID().replaceAll('-', '')}`;
  }

  /** A genuine delivery of a new event, unless changed by options. */
  sign(id: string, changes: Changes = {}): Promise<SignedDelivery> {
    const { provider, secret, privateKey, keyId, claims, headers, type, body, url } = this.options;
    const material = changes.secret === undefined && changes.privateKey === undefined ? { secret, privateKey } : {};
    const own = { ...material, keyId, claims, headers, type, ...(body && { body: body(id) }), ...changes };
    const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
    return signDelivery(provider, { id, url: url ?? this.#endpoint.url.href, ...given });
  }

  /** The same, from someone who does not know the secret. */
  forge(id: string): Promise<SignedDelivery> {
    const { signing } = createSigningKeys(this.options.provider);
    return this.sign(id, signing);
  }

  /** Sends a delivery with its exact bytes; given headers replace its own. */
  send(delivery: SignedDelivery, changes: Partial<Sent> = {}): Promise<Answer> {
    const { method, headers, body, url } = delivery;
    const content = changes.pieces === undefined ? { body } : {};
    // A token may be in the query.
    return this.#endpoint.send(
      { method, headers: Object.entries(headers), ...content, ...changes },
      new URL(url).search,
    );
  }

  /** Number of times that the event took effect; undefined if effects are not counted. */
  async effects(id: string): Promise<number | undefined> {
    return this.options.effects?.(id);
  }
}
