import { type ChildProcess, fork } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { contractHeader, contractSecret } from '@countersign/testing/adapter-app';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const senders = 1000;
const mebibyte = 1_048_576;
const servers = ['Express 5', 'Fastify 5', 'Hono on Node', 'node:http'];

/** A signature that passes the screening of headers, over a body that never comes whole. */
function signatureLine(): string {
  const time = Math.floor(Date.now() / 1000);
  const mac = createHmac('sha256', contractSecret).update(`${time}.`).digest('hex');
  return `${contractHeader}: t=${time},v1=${mac}\r\n`;
}

/** Sends a head and some bytes, then waits until the server ends the connection. Answers with the status line. */
function open(port: number, head: string, chunks: readonly Buffer[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('connect', () => {
      socket.write(head);
      for (const chunk of chunks) socket.write(chunk);
    });
    // An answer that keeps the connection is left at once, as a sender that has heard enough would.
    socket.on('data', (data) => {
      text += data.toString('latin1');
      if (text.includes('\r\n\r\n')) setTimeout(() => socket.destroy(), 50);
    });
    socket.on('error', () => undefined).on('close', () => resolve(text.slice(0, 12)));
    setTimeout(() => socket.destroy(), 15_000).unref();
  });
}

describe.each(servers)('the memory of %s', (name) => {
  let child: ChildProcess;
  let url: URL;
  let path: string;
  const ask = async () => {
    child.send('held');
    return (await once(child, 'message'))[0] as { held: number; rss: number };
  };
  const run = async (count: number, field: string, chunks: readonly Buffer[]) => {
    const head = `POST ${path} HTTP/1.1\r\nHost: x\r\n${signatureLine()}${field}\r\n\r\n`;
    return Promise.all(Array.from({ length: count }, () => open(Number(url.port), head, chunks)));
  };
  /** What is held once it has settled; buffers of closed sockets go at their own pace. */
  const settled = async (limit: number) => {
    let { held } = await ask();
    for (let round = 0; round < 20 && held > limit; round++) {
      await new Promise((wake) => setTimeout(wake, 200));
      ({ held } = await ask());
    }
    return held;
  };

  beforeAll(async () => {
    child = fork(new URL('../src/memory-server.ts', import.meta.url), [name], {
      execArgv: ['--conditions=countersign-source', '--expose-gc', '--disable-warning=ExperimentalWarning'],
    });
    const [started] = (await once(child, 'message')) as [{ url: string; path: string }];
    url = new URL(started.url);
    path = started.path;
  });
  afterAll(() => child.kill());

  it.each([
    [
      'are too large',
      413,
      'Transfer-Encoding: chunked',
      Array(6).fill(Buffer.from(`10000\r\n${'x'.repeat(65_536)}\r\n`)),
    ],
    ['are announced as too large', 413, 'Content-Length: 100000000', [Buffer.alloc(65_536)]],
    ['stall', 503, 'Content-Length: 200000', [Buffer.alloc(20_000)]],
  ] as const)('comes back after 1,000 bodies at once that %s', async (_what, status, field, chunks) => {
    await run(50, field, chunks);
    const { held: before } = await ask();
    const lines = await run(senders, field, chunks);
    const counts = new Map<string, number>();
    for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
    expect(counts.get(`HTTP/1.1 ${status}`)).toBeGreaterThan(0);
    // Of a thousand at once, on a busy machine, some have run out of time before they were too large, and a few connections were reset.
    expect([...counts.keys()].filter((line) => !/^(?:HTTP\/1\.1 (?:413|503))?$/.test(line))).toEqual([]);
    expect(counts.get('') ?? 0).toBeLessThan(senders / 50);
    const limit = before + 24 * mebibyte;
    expect(await settled(limit)).toBeLessThan(limit);
    const alive = await fetch(new URL('/journal', url));
    expect(alive.status).toBe(200);
    await alive.arrayBuffer();
  });
});
