/** What works but should be looked at, said once when a receiver is built. */

import type { CheckedOptions } from './receiver-options.ts';

/** Which endpoint first used a secret, by the secret's bytes as Latin-1 text. Bounded; never printed. */
const firstUse = new Map<string, string>();
const firstUseLimit = 1000;

/** Tells `onWarning` of a secret that serves two endpoints and of a preset's assumptions. */
export function warnOfDoubts(options: CheckedOptions, secrets: readonly Uint8Array[]): void {
  const { provider, endpoint, onWarning } = options;
  if (!options.acceptAssumptions) {
    for (const { what, because } of provider.assumptions ?? []) {
      const message = `${provider.title ?? provider.name}: assuming that ${what}. ${because} Set acceptAssumptions: true once real deliveries have confirmed it.`;
      onWarning({ code: 'assumption', provider: provider.name, message });
    }
  }
  if (typeof endpoint !== 'string') return;
  for (const secret of secrets) {
    const key = String.fromCharCode(...secret);
    const user = firstUse.get(key);
    if (user === undefined) {
      firstUse.set(key, endpoint);
      if (firstUse.size > firstUseLimit) firstUse.delete(firstUse.keys().next().value as string);
    } else if (user !== endpoint) {
      const message = `the endpoints ${user} and ${endpoint} share a secret, so a delivery captured at one passes at the other. Give each its own.`;
      onWarning({ code: 'shared_secret', provider: provider.name, message });
    }
  }
}
