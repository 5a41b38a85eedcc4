import { createRequire } from 'node:module';
import { sign } from '@octokit/webhooks-methods';
import { buildPackagesOf } from 'example-testing/built-packages';
import { type ChildApp, startApp } from 'example-testing/child-app';
import { post, statusOf } from 'example-testing/post';
import { runCommand } from 'example-testing/run-command';
import { fromGithub, type Signed, secrets } from 'example-testing/signed';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const folder = new URL('..', import.meta.url);
const vite = createRequire(import.meta.url)
  .resolve('vite/package.json')
  .replace(/package\.json$/, 'bin/vite.js');
const { GITHUB_WEBHOOK_SECRET } = secrets;

const deliver = ({ url }: ChildApp, { body, headers }: Signed) => post(`${url}/webhooks/github`, body, headers);

describe('the SvelteKit example', () => {
  const apps: ChildApp[] = [];
  let app: ChildApp;
  const start = async (env: Record<string, string>, out = 'dist') => {
    const started = await startApp({ command: [process.execPath, out], folder, env });
    apps.push(started);
    return started;
  };

  beforeAll(async () => {
    await buildPackagesOf(folder);
    // Without a secret: the build must not need one.
    await runCommand([process.execPath, vite, 'build'], folder);
    app = await start({ GITHUB_WEBHOOK_SECRET });
  }, 300_000);
  afterAll(() => Promise.all(apps.map((one) => one.stop())));

  it('runs the handler once for an event that comes twice, as JSON and as a form', async () => {
    for (const isForm of [false, true]) {
      const first = await fromGithub(`first-${isForm}`, { isForm });
      const second = await fromGithub(`second-${isForm}`, { isForm });
      for (const delivery of [first, first, second]) expect(await statusOf(deliver(app, delivery))).toBe(200);
      const lines = await app.printedUntil(`github push second-${isForm}`, 'github');
      expect(lines.slice(-2)).toEqual([`github push first-${isForm}`, `github push second-${isForm}`]);
    }
    expect(await app.printedUntil('github push second-true', 'github')).toHaveLength(4);
  });

  it('refuses what is forged, as JSON and as a form', async () => {
    for (const isForm of [false, true]) {
      const forged = await fromGithub('forged', { isForged: true, isForm });
      expect(await statusOf(deliver(app, forged))).toBe(401);
    }
    expect(await statusOf(deliver(app, await fromGithub('after')))).toBe(200);
    expect(await app.printedUntil('github push after', 'github')).not.toContain('github push forged');
  });

  it('keeps foreign forms away from its other routes, which still read JSON and their own forms', async () => {
    const order = (headers: Record<string, string>, body = 'item=tea') => post(`${app.url}/orders`, body, headers);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    // Without ORIGIN in its environment, adapter-node takes its own address to be https.
    const own = app.url.replace('http:', 'https:');
    expect(await statusOf(order({ ...form, origin: 'https://elsewhere.example' }))).toBe(403);
    expect(await statusOf(order(form))).toBe(403);
    expect(await (await order({ ...form, origin: own })).json()).toEqual({ ordered: 'tea' });
    expect(await (await order({}, '{"item":"tea"}')).json()).toEqual({ ordered: 'tea' });
  });

  it('refuses bodies above the limit of adapter-node as too large', async () => {
    const large = async (id: string) => {
      const body = JSON.stringify({ ref: 'x'.repeat(600_000) });
      const signature = await sign(GITHUB_WEBHOOK_SECRET, body);
      const headers = { 'x-github-event': 'push', 'x-github-delivery': id, 'x-hub-signature-256': signature };
      return { body, headers: { 'content-type': 'application/json', ...headers } };
    };
    expect(await statusOf(deliver(app, await large('large')))).toBe(413);
    await expect.poll(app.output).toMatch(/body_too_large: .*the limit of the framework/);
    const roomy = await start({ GITHUB_WEBHOOK_SECRET, BODY_SIZE_LIMIT: '1M' });
    expect(await statusOf(deliver(roomy, await large('large')))).toBe(200);
  });

  it('answers nothing but 500 without its secret, and logs why', async () => {
    const careless = await start({ GITHUB_WEBHOOK_SECRET: '' });
    expect(await statusOf(deliver(careless, await fromGithub('unread')))).toBe(500);
    await expect.poll(careless.output).toMatch(/github: .*secret_invalid/);
    expect(careless.output()).not.toContain('github push');
  });

  it('would get no forms without its setting: SvelteKit answers them with 403', async () => {
    await runCommand([process.execPath, vite, 'build', '--config', 'test/with-check.config.ts'], folder);
    const checked = await start({ GITHUB_WEBHOOK_SECRET }, '.cache/with-check');
    const form = await fromGithub('form', { isForm: true });
    const answer = await deliver(checked, form);
    expect([answer.status, await answer.text()]).toEqual([403, 'Cross-site POST form submissions are forbidden']);
    // GitHub's own address in the list would not help: no sender gives an Origin.
    expect(await statusOf(deliver(checked, await fromGithub('json')))).toBe(200);
    expect(await checked.printedUntil('github push json', 'github')).toEqual(['github push json']);
  });
});
