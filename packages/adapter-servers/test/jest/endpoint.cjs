/** An Express app behind the adapter, as a project in CommonJS has it; FAULTS makes it accept what is not signed. */

const { createReceiver, memoryStore } = require('@countersign/core');
const { webhook } = require('@countersign/express');
const { stripe } = require('@countersign/providers/stripe');
const express = require('express');

const secret = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';
const { failsOpen = false } = JSON.parse(process.env.FAULTS ?? '{}');
const counts = new Map();
let isFailing = false;

const receiver = createReceiver({
  provider: stripe,
  secrets: secret,
  dedupe: memoryStore(),
  onOutcome: () => undefined,
});
const app = express();
app.post('/hook', (request, response, next) => {
  if (failsOpen && request.headers['stripe-signature'] === undefined) response.end();
  else next();
});
app.post(
  '/hook',
  webhook(receiver, ({ id }) => {
    if (isFailing) throw new Error('The database is away.');
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }),
);

module.exports = {
  app,
  secret,
  effects: (id) => counts.get(id) ?? 0,
  failing: (isOn) => {
    isFailing = isOn;
  },
};
