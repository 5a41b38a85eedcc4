/** Defines a preset: this repository's tests check its description, so apps need not carry the checks. */

import type { KeyMaterial } from '../schemes/scheme.ts';
import type { EventMap, Provider, ProviderDescription } from './provider.ts';

/** Checked objects, here or by a test; a spread copy is a different object. */
const defined = new WeakSet<object>();

/** @param description checked here or by a test */
export function noteDefined<Description extends object>(description: Description): Description {
  defined.add(description);
  return description;
}

/** True if a provider was defined, and is not a modified copy. */
export function isDefined(provider: object): boolean {
  return defined.has(provider);
}

/**
 * Adds the types of its events to a description without checking it, for the presets of `@countersign/providers`, which have tests. Use
 * `defineProvider` for your own descriptions: it refuses one that contradicts itself.
 */
export function definePreset<Events extends EventMap = EventMap, Material extends KeyMaterial = 'secrets'>(
  description: ProviderDescription<Material>,
): Provider<Events, Material> {
  return noteDefined(description);
}
