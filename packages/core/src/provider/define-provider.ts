/** Defines a sender: checks its description, and adds the types of its events. */

import { lintProvider } from '../describe/provider-lint.ts';
import type { KeyMaterial } from '../schemes/scheme.ts';
import { batches } from './batches.ts';
import { requireProvider } from './check-provider.ts';
import { forms } from './forms.ts';
import { isDefined, noteDefined } from './preset.ts';
import type { EventMap, Provider, ProviderDescription } from './provider.ts';

/**
 * Checks a description and gives it the types of its events.
 *
 * `defineProvider<Events>` is for shared secrets; for schemes with public keys set the second type parameter,
 * `defineProvider<Events, 'keys'>` or `'both'`. If `NODE_ENV` is `development`, doubts about your own descriptions are
 * printed; see {@link lintProvider}.
 *
 * @example
 * const acme = defineProvider<{ 'order.paid': { order: string } }>({
 *   name: 'acme',
 *   scheme: timestampedHmac({ header: 'x-acme-signature' }),
 *   eventId: { json: 'id' },
 *   eventType: { json: 'type' },
 * });
 *
 * @throws options_invalid if a field contradicts another or has a form that nothing can match
 */
export function defineProvider<Events extends EventMap = EventMap, Material extends KeyMaterial = 'secrets'>(
  description: ProviderDescription<Material>,
): Provider<Events, Material> {
  requireProvider(description);
  const provider = isDefined(description) ? description : noteDefined({ ...batches, ...forms, ...description });
  if (description.confidence === undefined) {
    try {
      // Written out, so that bundlers for production see it and drop the lint.
      if (typeof process === 'object' && process.env.NODE_ENV === 'development') warnOfFindings(description);
    } catch {
      // Deno needs a permission to read it: without one, nothing is printed.
    }
  }
  return provider;
}

function warnOfFindings(description: ProviderDescription): void {
  // biome-ignore lint/suspicious/noConsole: no receiver has this provider yet, so there is no logger.
  for (const { message } of lintProvider(description)) console.warn(`countersign: ${description.name}: ${message}`);
}

declare const process: { readonly env: Readonly<Record<string, string | undefined>> } | undefined;
