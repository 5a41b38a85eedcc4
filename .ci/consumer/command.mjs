/** Uses the command as a user would: looks up a sender, verifies a delivery signed by Stripe's own package, refuses a changed one. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import Stripe from 'stripe';

const secret = 'whsec_a_secret_of_the_tarball_check_0123456789';
const body = JSON.stringify({ id: 'evt_1', object: 'event', type: 'invoice.paid', note: 'Zoë\r\n' });
const header = new Stripe('sk_test_unused').webhooks.generateTestHeaderString({ payload: body, secret });
writeFileSync('headers.txt', `Content-Type: application/json\nStripe-Signature: ${header}\n`);

const verify = ['verify', '--provider', 'stripe', '--headers', 'headers.txt', '--body', '-', '--json'];
const good = countersign(verify, body);
expect(good.status === 0 && JSON.parse(good.stdout).event.id === 'evt_1', 'a signed delivery verifies', good);
const bad = countersign(verify, body.replace('paid', 'gone'));
expect(bad.status === 1 && JSON.parse(bad.stdout).error.code === 'signature_mismatch', 'a changed one does not', bad);
const unknown = countersign(['verify', '--provider', 'strpe', '--raw', '-'], '');
expect(unknown.status === 2 && unknown.stderr.includes('Did you mean stripe?'), 'a similar name is suggested', unknown);
expect(countersign(['completion', 'bash'], '').stdout.includes('complete -F'), 'completion is printed', unknown);
console.log('right');

function countersign(words, input) {
  const environment = { ...process.env, COUNTERSIGN_SECRET: secret };
  return spawnSync(process.execPath, ['node_modules/.bin/countersign', ...words], {
    input,
    env: environment,
    encoding: 'utf8',
  });
}

function expect(isTrue, sentence, { status, stdout, stderr }) {
  if (!isTrue) throw new Error(`expected that ${sentence}; it ended with ${status}: ${stdout}${stderr}`);
}
