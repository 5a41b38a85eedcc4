/** Lists of presets that tools try one after another. */

import type { Provider } from '@countersign/core';
import { registry } from '../registry.ts';

/**
 * The presets that verify by a shared secret alone and ask for nothing: what a delivery may have come from in place of the
 * sender that was thought of. Loads them all.
 */
export async function presetsWithSecrets(): Promise<readonly Provider[]> {
  const presets = [...registry.values()].filter(({ kind }) => kind === 'preset');
  const loaded = (await Promise.all(presets.map(({ load }) => load()))) as Provider[];
  return loaded.filter(({ scheme }) => scheme.material === 'secrets');
}
