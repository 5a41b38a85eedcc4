/** `countersign sign`: a delivery as the sender would post it, to inspect or to send by other means. */

import type { Provider } from '@countersign/core';
import { type SignedDelivery, type SigningOptions, signDelivery } from '@countersign/testing';
import { type Command, Option } from 'commander';
import { addProviderOptions, loadProvider, type ProviderOptions } from '../flags/provider-choice.ts';
import { addSigningOptions, readSigningMaterial, type SigningFlags } from '../flags/signing-material.ts';
import { parseUrl } from '../flags/target.ts';
import type { Frame } from '../frame/frame.ts';
import { readInput } from '../frame/input-file.ts';
import { parseTime } from '../frame/time.ts';

/** Shared by `sign` and `send`. */
export interface DeliveryFlags extends ProviderOptions, SigningFlags {
  readonly body?: string;
  readonly id?: string;
  readonly at?: Date;
}

interface SignOptions extends DeliveryFlags {
  readonly url?: string;
  readonly as: 'curl' | 'raw' | 'headers';
}

const help = `
Examples:
  $ countersign sign --provider stripe --type invoice.paid
  $ countersign sign --provider github --body payload.json --as raw > request.http
  $ countersign verify --provider github --raw request.http
  $ countersign sign --provider stripe --at 2026-01-01T00:00:00Z --url http://localhost:3000/hook | sh`;

/** Adds `sign`. */
export function addSign(program: Command, frame: Frame): void {
  const command = program.command('sign').description('sign a delivery as the sender would, and print it');
  addDeliveryOptions(command, frame)
    .option('--url <url>', 'the URL the delivery is for', parseUrl)
    .addOption(new Option('--as <form>', 'the output format').choices(['curl', 'raw', 'headers']).default('curl'))
    .addHelpText('after', help)
    .action((options: SignOptions) => printDelivery(frame, options));
}

/** Adds the options that define a delivery. */
export function addDeliveryOptions(command: Command, frame: Frame): Command {
  return addSigningOptions(addProviderOptions(command))
    .option(
      '--body <file>',
      'the body, byte for byte, or - for standard input; default: the sample of the type, or a small event',
    )
    .option('--id <id>', "the event's id; default: a new one")
    .addOption(
      new Option('--at <time>', 'the time of signing: ISO 8601, seconds since 1970, or now (default)').argParser(
        (text) => parseTime(text, frame),
      ),
    );
}

/** The result of {@link deliveryOf}. */
export interface DeliveryMaker {
  readonly provider: Provider;
  /** Signs a delivery with the flags, or with another body and id instead. */
  sign(own?: Pick<SigningOptions, 'body' | 'id'>): Promise<SignedDelivery>;
}

/** Reads the inputs named by the flags. */
export async function deliveryOf(
  frame: Frame,
  options: DeliveryFlags,
  url: string | undefined,
): Promise<DeliveryMaker> {
  const provider = await loadProvider(options, frame);
  const material = await readSigningMaterial(provider, options, frame);
  const body = options.body === undefined ? undefined : await readInput(options.body, frame.surroundings);
  const { id, at } = options;
  const sign: DeliveryMaker['sign'] = (own = {}) =>
    signDelivery(provider, {
      ...material,
      at: at ?? frame.surroundings.clock(),
      ...(body !== undefined && { body }),
      ...(id !== undefined && { id }),
      ...(url !== undefined && { url }),
      ...own,
    });
  return { provider, sign };
}

async function printDelivery(frame: Frame, options: SignOptions): Promise<void> {
  const { sign } = await deliveryOf(frame, options, options.url);
  const delivery = await sign();
  const { method, url, headers, body } = delivery;
  const result = { method, url, headers, bodyBase64: Buffer.from(body).toString('base64') };
  if (!frame.output.isJson && options.as === 'raw') {
    // Bytes, not lines: the body may be anything.
    frame.surroundings.stdout.write(rawHead(delivery));
    frame.surroundings.stdout.write(Buffer.from(body) as never);
    return;
  }
  frame.output.show(result, () => (options.as === 'headers' ? headerLines(delivery) : curlLines(delivery)));
}

function headerLines({ headers }: SignedDelivery): string[] {
  return Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
}

function rawHead(delivery: SignedDelivery): string {
  const { method, url, body } = delivery;
  const { host, pathname, search } = new URL(url);
  const lines = [`${method} ${pathname}${search} HTTP/1.1`, `host: ${host}`, ...headerLines(delivery)];
  return `${[...lines, `content-length: ${body.length}`].join('\r\n')}\r\n\r\n`;
}

/** For a POSIX shell; bytes that are not text go through base64. */
function curlLines(delivery: SignedDelivery): string[] {
  const { method, url, body } = delivery;
  const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const text = Buffer.from(body).toString();
  const isText = Buffer.from(text).equals(body) && !text.includes('\u0000');
  const data = isText ? `--data-binary ${quote(text)}` : '--data-binary @-';
  const lines = [`curl -X ${method} ${quote(url)}`, ...headerLines(delivery).map((line) => `-H ${quote(line)}`), data];
  const command = lines.map((line, at) => (at === 0 ? line : `  ${line}`)).join(' \\\n');
  return [isText ? command : `printf %s ${Buffer.from(body).toString('base64')} | base64 -d | ${command}`];
}
