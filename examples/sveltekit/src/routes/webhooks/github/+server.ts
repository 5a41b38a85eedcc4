/** The route of the webhook: a Request in, a Response out. */

import { createReceiver, memoryStore } from '@countersign/core';
import { fetchHandler } from '@countersign/http/fetch';
import { github } from '@countersign/providers/github';
import type { RequestHandler } from '@sveltejs/kit';

const receiver = createReceiver({
  provider: github,
  // A function, because `vite build` loads this file too. With '' the answer is a 500 that names the reason, with [] it would be 401.
  secrets: () => process.env.GITHUB_WEBHOOK_SECRET ?? '',
  dedupe: memoryStore(),
});
const serve = fetchHandler(receiver, (event) => console.log(`github ${event.type} ${event.id}`));

export const POST: RequestHandler = ({ request }) => serve(request);
