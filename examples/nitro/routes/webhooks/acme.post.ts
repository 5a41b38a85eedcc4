/** The route of the webhook, with the request of Node that h3 keeps in the event. */

import { createReceiver, memoryStore } from '@countersign/core';
import { nodeHandler } from '@countersign/http/node';
import { standardWebhooks } from '@countersign/providers/standard-webhooks';
import { fromNodeMiddleware } from 'h3';

const receiver = createReceiver({
  // Many senders share this scheme, so give each its own name.
  provider: { ...standardWebhooks, name: 'acme' },
  // Read for each delivery, because Nitro's build may run routes (prerendering). With '' the answer is a 500 that names the reason.
  secrets: () => process.env.ACME_WEBHOOK_SECRET ?? '',
  dedupe: memoryStore(),
});
const serve = nodeHandler(receiver, (event) => console.log(`acme ${event.type} ${event.id}`));

// Not toWebRequest(event): its stream throws outside of any handler when a large body is given up, which ends a process.
export default fromNodeMiddleware(serve);
