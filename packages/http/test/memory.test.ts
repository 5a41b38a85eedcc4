import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const senders = 200;
const maxBodyBytes = 262_144;
const mebibyte = 1_048_576;
const head = `POST / HTTP/1.1\r\nHost: x\r\nX-Sig: ${'0'.repeat(64)}\r\nTransfer-Encoding: chunked\r\n\r\n`;

/** Writes chunks until the server ends the connection, and answers with what it read and how much it could write. */
function upload(port: number, chunk: Buffer, count: number): Promise<{ text: string; written: number }> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    let left = count;
    const write = () => {
      while (left > 0 && !socket.destroyed) {
        left--;
        if (!socket.write(chunk)) return void socket.once('drain', write);
      }
    };
    socket.on('connect', () => {
      socket.write(head);
      write();
    });
    socket.on('data', (data) => {
      text += data.toString('latin1');
    });
    socket.on('error', () => undefined).on('close', () => resolve({ text, written: socket.bytesWritten }));
  });
}

describe('the memory of a server', () => {
  let child: ChildProcess;
  let port: number;
  const ask = async () => {
    child.send('held');
    return (await once(child, 'message'))[0] as { held: number; rss: number };
  };

  beforeAll(async () => {
    child = fork(new URL('./memory.server.ts', import.meta.url), {
      execArgv: ['--conditions=countersign-source', '--expose-gc'],
    });
    [{ port }] = (await once(child, 'message')) as [{ port: number }];
  });
  afterAll(() => child.kill());

  it('RX-02 stays bounded while 200 senders post more than is allowed, and comes back', async () => {
    const chunk = Buffer.from(`10000\r\n${'x'.repeat(65_536)}\r\n`);
    await Promise.all(Array.from({ length: 20 }, () => upload(port, chunk, 8)));
    const before = await ask();
    const uploads = Promise.all(Array.from({ length: senders }, () => upload(port, chunk, 1000)));
    const peaks: number[] = [];
    const watch = setInterval(() => void ask().then(({ rss }) => peaks.push(rss)), 50);
    const results = await uploads;
    clearInterval(watch);
    for (const { text, written } of results) {
      expect(text).toMatch(/^(?:HTTP\/1\.1 413 |$)/);
      // The limit, what is read after the refusal, and what the kernel holds; not the 64 MB that were offered.
      expect(written).toBeLessThan(16 * mebibyte);
    }
    expect(results.filter(({ text }) => text.startsWith('HTTP/1.1 413 ')).length).toBeGreaterThan(0);
    expect(Math.max(...peaks) - before.rss).toBeLessThan(senders * maxBodyBytes * 2 + 64 * mebibyte);
    // A busy machine closes the last connections later than their senders see it.
    const comesBack = async () => expect((await ask()).held - before.held).toBeLessThan(8 * mebibyte);
    await vi.waitFor(comesBack, { timeout: 15_000, interval: 100 });
  });

  it('holds no more for a body in chunks of one byte than for another', async () => {
    const before = await ask();
    const count = 200_000;
    const sockets = Array.from({ length: 5 }, () => connect(port, '127.0.0.1'));
    for (const socket of sockets) {
      socket.on('error', () => undefined);
      socket.write(head);
      for (let part = 0; part < 20; part++) {
        if (!socket.write('1\r\nx\r\n'.repeat(count / 20))) await once(socket, 'drain');
      }
    }
    await new Promise((wake) => setTimeout(wake, 500));
    const during = await ask();
    for (const socket of sockets) socket.destroy();
    // A Buffer for each byte would be some 100 bytes each: 100 MB.
    expect(during.held - before.held).toBeLessThan(16 * mebibyte);
  });
});
