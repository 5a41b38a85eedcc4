/** Pages Router: the default export is the route, and `config` keeps Next.js from parsing the body. */

import { createReceiver, memoryStore } from '@countersign/core';
import { webhook } from '@countersign/next/pages';
import { linear } from '@countersign/providers/linear';

export const config = { api: { bodyParser: false } };

const receiver = createReceiver({
  provider: linear,
  secrets: process.env.LINEAR_WEBHOOK_SECRET,
  dedupe: memoryStore(),
});

export default webhook(receiver, (event) => console.log(`linear ${event.type} ${event.id}`));
