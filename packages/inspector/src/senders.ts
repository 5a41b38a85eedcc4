/** The senders to choose from, and the provider for a choice. */

import type { Provider } from '@countersign/core';
import type { UnverifiableProvider } from '@countersign/core/describe';
import { describeScheme } from '@countersign/core/describe';
import { type RegistryEntry, registry } from '@countersign/providers/registry';
import { type PresetAnswers, presetArgument, presetQuestions } from '@countersign/providers/tools/preset-questions';

/** The result of a choice. */
export type Choice =
  | { readonly kind: 'ready'; readonly entry: RegistryEntry; readonly provider: Provider }
  | { readonly kind: 'unverifiable'; readonly entry: RegistryEntry; readonly sender: UnverifiableProvider }
  | { readonly kind: 'asks'; readonly entry: RegistryEntry; readonly missing: readonly string[] }
  | { readonly kind: 'refused'; readonly entry: RegistryEntry; readonly error: unknown };

/** All senders, by their titles. */
export const senders: readonly RegistryEntry[] = [...registry.values()].sort((left, right) =>
  left.title.localeCompare(right.title, 'en'),
);

/** True if deliveries name the URL of a certificate. The user pastes it here, since this page fetches nothing. */
export function takesCertificate({ scheme }: Provider): boolean {
  return describeScheme(scheme).certificate !== undefined;
}

/** Creates the provider, once all required parameters of its preset are given. */
export async function chooseSender(id: string, answers: PresetAnswers, certificate: string): Promise<Choice> {
  const entry = registry.get(id);
  if (entry === undefined) throw new Error(`no sender ${id}`);
  const loaded = await entry.load();
  if (entry.kind === 'unverifiable') return { kind: 'unverifiable', entry, sender: loaded as UnverifiableProvider };
  if (entry.kind === 'preset') return { kind: 'ready', entry, provider: loaded as Provider };
  const missing = presetQuestions(id).flatMap(({ name, isRequired }) =>
    isRequired && answers[name] === undefined ? [name] : [],
  );
  if (missing.length > 0) return { kind: 'asks', entry, missing };
  try {
    const argument = presetArgument(id, answers) as object;
    const pasted = { fetch: async () => new Response(certificate, { status: certificate === '' ? 404 : 200 }) };
    const make = loaded as (argument: object) => Provider;
    const provider = make(argument);
    return { kind: 'ready', entry, provider: takesCertificate(provider) ? make({ ...argument, ...pasted }) : provider };
  } catch (error) {
    return { kind: 'refused', entry, error };
  }
}
