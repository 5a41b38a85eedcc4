/** Minimal checks of any provider, so that a receiver can report its fault. */

import { WebhookError } from '../errors.ts';
import { optionError } from '../options/option-values.ts';
import { batchesKey, formsKey } from './features.ts';
import { type Handshake, handshakesKey } from './handshake.ts';
import type { Provider, UnverifiableProvider } from './provider.ts';

/**
 * The checks that every receiver makes; all others run when a provider is defined.
 *
 * @throws options_invalid
 */
export function requireUsable(value: unknown): asserts value is Provider {
  const refuse = (at: string, hint: string) => new WebhookError('options_invalid', { at, hint });
  if (typeof value === 'function') {
    throw refuse(
      'provider',
      `This preset is a function: call it as ${value.name}({ ... }) with the facts that the sender's documentation leaves open.`,
    );
  }
  if (typeof value !== 'object' || value === null)
    throw refuse('provider', 'Expected a preset or defineProvider({ ... }).');
  if ('unverifiable' in value) {
    const { name, unverifiable, instead } = value as UnverifiableProvider;
    throw refuse('provider', `${name} cannot be verified: ${unverifiable} ${instead}`);
  }
  const { scheme, handshakes } = value as Partial<Provider>;
  if (typeof scheme?.bind !== 'function') {
    throw refuse('provider.scheme', 'Expected hmac(), sharedToken(), jwt() or one of the shortcuts.');
  }
  requireAnswering(handshakes);
}

/** @throws options_invalid for a description that names what it has no code for, such as a batch added to a preset */
export function requireFeatures(provider: Provider): void {
  const { batch, payload = 'json' } = provider;
  const missing =
    batch !== undefined && provider[batchesKey] === undefined
      ? 'batch'
      : payload !== 'json' && payload !== 'text' && payload !== 'bytes' && provider[formsKey] === undefined
        ? 'payload'
        : undefined;
  if (missing === undefined) return;
  throw optionError(`provider.${missing}`, 'Pass the provider to defineProvider(), which adds the code for it.');
}

/** @throws options_invalid for a plain list, which has no code to answer them */
function requireAnswering(handshakes: readonly Handshake[] | undefined): void {
  if (handshakes === undefined || handshakesKey in handshakes) return;
  throw new WebhookError('options_invalid', {
    at: 'provider.handshakes',
    hint: 'Expected handshakes([...]) from @countersign/core, not a plain list.',
  });
}
