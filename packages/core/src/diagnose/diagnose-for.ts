/** Diagnoses a delivery with a receiver's configuration, so that secrets need not be passed again. */

import type { Delivery } from '../delivery/delivery.ts';
import type { AnyEvent } from '../event/event.ts';
import { optionError, requireKnownNames } from '../options/option-values.ts';
import { configurationOf } from '../receiver/configuration.ts';
import type { Receiver } from '../receiver/receiver.ts';
import { type DiagnoseOptions, type Diagnosis, explainDelivery } from './diagnosis.ts';
import type { GivenOptions } from './given.ts';

/** Options of {@link diagnoseFor} in addition to the receiver's own. */
export type DiagnoseForOptions = Omit<DiagnoseOptions, keyof GivenOptions>;

const known = new Set(['otherSecrets', 'otherProviders', 'maxAttempts', 'maxMilliseconds', 'framework']);

/**
 * Finds out why a receiver refuses a genuine delivery: {@link diagnose} with the receiver's provider, secrets, keys,
 * replay window, public URL and clock.
 *
 * @example
 * const { verdict, causes } = await diagnoseFor(receiver, { body, headers });
 * for (const { code, what, fix } of causes) console.log(code, what, fix);
 *
 * @throws options_invalid for invalid options, and for a copy of a receiver, which does not have its secrets
 */
export async function diagnoseFor(
  receiver: Receiver<AnyEvent>,
  delivery: Delivery,
  options: DiagnoseForOptions = {},
): Promise<Diagnosis> {
  requireKnownNames(options, known);
  const configuration = configurationOf(receiver);
  if (configuration === undefined) {
    const hint =
      'Expected the result of createReceiver(). A copy, such as { ...receiver }, does not have its secrets: pass the receiver itself, or call diagnose() with the provider and the secrets.';
    throw optionError('receiver', hint);
  }
  const { provider, secrets, keys, toleranceSeconds, publicUrl, clock, ...policy } = configuration;
  const given = {
    ...(keys === undefined ? {} : { keys }),
    ...(publicUrl === undefined ? {} : { publicUrl }),
    ...(clock === undefined ? {} : { clock }),
    toleranceSeconds,
  };
  return explainDelivery(delivery, provider, secrets, { ...options, ...given }, policy);
}
