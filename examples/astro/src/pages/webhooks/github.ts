/** The endpoint of the webhook: a Request in, a Response out. */

import { createReceiver, memoryStore } from '@countersign/core';
import { fetchHandler } from '@countersign/http/fetch';
import { github } from '@countersign/providers/github';
import type { APIRoute } from 'astro';

const receiver = createReceiver({
  provider: github,
  // Read for each delivery. import.meta.env would have the value of the build, in the build.
  secrets: () => process.env.GITHUB_WEBHOOK_SECRET ?? '',
  dedupe: memoryStore(),
});
const serve = fetchHandler(receiver, (event) => console.log(`github ${event.type} ${event.id}`));

export const POST: APIRoute = ({ request }) => serve(request);
