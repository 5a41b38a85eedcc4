/** The contract of adapters on older versions of Nest: run by the projects of vitest that lead Nest's name to one of them. */

import { adapterContract } from '@countersign/testing';
import { describe, it } from 'vitest';
import { nestServers } from '../src/nest-servers.ts';

for (const { name, mount, ...options } of nestServers)
  describe(name, () => adapterContract({ describe, it }, mount, options));
