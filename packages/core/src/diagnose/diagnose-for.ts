/** Diagnoses a delivery with what a receiver is configured with, so that no secret has to be handed over again. */

import type { Delivery } from '../delivery/delivery.ts';
import type { AnyEvent } from '../event/event.ts';
import { refuseOption, requireKnownNames } from '../options/option-values.ts';
import { configurationKey, type Receiver } from '../receiver/receiver.ts';
import type { CheckedOptions } from '../receiver/receiver-options.ts';
import { type DiagnoseOptions, type Diagnosis, explainDelivery } from './diagnosis.ts';
import type { GivenOptions } from './given.ts';

/** What {@link diagnoseFor} may look at beside what the receiver knows. */
export type DiagnoseForOptions = Omit<DiagnoseOptions, keyof GivenOptions>;

const known = new Set(['otherSecrets', 'otherProviders', 'maxAttempts', 'maxMilliseconds', 'framework']);

/**
 * Finds out why a receiver refuses a genuine delivery: {@link diagnose} with the provider, secrets, keys, replay window,
 * public URL and clock that the receiver was built with.
 *
 * @throws options_invalid for options that make no sense, and for a copy of a receiver, which does not know them
 */
export async function diagnoseFor(
  receiver: Receiver<AnyEvent>,
  delivery: Delivery,
  options: DiagnoseForOptions = {},
): Promise<Diagnosis> {
  requireKnownNames(options, known);
  const configurationOf = (receiver as { readonly [configurationKey]?: () => CheckedOptions } | undefined)?.[
    configurationKey
  ];
  if (configurationOf === undefined) {
    const hint =
      'It takes what createReceiver() gives. A copy of that, such as { ...receiver }, does not know its secrets: change the receiver itself, or call diagnose() with the provider and the secrets.';
    throw refuseOption('receiver', hint);
  }
  const { provider, secrets, keys, toleranceSeconds, publicUrl, clock, ...policy } = configurationOf();
  const given = {
    ...(keys === undefined ? {} : { keys }),
    ...(publicUrl === undefined ? {} : { publicUrl }),
    ...(clock === undefined ? {} : { clock }),
    toleranceSeconds,
  };
  return explainDelivery(delivery, provider, secrets, { ...options, ...given }, policy);
}
