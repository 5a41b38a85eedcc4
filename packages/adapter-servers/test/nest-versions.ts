/** The contract of adapters on older versions of Nest: run by the projects of vitest that lead Nest's name to one of them. */

import { adapterContract } from '@countersign/testing';
import { describe, it } from 'vitest';
import { nestServers } from '../src/nest-servers.ts';
import { inTurn } from './in-turn.ts';

for (const { name, mount, ...options } of nestServers)
  describe.concurrent(name, () => adapterContract({ describe: inTurn, it }, mount, options));
