/** The contract of endpoints under node:test, started by `runners.test.ts`. */

import { describe, it } from 'node:test';
import { stripe } from '@countersign/providers/stripe';
import { webhookContract } from '@countersign/testing';
import { type Faults, handwrittenEndpoint } from '../../src/handwritten-endpoint.ts';

const secret = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';
const { app, ...rest } = handwrittenEndpoint(secret, JSON.parse(process.env.FAULTS ?? '{}') as Faults);
webhookContract({ provider: stripe, secret, target: app, path: '/hook', ...rest, runner: { describe, it } });
