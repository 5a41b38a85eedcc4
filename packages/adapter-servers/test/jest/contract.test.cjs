/** The contract of endpoints under Jest in CommonJS, started by `runners.test.ts`. */

const { stripe } = require('@countersign/providers/stripe');
const { webhookContract } = require('@countersign/testing');
const { app, ...rest } = require('./endpoint.cjs');

webhookContract({ provider: stripe, target: app, path: '/hook', ...rest });
