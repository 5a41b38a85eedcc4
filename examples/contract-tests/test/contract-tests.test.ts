import { execFile, execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type ChildApp, node, startApp } from 'example-testing/child-app';
import { afterAll, describe, expect, it } from 'vitest';

const folder = new URL('../', import.meta.url);
const secret = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';
const previousSecret = 'whsec_ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=';
const program = fileURLToPath(new URL('../../../packages/cli/src/bin.ts', import.meta.url));

const hasPython = (() => {
  try {
    execFileSync('python3', ['--version'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    if (process.env.COUNTERSIGN_REQUIRE_SERVICES) throw new Error('python3 is missing', { cause: error });
    return false;
  }
})();

const endpoints = [
  ['in Node', [node[0], node[1], '--disable-warning=ExperimentalWarning', 'server.ts'], true],
  [`in Python${hasPython ? '' : ' (skipped: there is no python3)'}`, ['python3', 'server.py'], hasPython],
] as const;

describe.each(endpoints)('an endpoint %s', (_, command, isThere) => {
  let app: ChildApp | undefined;
  afterAll(() => app?.stop());

  it.skipIf(!isThere)(
    'holds every case of the contract',
    async () => {
      app = await startApp({
        command,
        folder,
        env: { STRIPE_WEBHOOK_SECRET: secret, STRIPE_PREVIOUS_SECRET: previousSecret },
      });
      const { url } = app;
      const words = [
        'contract',
        `${url}/webhooks/stripe`,
        '--provider',
        'stripe',
        '--control',
        `${url}/control`,
        '--previous-secret-env',
        'STRIPE_PREVIOUS_SECRET',
        '--json',
      ];
      const { code, stdout } = await run(words);
      const report = JSON.parse(stdout);
      expect(report.results.filter(({ verdict }: { verdict: string }) => verdict === 'falls_short')).toEqual([]);
      expect([code, report.holds, report.leftOut]).toEqual([0, 23, 0]);
    },
    60_000,
  );

  it.skipIf(!isThere)('loses and doubles nothing of a simulated sender', async () => {
    const { url } = app as ChildApp;
    const rates = ['--duplicates', '0.2', '--timeouts', '0.1', '--crashes', '0.1', '--reorder', '0.1'];
    const words = [
      'simulate',
      `${url}/webhooks/stripe`,
      '--provider',
      'stripe',
      '--control',
      `${url}/control`,
      ...rates,
      '--json',
    ];
    const { code, stdout } = await run(words);
    expect(JSON.parse(stdout)).toMatchObject({ events: 100, lost: [], duplicated: [], givenUp: [] });
    expect(code).toBe(0);
  });
});

function run(words: readonly string[]): Promise<{ code: number; stdout: string }> {
  const flags = ['--conditions=countersign-source', '--disable-warning=ExperimentalWarning'];
  return new Promise((resolve) => {
    const env = { ...process.env, COUNTERSIGN_SECRET: secret, STRIPE_PREVIOUS_SECRET: previousSecret };
    execFile(process.execPath, [...flags, program, ...words], { env, maxBuffer: 1e7 }, (error, stdout) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout }),
    );
  });
}
