/** `countersign doctor`, over deliveries that Stripe's own package has signed and something has damaged. */

import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { makeFolder, runHere } from './run-cli.ts';

const { write } = makeFolder();
const secret = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';
const at = 1_795_251_600;
const body = '{"id":"evt_1","type":"invoice.paid","name":"Zoë"}';
const signature = Stripe.webhooks.generateTestHeaderString({ payload: body, secret, timestamp: at });

async function examine(
  given: string,
  env: Record<string, string> = { COUNTERSIGN_SECRET: secret },
  ...words: string[]
) {
  const headers = write(`stripe-signature: ${signature}\ncontent-type: application/json\n`);
  const files = ['--headers', headers, '--body', write(given), '--at', String(at)];
  const result = await runHere(['doctor', '--provider', 'stripe', ...files, ...words], { env });
  for (const text of [result.stdout, result.stderr]) {
    expect(text).not.toContain(secret.slice(6, 30));
    expect(text).not.toContain(signature.slice(-20));
    expect(text).not.toContain('Zoë');
  }
  return result;
}

describe('countersign doctor', () => {
  it('names the cause and the fix, in the words of the framework', async () => {
    const pretty = JSON.stringify(JSON.parse(body), null, 2);
    const { code, stdout } = await examine(pretty, undefined, '--framework', 'express');
    expect(code).toBe(1);
    expect(stdout).toMatch(/explained.*Stripe; the receiver says signature_mismatch/);
    expect(stdout).toContain('body_reserialised (proved)');
    expect(stdout).toContain('express.json()');
  });

  it('says that a delivery verifies, or that nothing explains why it does not', async () => {
    expect(await examine(body)).toMatchObject({ code: 0, stdout: 'verifies: Stripe\n' });
    const forged = await examine(body.replace('evt_1', 'evt_2'), undefined, '--json');
    expect(JSON.parse(forged.stdout)).toMatchObject({ verdict: 'unexplained', causes: [] });
    expect(forged.code).toBe(1);
  });

  it('tries the secrets of other endpoints, by the names of their variables', async () => {
    const env = { COUNTERSIGN_SECRET: 'whsec_another_secret_of_some_length', STRIPE_TEST_SECRET: secret };
    const { stdout } = await examine(body, env, '--other-secret-env', 'STRIPE_TEST_SECRET', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: 'cause_found',
      causes: [{ code: 'other_mode', certainty: 'proved' }],
    });
    expect(stdout).toContain('STRIPE_TEST_SECRET');
  });

  it('recognises a delivery of another sender', async () => {
    const headers = write(`stripe-signature: ${signature}\n`);
    const files = ['--headers', headers, '--body', write(body), '--at', String(at), '--json'];
    const { stdout } = await runHere(['doctor', '--provider', 'github', ...files], {
      env: { COUNTERSIGN_SECRET: secret },
    });
    expect(JSON.parse(stdout)).toMatchObject({ causes: [{ code: 'other_provider' }] });
    expect(stdout).toContain('stripe');
  });

  it('ends with 2 where a variable is not set', async () => {
    expect(await examine(body, undefined, '--other-secret-env', 'NONE')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--other-secret-env/),
    });
  });
});
