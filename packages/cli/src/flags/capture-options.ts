/** The options that give a command one captured delivery, and their reading. */

import type { Delivery } from '@countersign/core';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CapturedRequest } from '../captures/captured-request.ts';
import { parseCurl } from '../captures/curl.ts';
import { parseHar } from '../captures/har.ts';
import { parseHeaderFile } from '../captures/header-file.ts';
import { parseRawHttp } from '../captures/raw-http.ts';
import { CliFailure } from '../frame/failure.ts';
import { nameOf, readInput, requireOneStdin } from '../frame/input-file.ts';
import type { Surroundings } from '../frame/surroundings.ts';

/** The options added by {@link addCaptureOptions}. */
export interface CaptureOptions {
  readonly headers?: string;
  readonly body?: string;
  readonly har?: string;
  readonly entry?: number;
  readonly curl?: string;
  readonly raw?: string;
  readonly url?: string;
  readonly method?: string;
}

/** A delivery from a capture. */
export interface CapturedDelivery extends Delivery {
  readonly headers: CapturedRequest['headers'];
  readonly notes: readonly string[];
  readonly capturedAt?: string | undefined;
}

/** Adds the options for a delivery. */
export function addCaptureOptions(command: Command): Command {
  return command
    .option('--headers <file>', 'headers: lines "Name: value", or a JSON object, or an array of pairs; requires --body')
    .option('--body <file>', 'the exact bytes of the body; - is standard input')
    .option('--har <file>', 'a HAR file, as saved by browsers and proxies')
    .addOption(new Option('--entry <number>', 'number of the request in the HAR, counted from 1').argParser(parseEntry))
    .option('--curl <file>', 'a curl command, as copied from browsers and debugging sites')
    .option('--raw <file>', 'a raw HTTP/1.1 request with its exact bytes')
    .option('--url <url>', "the URL it was posted to, instead of the capture's")
    .option('--method <method>', "the request method, instead of the capture's");
}

/** Checked before anything is asked or read. @throws CliFailure usage if no delivery is given, or more than one */
export function requireOneCapture({ headers, body, har, curl, raw }: CaptureOptions): void {
  const given = [headers ?? body, har, curl, raw].filter((one) => one !== undefined);
  if (given.length !== 1) {
    const reason = given.length === 0 ? 'no delivery is given' : 'more than one delivery is given';
    throw new CliFailure('usage', `${reason}; pass --headers with --body, or one of --har, --curl, --raw.`);
  }
}

/** Reads the one delivery that the options give. @throws CliFailure usage, file_unreadable, capture_unreadable */
export async function readCapture(options: CaptureOptions, surroundings: Surroundings): Promise<CapturedDelivery> {
  const { headers, body, har } = options;
  requireOneCapture(options);
  if (options.entry !== undefined && har === undefined) throw new CliFailure('usage', '--entry requires --har.');
  requireOneStdin([headers, body]);
  const captured = await readFormat(options, surroundings);
  const method = options.method?.toUpperCase() ?? captured.method;
  const url = options.url ?? captured.url;
  return {
    headers: captured.headers,
    body: captured.body,
    ...(method !== undefined && { method }),
    ...(url !== undefined && { url }),
    notes: captured.notes,
    capturedAt: captured.capturedAt,
  };
}

async function readFormat(options: CaptureOptions, surroundings: Surroundings): Promise<CapturedRequest> {
  const { headers, body, har, curl, raw } = options;
  const read = (path: string) => readInput(path, surroundings);
  if (har !== undefined) return parseHar(await read(har), nameOf(har), options.entry);
  if (curl !== undefined) return parseCurl(await read(curl), nameOf(curl), read);
  if (raw !== undefined) return parseRawHttp(await read(raw), nameOf(raw));
  if (headers === undefined) throw new CliFailure('usage', '--body requires --headers.');
  if (body === undefined)
    throw new CliFailure('usage', '--headers requires --body; for an empty body, pass an empty file.');
  return { ...parseHeaderFile(await read(headers), nameOf(headers)), body: await read(body) };
}

function parseEntry(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 1.');
  return Number(text);
}
