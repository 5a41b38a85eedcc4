/** A resource route, which exports no component: its action gets the Request and returns the Response. */

import { createReceiver, memoryStore } from '@countersign/core';
import { fetchHandler } from '@countersign/http/fetch';
import { stripe } from '@countersign/providers/stripe';
import type { ActionFunctionArgs } from 'react-router';

const receiver = createReceiver({
  provider: stripe,
  // Read for each delivery, because prerendering loads this file in the build.
  secrets: () => process.env.STRIPE_WEBHOOK_SECRET ?? '',
  dedupe: memoryStore(),
});
const serve = fetchHandler(receiver, (event) => console.log(`stripe ${event.type} ${event.id}`));

export const action = ({ request }: ActionFunctionArgs) => serve(request);
