/** What `countersign doctor --project` says of paths in Nest, against Nest itself: it reports what lets an unsigned request through, and nothing else. */

import 'reflect-metadata';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createReceiver } from '@countersign/core';
import { webhookMiddleware } from '@countersign/express';
import { stripe } from '@countersign/providers/stripe';
import { Controller, Module, Post, VERSION_NEUTRAL, VersioningType } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { describe, expect, it } from 'vitest';

const { PATH, NODE_COMPILE_CACHE } = process.env;

const program = fileURLToPath(new URL('../../cli/src/bin.ts', import.meta.url));
const receiver = createReceiver({ provider: stripe, secrets: 'whsec_0123456789abcdef', onOutcome: () => undefined });

/** Runs a line of code, of which doctor reads the text. */
const run = (code: string, names: Readonly<Record<string, unknown>>): unknown =>
  new Function(...Object.keys(names), `return (${code});`)(...Object.values(names));
const words = { VersioningType, VERSION_NEUTRAL };

/** Whether a request without a signature reaches the controller, wherever Nest has put it. */
async function isReached(settings: string, mount: string, options: string): Promise<boolean> {
  class Hooks {
    receive() {
      return 'reached';
    }
  }
  Post('stripe')(Hooks.prototype, 'receive', Object.getOwnPropertyDescriptor(Hooks.prototype, 'receive') as never);
  Controller(run(options, words) as never)(Hooks);
  class App {}
  Module({ controllers: [Hooks] })(App);
  const app = await NestFactory.create<NestExpressApplication>(App, { logger: false });
  if (settings !== '') run(settings, { app, ...words });
  app.use(mount, webhookMiddleware(receiver));
  await app.listen(0, '127.0.0.1');
  const origin = await app.getUrl();
  const bodies: string[] = [];
  for (const prefix of ['', '/api'])
    for (const version of ['', '/v1', '/v2']) {
      const response = await fetch(`${origin}${prefix}${version}/webhooks/stripe`, { method: 'POST', body: '{}' });
      bodies.push(await response.text());
    }
  await app.close();
  return bodies.includes('reached');
}

/** Whether doctor reports the same app, written down. */
function isReported(settings: string, mount: string, options: string): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-nest-'));
  try {
    writeFileSync(
      join(folder, 'main.ts'),
      `import { createReceiver } from '@countersign/core';
import { webhookMiddleware } from '@countersign/express';
import { stripe } from '@countersign/providers/stripe';
import { VersioningType } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
const receiver = createReceiver({ provider: stripe, secrets: process.env.S });
const app = await NestFactory.create(App);
${settings};
app.use('${mount}', webhookMiddleware(receiver));
`,
    );
    writeFileSync(
      join(folder, 'hooks.ts'),
      `import { Controller, Post, VERSION_NEUTRAL } from '@nestjs/common';
@Controller(${options})
export class Hooks { @Post('stripe') receive() { return 'reached'; } }
`,
    );
    const flags = ['--conditions=countersign-source', '--disable-warning=ExperimentalWarning'];
    const { stdout } = spawnSync(process.execPath, [...flags, program, 'doctor', '--project', folder, '--json'], {
      encoding: 'utf8',
      env: { PATH, NODE_COMPILE_CACHE } as unknown as NodeJS.ProcessEnv,
    });
    const { findings } = JSON.parse(stdout) as { findings: readonly { rule: string }[] };
    return findings.some(({ rule }) => rule === 'middleware_misses_route');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const local = '/webhooks/stripe';
const plain = `'webhooks'`;

describe('middleware on a path of an app of Nest', () => {
  it.each<[title: string, settings: string, mount: string, options: string, reached: boolean]>([
    ['without a prefix', '', local, plain, false],
    ['with a prefix', `app.setGlobalPrefix('api')`, local, plain, true],
    ['with a prefix, on the whole path', `app.setGlobalPrefix('api')`, `/api${local}`, plain, false],
    ['with the route left out', `app.setGlobalPrefix('api', { exclude: ['webhooks/stripe'] })`, local, plain, false],
    [
      'with all routes below left out',
      `app.setGlobalPrefix('api', { exclude: ['webhooks/*path'] })`,
      local,
      plain,
      false,
    ],
    ['with another route left out', `app.setGlobalPrefix('api', { exclude: ['webhooks'] })`, local, plain, true],
    ['with versions that nobody has', 'app.enableVersioning()', local, plain, false],
    [
      'with a default version',
      `app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' })`,
      local,
      plain,
      true,
    ],
    ['with a version of the controller', 'app.enableVersioning()', local, `{ path: 'webhooks', version: '2' }`, true],
    [
      'with that version in the path',
      'app.enableVersioning()',
      `/v2${local}`,
      `{ path: 'webhooks', version: '2' }`,
      false,
    ],
    [
      'with a neutral controller',
      `app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' })`,
      local,
      `{ path: 'webhooks', version: VERSION_NEUTRAL }`,
      false,
    ],
    [
      'with a prefix and a version, of which one is there',
      `app.setGlobalPrefix('api').enableVersioning()`,
      `/api${local}`,
      `{ path: 'webhooks', version: '1' }`,
      true,
    ],
  ])('%s: an unsigned request gets through where doctor says so', async (_, settings, mount, options, reached) => {
    expect(await isReached(settings, mount, options)).toBe(reached);
    expect(isReported(settings, mount, options)).toBe(reached);
  });
});
