/** The same route with the Request that h3 1 makes on Node: a server that a stranger can end. */

import { createServer } from 'node:http';
import { createReceiver } from '@countersign/core';
import { fetchHandler } from '@countersign/http/fetch';
import { standardWebhooks } from '@countersign/providers/standard-webhooks';
import { createApp, createRouter, defineEventHandler, toNodeListener, toWebRequest } from 'h3';

const receiver = createReceiver({ provider: standardWebhooks, secrets: process.env.ACME_WEBHOOK_SECRET });
const serve = fetchHandler(receiver, (event) => console.log(`acme ${event.type} ${event.id}`));
const route = defineEventHandler((event) => serve(toWebRequest(event)));
const app = createApp().use(createRouter().post('/webhooks/acme', route));
createServer(toNodeListener(app)).listen(process.env.PORT);
