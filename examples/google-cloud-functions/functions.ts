/** A function of Google Cloud that is called by HTTP. */

import { createReceiver, memoryStore } from '@countersign/core';
import { nodeHandler } from '@countersign/http/node';
import { standardWebhooks } from '@countersign/providers/standard-webhooks';
import { http } from '@google-cloud/functions-framework';

const receiver = createReceiver({
  // Many senders share this scheme, so give each its own name.
  provider: { ...standardWebhooks, name: 'acme' },
  secrets: process.env.ACME_WEBHOOK_SECRET,
  // For tests. Instances share no memory: use a store from @countersign/stores.
  dedupe: memoryStore(),
});

// The framework has parsed the body already; nodeHandler takes the bytes that it keeps as `rawBody`.
http(
  'acme',
  nodeHandler(receiver, (event) => console.log(`acme ${event.type} ${event.id}`)),
);
