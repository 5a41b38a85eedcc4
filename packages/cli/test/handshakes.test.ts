/** `countersign verify` on requests that are no deliveries: the checks of an address that senders make. */

import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeFolder, runHere } from './run-cli.ts';

const { write } = makeFolder();
const secret = 'a_secret_of_the_handshake_tests';
const token = 'the-verify-token-0123456789';

async function verify(provider: string, request: string, ...words: string[]) {
  const given = ['verify', '--provider', provider, '--raw', write(request), ...words];
  const env = { COUNTERSIGN_SECRET: secret };
  const [shown, json] = await Promise.all([runHere(given, { env }), runHere([...given, '--json'], { env })]);
  expect(shown.code).toBe(json.code);
  expect(shown.stdout + json.stdout + shown.stderr).not.toContain(secret);
  return { code: shown.code, text: shown.stdout, report: JSON.parse(json.stdout) };
}

const head = 'HTTP/1.1\r\nHost: shop.example\r\n';

describe('a handshake', () => {
  it('that needs a token is named, with the option, and the token is not shown', async () => {
    const query = `hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=${token}`;
    const { code, text, report } = await verify('meta', `GET /hook?${query} ${head}\r\n`);
    expect(code).toBe(1);
    expect(report).toMatchObject({
      verified: false,
      provider: 'meta',
      handshake: { name: 'subscribe', method: 'GET', signed: false, needs: ['handshakes.verifyToken'] },
    });
    expect(report).not.toHaveProperty('error');
    expect(text).toMatch(/^not a delivery, but a handshake: Meta\n/);
    expect(text).toContain('handshakes: { verifyToken }');
    expect(text).toContain('mount the route for GET as well as for POST');
    expect(text).not.toContain('method_unsupported');
    expect(text + JSON.stringify(report)).not.toContain(token);
  });

  it('that a receiver answers by itself needs nothing', async () => {
    const { report, text } = await verify('dropbox', `GET /hook?challenge=abc123 ${head}\r\n`);
    expect(report.handshake).toEqual({ name: 'challenge', method: 'GET', signed: false, needs: [] });
    expect(text).toContain('by the receiver itself');
  });

  it('by POST, on which the app has to decide, is named too', async () => {
    const { report } = await verify(
      'asana',
      `POST /hook ${head}X-Hook-Secret: b0a1c2d3e4f5\r\nContent-Length: 2\r\n\r\n{}`,
    );
    expect(report.handshake).toMatchObject({ name: 'X-Hook-Secret', signed: false, needs: ['handshakes.accept'] });
  });

  it('that is signed verifies, and is named beside the event', async () => {
    const body = JSON.stringify({
      type: 'url_verification',
      challenge: '3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P',
    });
    const time = 1_795_251_600;
    const mac = createHmac('sha256', secret).update(`v0:${time}:${body}`).digest('hex');
    const lines = `X-Slack-Request-Timestamp: ${time}\r\nX-Slack-Signature: v0=${mac}\r\nContent-Length: ${body.length}\r\n`;
    const { code, report, text } = await verify('slack', `POST /hook ${head}${lines}\r\n${body}`, '--at', String(time));
    expect(code).toBe(0);
    expect(report).toMatchObject({ verified: true, handshake: { name: 'url_verification', signed: true, needs: [] } });
    expect(text).toContain('url_verification');
    const forged = await verify(
      'slack',
      `POST /hook ${head}${lines.replace('v0=', 'v0=0')}\r\n${body}`,
      '--at',
      String(time),
    );
    expect(forged.code).toBe(1);
    expect(forged.report).not.toHaveProperty('handshake');
  });

  it('is not seen in other requests: another query, another sender, a delivery that is forged', async () => {
    const other = await verify('meta', `GET /hook?hub.mode=unsubscribe ${head}\r\n`);
    expect(other.report.error.code).toBe('method_unsupported');
    const stripe = await verify('stripe', `GET /hook?challenge=abc ${head}\r\n`);
    expect(stripe.report.error.code).toBe('method_unsupported');
    const forged = await verify(
      'meta',
      `POST /hook ${head}X-Hub-Signature-256: sha256=00\r\nContent-Length: 2\r\n\r\n{}`,
    );
    expect(forged.report).toHaveProperty('error');
    expect(forged.report).not.toHaveProperty('handshake');
  });
});
