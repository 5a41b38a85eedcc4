/** The command `countersign contract`, as a process of its own, against endpoints over HTTP that are wrong in one respect each. */

import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brokenEndpoints, type Faults, handwrittenEndpoint } from '../src/handwritten-endpoint.ts';

const { PATH, NODE_COMPILE_CACHE } = process.env;

const secret = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';
const program = fileURLToPath(new URL('../../cli/src/bin.ts', import.meta.url));
const servers: ReturnType<typeof createServer>[] = [];
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

/** The endpoint behind a port, with the address by which the command asks for effects and lets the handler fail. */
async function serve(faults: Faults) {
  const { app, effects, failing, hanging } = handwrittenEndpoint(secret, faults);
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url as string, 'http://localhost');
    if (pathname !== '/control') return app(request, response);
    if (request.method === 'GET') return response.end(String(effects(searchParams.get('effects') ?? '')));
    if (searchParams.has('failing')) failing(searchParams.get('failing') === 'on');
    if (searchParams.has('hanging')) hanging(searchParams.get('hanging') === 'on');
    return response.writeHead(204).end();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return ['contract', `${origin}/hook`, '--provider', 'stripe', '--control', `${origin}/control`];
}

function runCommand(words: readonly string[]) {
  const flags = ['--conditions=countersign-source', '--disable-warning=ExperimentalWarning'];
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve, reject) => {
    // Next.js's types ask for a NODE_ENV.
    const env = { PATH, NODE_COMPILE_CACHE, COUNTERSIGN_SECRET: secret } as unknown as NodeJS.ProcessEnv;
    const child = spawn(process.execPath, [...flags, program, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const written = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => {
        written[name] += text;
      });
    child.on('error', reject).on('close', (code) => resolve({ code, ...written }));
  });
}

interface Result {
  readonly id: string;
  readonly title: string;
  readonly verdict: string;
}

describe('countersign contract', () => {
  const titles = new Map<string, string>();

  beforeAll(async () => {
    const { stdout } = await runCommand([...(await serve({})), '--json']);
    for (const { id, title } of (JSON.parse(stdout) as { results: Result[] }).results) titles.set(id, title);
  });

  it('ends with 0 for a careful endpoint, and no line of its report says otherwise', async () => {
    const { code, stdout, stderr } = await runCommand(await serve({}));
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).not.toContain('✗');
    expect(stdout).toMatch(/22 hold, 0 fall short, 0 not checked, 1 left out: Stripe at http/);
    expect(titles.size).toBe(23);
  });

  it.each(brokenEndpoints)(
    'ends with 1 for an endpoint that %s, and names exactly what is wrong',
    async (_, faults, ids, meaning) => {
      const { code, stdout, stderr } = await runCommand(await serve(faults));
      expect([code, stderr]).toEqual([1, '']);
      const named = [...stdout.matchAll(/^✗ (.*)$/gm)].map(([, title]) => title);
      expect(named).toEqual(ids.map((id) => `${titles.get(id)} (${id})`));
      expect(stdout).toMatch(meaning);
      expect(stdout).toContain(`${22 - ids.length} hold, ${ids.length} fall short, 0 not checked, 1 left out`);
      expect(stdout).not.toContain(secret.slice(6, 30));
    },
  );

  it('says of an endpoint that runs every copy, and whose effects nobody counts, no word of deduplication but that it was not checked', async () => {
    const words = (await serve({ forgets: true })).slice(0, -2);
    const { code, stdout, stderr } = await runCommand(words);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/ hold, 0 fall short, 3 not checked, 3 left out: Stripe at http/);
    const held = [...stdout.matchAll(/^✓ (.*)$/gm)].map(([, title]) => title ?? '');
    expect(held.length).toBeGreaterThan(10);
    expect(held.filter((title) => /again|copies|once more|signed anew|duplicate|retry/.test(title))).toEqual([]);
    for (const id of ['replay', 'duplicate', 'duplicates_at_once'])
      expect(stdout).toContain(`? ${titles.get(id)} (${id}): not checked.`);
  });
});
