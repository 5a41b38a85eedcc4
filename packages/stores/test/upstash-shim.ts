/** A stand-in for Upstash's REST endpoint: a command or a pipeline of commands per POST, passed on to a real Redis. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Redis } from 'ioredis';

export interface UpstashShim {
  readonly url: string;
  /** The requests answered so far, each as the names of its commands. */
  readonly requests: string[][];
  /** Runs the next request and breaks its connection instead of answering; the client sends it once more. */
  loseNextAnswer(): void;
  /** Breaks every connection and takes no new one. */
  cut(): Promise<void>;
  restore(): Promise<void>;
  close(): Promise<void>;
}

type Command = (string | number)[];

export async function startUpstashShim(redisPort: number): Promise<UpstashShim> {
  const redis = new Redis(redisPort);
  const requests: string[][] = [];
  let isAnswerLost = false;
  const run = async ([name = '', ...values]: Command, isBase64: boolean) => {
    try {
      return { result: encode(await redis.callBuffer(String(name), ...values), isBase64) };
    } catch (error) {
      return { error: (error as Error).message };
    }
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const given = JSON.parse(Buffer.concat(chunks).toString()) as Command | Command[];
    const isPipeline = request.url === '/pipeline';
    const commands = (isPipeline ? given : [given]) as Command[];
    requests.push(commands.map(([name]) => String(name).toLowerCase()));
    const isBase64 = request.headers['upstash-encoding'] === 'base64';
    const replies = await Promise.all(commands.map((command) => run(command, isBase64)));
    if (isAnswerLost) {
      isAnswerLost = false;
      request.socket.destroy();
      return;
    }
    const [first = {}] = replies;
    response.statusCode = !isPipeline && 'error' in first ? 400 : 200;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(isPipeline ? replies : first));
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const cut = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    loseNextAnswer() {
      isAnswerLost = true;
    },
    cut,
    restore: () => listen(port),
    async close() {
      if (server.listening) await cut();
      redis.disconnect();
    },
  };
}

/** Texts as they are or as base64, numbers and null as they are: `OK` alone is never encoded. */
function encode(value: unknown, isBase64: boolean): unknown {
  if (Array.isArray(value)) return value.map((inner) => encode(inner, isBase64));
  if (!Buffer.isBuffer(value)) return value;
  const text = value.toString();
  return isBase64 && text !== 'OK' ? value.toString('base64') : text;
}
