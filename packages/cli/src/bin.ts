#!/usr/bin/env node

/** The command `countersign`: the streams, the environment and the exit code of this process. */

import { processSurroundings } from './frame/surroundings.ts';
import { run } from './program.ts';

// The reader may have seen enough: `countersign providers | head -3`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});
process.exitCode = await run(process.argv.slice(2), processSurroundings());
