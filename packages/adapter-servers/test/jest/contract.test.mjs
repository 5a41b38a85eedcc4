/** The contract of endpoints under Jest in ES modules, started by `runners.test.ts`. */

import { stripe } from '@countersign/providers/stripe';
import { webhookContract } from '@countersign/testing';
import endpoint from './endpoint.cjs';

const { app, ...rest } = endpoint;
webhookContract({ provider: stripe, target: app, path: '/hook', ...rest });
