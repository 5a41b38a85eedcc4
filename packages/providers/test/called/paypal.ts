/** Answers the fetch of the certificate with a chain made for the tests. */

import { readFileSync } from 'node:fs';
import { paypal } from '../../src/paypal.ts';

const read = (name: string) => readFileSync(new URL(`../certificates/${name}`, import.meta.url), 'utf8');
const chain = read('paypal-chain.pem');

export default paypal({
  webhookId: '4JH86294D6297924G',
  roots: read('rsa-root.pem'),
  fetch: async () => new Response(chain),
});
