import { createRequire } from 'node:module';
import { type ChildApp, node, startApp } from 'example-testing/child-app';
import { endpointOf, testDeliveries } from 'example-testing/deliveries';
import { post } from 'example-testing/post';
import { fromAcme, secrets } from 'example-testing/signed';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const { ACME_WEBHOOK_SECRET } = secrets;
const folder = new URL('..', import.meta.url);
const main = createRequire(import.meta.url).resolve('@google-cloud/functions-framework');
const framework = main.replace(/index\.js$/, 'main.js');
const command = [...node, framework, '--target=acme'] as const;

describe('the example of Google Cloud Functions', () => {
  let app: ChildApp;
  beforeAll(async () => {
    app = await startApp({ command, folder, env: { ACME_WEBHOOK_SECRET } });
  });
  afterAll(() => app?.stop());

  testDeliveries(() => endpointOf(app, '/'));

  it('takes every content type, because the framework keeps the bytes of all of them', async () => {
    const types = ['text/plain', 'application/x-www-form-urlencoded', 'application/vnd.acme', 'multipart/mixed'];
    for (const [index, type] of types.entries()) {
      const { body, headers } = fromAcme(`typed_${index}`);
      expect((await post(app.url, body, { ...headers, 'content-type': type })).status).toBe(200);
    }
  });

  it('never sees what the framework cannot parse', async () => {
    const answer = await post(app.url, '{"unfinished"');
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('<title>Error</title>');
  });

  it('does not start without its secret', async () => {
    await expect(startApp({ command, folder, env: {} })).rejects.toThrow(/acme needs the signing secret/);
  });
});
