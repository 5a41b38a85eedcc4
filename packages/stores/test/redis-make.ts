/** A store in the Redis of the environment, for the processes that a contract starts. */

import { redisStore } from '@countersign/stores/redis';
import { Redis } from 'ioredis';

export default function make() {
  const client = new Redis(process.env.COUNTERSIGN_TEST_REDIS as string);
  return { store: redisStore({ client }), close: () => client.disconnect() };
}
