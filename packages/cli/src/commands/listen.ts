/** `countersign listen`: a local endpoint that prints the deliveries it gets, and keeps them. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { createReceiver, memoryStore, type Outcome, type Provider, type Receiver } from '@countersign/core';
import { nodeHandler } from '@countersign/http/node';
import type { Command } from 'commander';
import { type KeptDelivery, keepDelivery } from '../captures/kept-deliveries.ts';
import { addPresetOption, loadProvider } from '../flags/provider-choice.ts';
import { addSecretOptions, readMaterial, type SecretOptions } from '../flags/secrets.ts';
import { parseCount } from '../flags/target.ts';
import { CliFailure } from '../frame/failure.ts';
import type { Frame } from '../frame/frame.ts';
import { columns, printable } from '../frame/output.ts';

interface ListenOptions extends SecretOptions {
  readonly provider?: string;
  readonly option?: readonly string[];
  readonly port: number;
  readonly host: string;
  readonly keep?: string;
  readonly publicUrl?: string;
  readonly count?: number;
}

const help = `
Without --provider nothing is verified, and every response is 200: use it to see everything that a sender sends. With it, each
delivery gets the verdict and the status that your endpoint would give. Use any tunnel to make it reachable.

Examples:
  $ countersign listen --provider stripe --keep deliveries.ndjson
  $ countersign listen --port 8080
  $ countersign send http://localhost:3000/webhooks/stripe --provider stripe --kept deliveries.ndjson`;

/** Adds `listen`. */
export function addListen(program: Command, frame: Frame): void {
  const command = program
    .command('listen')
    .description('print the deliveries that arrive at a local endpoint, and keep them');
  addPresetOption(
    addSecretOptions(command.option('--provider <provider>', 'the sender, by its id; without it nothing is verified')),
  )
    .option('--port <number>', 'the port; default 4242', parseCount, 4242)
    .option('--host <address>', 'the address to listen on; default this machine only', '127.0.0.1')
    .option('--keep <file>', 'append each delivery to this file, one JSON object per line')
    .option('--public-url <url>', 'the origin the sender posts to, for schemes that sign the URL')
    .option('--count <number>', 'stop after this many deliveries', parseCount)
    .addHelpText('after', help)
    .action((options: ListenOptions) => listen(frame, options));
}

/** Resolves when enough deliveries have arrived. Otherwise it ends with an interrupt. */
async function listen(frame: Frame, options: ListenOptions): Promise<void> {
  const { surroundings } = frame;
  const provider =
    options.provider === undefined ? undefined : await loadProvider({ ...options, provider: options.provider }, frame);
  const receiver = provider === undefined ? undefined : await receiverOf(frame, provider, options);
  const keep = options.keep === undefined ? undefined : resolve(surroundings.folder, options.keep);
  await new Promise<void>((done, fail) => {
    let left = options.count ?? Number.POSITIVE_INFINITY;
    const server = createServer((request, response) => {
      answer(request, response, receiver)
        .then(async (delivery) => {
          if (delivery === undefined) return;
          show(frame, delivery);
          if (keep !== undefined) await keepDelivery(keep, delivery);
          left -= 1;
          if (left > 0) return;
          server.close(() => done());
          server.closeIdleConnections();
        })
        .catch((error: unknown) => {
          server.closeAllConnections();
          server.close();
          fail(error);
        });
    });
    server.on('error', ({ code }: NodeJS.ErrnoException) => {
      const reason = code === 'EADDRINUSE' ? 'something is already listening there' : `the system says ${code}`;
      fail(new CliFailure('usage', `cannot listen at ${options.host}, port ${options.port}: ${reason}.`));
    });
    server.listen(options.port, options.host, () => {
      const { port } = server.address() as AddressInfo;
      const what = provider === undefined ? 'nothing is verified' : `verified as ${provider.title ?? provider.name}`;
      surroundings.stderr.write(`Listening at http://${options.host}:${port}/ (${what}).\n`);
    });
  });
}

async function receiverOf(frame: Frame, provider: Provider, options: ListenOptions): Promise<Receiver> {
  const { secrets, keys } = await readMaterial(provider.scheme.material, provider.name, options, frame);
  return createReceiver({
    provider,
    ...(secrets !== undefined && { secrets }),
    ...(keys !== undefined && { keys }),
    ...(options.publicUrl !== undefined && { publicUrl: options.publicUrl }),
    dangerouslyAllowWeakSecrets: options.allowWeakSecrets === true,
    dedupe: memoryStore(),
    maxBodyBytes,
    onWarning: () => undefined,
    onOutcome: () => undefined,
  } as never) as Receiver;
}

const maxBodyBytes = 10_485_760;

/** Responds as an app would. @returns undefined if the sender has gone */
async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  receiver: Receiver | undefined,
): Promise<KeptDelivery | undefined> {
  const body = await readBody(request);
  if (body === undefined) {
    response.writeHead(413, { connection: 'close' }).end();
    return undefined;
  }
  let outcome: Outcome | undefined;
  if (receiver === undefined) response.end();
  else {
    const watched: Receiver = {
      ...receiver,
      async receive(...given) {
        outcome = await receiver.receive(...given);
        return outcome;
      },
    };
    await nodeHandler(watched, () => undefined)(Object.assign(request, { rawBody: body }), response);
  }
  const { method = 'POST', url = '/', rawHeaders } = request;
  return {
    receivedAt: new Date().toISOString(),
    method,
    url,
    headers: rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [[name, rawHeaders[at + 1] as string] as const] : [])),
    bodyBase64: body.toString('base64'),
    verdict: outcome === undefined ? null : outcome.kind === 'rejected' ? outcome.error.code : outcome.kind,
    id: outcome !== undefined && 'event' in outcome ? (outcome.event?.id ?? null) : null,
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request) {
      length += (chunk as Buffer).length;
      if (length > maxBodyBytes) return undefined;
      chunks.push(chunk as Buffer);
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks);
}

function show({ output, surroundings }: Frame, delivery: KeptDelivery): void {
  if (output.isJson) {
    surroundings.stdout.write(`${JSON.stringify(delivery)}\n`);
    return;
  }
  const { receivedAt, method, url, headers, bodyBase64, verdict } = delivery;
  const isGood = verdict === 'handled' || verdict === 'duplicate' || verdict === 'handshake';
  const said = verdict === null ? 'not verified' : verdict;
  const color = verdict === null ? output.colors.yellow : isGood ? output.colors.green : output.colors.red;
  const lines = [
    `${color(said)} ${method} ${printable(url)} ${output.colors.dim(receivedAt)}`,
    ...columns(headers.map(([name, value]) => [printable(name.toLowerCase()), printable(value)])),
    ...bodyLines(Buffer.from(bodyBase64, 'base64')),
    '',
  ];
  surroundings.stdout.write(lines.map((line) => `${line}\n`).join(''));
}

/** JSON on separate lines, other text unchanged, and for bytes their number. */
function bodyLines(body: Buffer): string[] {
  const text = body.toString();
  if (!Buffer.from(text).equals(body)) return [`  ${body.length} bytes that are not text`];
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
      .split('\n')
      .map((line) => `  ${printable(line)}`);
  } catch {
    return text === '' ? ['  (no body)'] : text.split('\n').map((line) => `  ${printable(line)}`);
  }
}
