/** Lists of presets that tools try one after another. */

import type { Provider } from '@countersign/core';
import { registry } from '../registry.ts';

/**
 * The presets that verify with only a shared secret and need no options: other senders that a delivery may have come
 * from. Loads them all.
 */
export async function presetsWithSecrets(): Promise<readonly Provider[]> {
  const presets = [...registry.values()].filter(({ kind }) => kind === 'preset');
  const loaded = (await Promise.all(presets.map(({ load }) => load()))) as Provider[];
  return loaded.filter(({ scheme }) => scheme.material === 'secrets');
}
