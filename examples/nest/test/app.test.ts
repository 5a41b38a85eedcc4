import { sign } from '@octokit/webhooks-methods';
import { buildPackagesOf } from 'example-testing/built-packages';
import { type ChildApp, startApp } from 'example-testing/child-app';
import { post, statusOf } from 'example-testing/post';
import { runCommand } from 'example-testing/run-command';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const folder = new URL('..', import.meta.url);
const secret = 'a_secret_of_the_example_0123456789';

beforeAll(async () => {
  await buildPackagesOf(folder);
  await runCommand(['npm', 'run', '--silent', 'build'], folder);
}, 300_000);

const platforms = ['express', 'fastify'];

for (const platform of platforms) {
  describe(`the Nest example on ${platform}`, () => {
    const command = [process.execPath, 'dist/main.js'] as const;
    let app: ChildApp;
    beforeAll(async () => {
      app = await startApp({ command, folder, env: { GITHUB_WEBHOOK_SECRET: secret, PLATFORM: platform } });
    });
    afterAll(() => app?.stop());

    const push = async (ref: string, signedWith = secret) => {
      const body = JSON.stringify({ ref, commits: [] });
      return post(`${app.url}/api/v1/webhooks/github`, body, {
        'x-github-event': 'push',
        'x-github-delivery': `delivery-${ref}`,
        'x-hub-signature-256': await sign(signedWith, body),
      });
    };

    it('lets the service answer, once for an event that comes twice', async () => {
      const first = await push('refs/tags/v1');
      expect([first.status, await first.json()]).toEqual([200, { prepared: 'refs/tags/v1' }]);
      expect([await statusOf(push('refs/tags/v1')), await statusOf(push('refs/tags/v2'))]).toEqual([200, 200]);
      const lines = ['prepared refs/tags/v1', 'prepared refs/tags/v2'];
      expect(await app.printedUntil('prepared refs/tags/v2', 'prepared')).toEqual(lines);
    });

    it('refuses what is forged, and tells the service nothing of it', async () => {
      expect(await statusOf(push('refs/tags/forged', 'somebody_else_made_this_secret_up'))).toBe(401);
      expect(await statusOf(push('refs/tags/v3'))).toBe(200);
      const lines = await app.printedUntil('prepared refs/tags/v3', 'prepared');
      expect(lines).not.toContain('prepared refs/tags/forged');
    });

    it('refuses what has no signature, and serves no second address without a prefix or a version', async () => {
      expect(await statusOf(post(`${app.url}/api/v1/webhooks/github`, '{"ref":"unsigned"}'))).toBe(401);
      for (const path of ['/webhooks/github', '/api/webhooks/github', '/v1/webhooks/github'])
        expect(await statusOf(post(app.url + path, '{"ref":"unsigned"}'))).toBe(404);
      expect(app.output()).not.toContain('prepared unsigned');
    });

    it('still parses JSON on its other route', async () => {
      const answer = await post(`${app.url}/api/v1/orders`, JSON.stringify({ item: 'tea' }));
      expect([answer.status, await answer.json()]).toEqual([201, { ordered: 'tea' }]);
    });

    it('does not start without its secret', async () => {
      await expect(startApp({ command, folder, env: { PLATFORM: platform } })).rejects.toThrow(
        /github needs the signing secret, but it is not set/,
      );
    });
  });
}
