/** A store in the Upstash of the environment, for the processes that a contract starts. */

import { upstashStore } from '@countersign/stores/upstash';
import { Redis } from '@upstash/redis';

export default function make() {
  const url = process.env.COUNTERSIGN_TEST_UPSTASH as string;
  const client = new Redis({ url, token: 'none', retry: false, enableTelemetry: false });
  return { store: upstashStore({ client }) };
}
