/** A store in the Deno KV of the environment, for the processes that a contract starts. */

import { denoKvStore } from '@countersign/stores/deno-kv';
import { openKv } from '@deno/kv';

export default async function make() {
  const kv = await openKv(process.env.COUNTERSIGN_TEST_DENO_KV as string);
  return { store: denoKvStore({ kv, maxClockSkewSeconds: 0 }), close: () => kv.close() };
}
