/** A Lambda function for Shopify's webhooks, behind API Gateway, a function URL or a load balancer. */

import { createReceiver, memoryStore } from '@countersign/core';
import { lambdaHandler } from '@countersign/http/aws-lambda';
import { shopify } from '@countersign/providers/shopify';

const receiver = createReceiver({
  provider: shopify,
  secrets: process.env.SHOPIFY_API_SECRET,
  // Loses its records with the instance: use dynamodbStore from @countersign/stores for events that must not run twice.
  dedupe: memoryStore(),
});

export const handler = lambdaHandler(receiver, (event) => console.log(`shopify ${event.type} ${event.id}`));
