/** A Miniflare that can be taken away and given back, with its files in a folder of its own. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Miniflare } from 'miniflare';

export function startMiniflare(name: string, open: (folder: string) => Miniflare) {
  const folder = mkdtempSync(join(tmpdir(), `countersign-${name}-`));
  let server: Miniflare | undefined = open(folder);
  const cut = async () => {
    const gone = server;
    server = undefined;
    await gone?.dispose();
  };
  return {
    /** @throws while it is away, with what the runtime says then */
    current(away: string): Miniflare {
      if (server === undefined) throw new Error(away);
      return server;
    },
    cut,
    async restore() {
      server = open(folder);
      await server.ready;
    },
    async close() {
      await cut();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
