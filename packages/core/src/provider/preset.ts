/** Defines a preset: a sender whose description this repository's own tests check, so that apps need not carry the checks. */

import type { KeyMaterial } from '../schemes/scheme.ts';
import type { EventMap, Provider, ProviderDescription } from './provider.ts';

/** What was checked, here or by a test; a spread copy is another object. */
const defined = new WeakSet<object>();

/** @param description has been checked, or is by a test */
export function noteDefined(description: object): void {
  defined.add(description);
}

/** True if a provider is one that was defined, and no copy with other fields. */
export function isDefined(provider: object): boolean {
  return defined.has(provider);
}

/**
 * Gives a description the type of its events without checking it, for the presets of `@countersign/providers`: their tests check them.
 * For a description of your own use `defineProvider`, which refuses one that contradicts itself.
 */
export function definePreset<Events extends EventMap = EventMap, Material extends KeyMaterial = 'secrets'>(
  description: ProviderDescription<Material>,
): Provider<Events, Material> {
  noteDefined(description);
  return description;
}
