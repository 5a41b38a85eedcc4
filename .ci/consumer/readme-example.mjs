/** Runs the README's first example, as a module and as CommonJS, and posts a Stripe delivery to it. */
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readBlocks } from '../docs-blocks.mjs';
import { repository } from '../workspace-links.mjs';

const secret = 'whsec_a_secret_of_the_tarball_check_0123456789';
const limitSeconds = 15;

/** Makes the server listen on a free port, whatever the example says, and print the port. */
const preload = `
import { Server } from 'node:net';
const { listen } = Server.prototype;
Server.prototype.listen = function (...parameters) {
  this.once('listening', () => console.log('PORT=' + this.address().port));
  return listen.call(this, 0, '127.0.0.1', parameters.findLast((value) => typeof value === 'function'));
};
`;

/** Resolves to the fault, or to undefined. @param format `mjs`, or `cjs` for the same code with require() */
export async function runExample(node, project, format) {
  const block = existsSync(join(repository, 'README.md'))
    ? readBlocks(repository, 'README.md').find(({ marks }) => marks === 'title=server.mjs')
    : undefined;
  if (block === undefined) return 'README.md has no block of code that is marked `js title=server.mjs`';
  const path = /\.post\(\s*['"`]([^'"`]+)/.exec(block.code)?.[1];
  if (path === undefined) return 'the example mounts no route with .post(path, ...)';
  const names = [...block.code.matchAll(/process\.env\.(\w+)/g)].map(([, name]) => name);
  const file = `server.${format}`;
  writeFileSync(join(project, file), format === 'mjs' ? block.code : withRequire(block.code));
  writeFileSync(join(project, 'listen-anywhere.mjs'), preload);

  let output = '';
  const server = spawn(node, ['--import', './listen-anywhere.mjs', file], {
    cwd: project,
    env: { ...process.env, NODE_OPTIONS: '', ...Object.fromEntries(names.map((name) => [name, secret])), PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [server.stdout, server.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  try {
    const port = await waitForPort(server, () => /^PORT=(\d+)$/m.exec(output)?.[1]);
    if (port === undefined) return `the example does not listen:\n${output}`;
    const { good, bad } = await postBoth(`http://127.0.0.1:${port}${path}`, project);
    if (good < 200 || good > 299) return `a signed delivery got ${good}:\n${output}`;
    if (bad !== 401) return `a changed body got ${bad}, not 401:\n${output}`;
    return undefined;
  } catch (error) {
    return `${error.message}\n${output}`;
  } finally {
    server.kill('SIGKILL');
  }
}

/** The imports of the example as calls of require(). */
function withRequire(code) {
  const changed = code.replace(/^import (.+) from ('[^']+');$/gm, 'const $1 = require($2);');
  if (/^import /m.test(changed) || changed === code)
    throw new Error('the imports of the example have an unexpected form');
  return changed;
}

async function postBoth(url, project) {
  const Stripe = createRequire(join(project, 'package.json'))('stripe');
  const body = JSON.stringify({
    id: 'evt_1',
    object: 'event',
    type: 'invoice.paid',
    created: 1,
    livemode: false,
    data: { object: {} },
  });
  const signature = new Stripe('sk_test_unused').webhooks.generateTestHeaderString({ payload: body, secret });
  const headers = { 'content-type': 'application/json', 'stripe-signature': signature };
  const post = async (text) => {
    const signal = AbortSignal.timeout(limitSeconds * 1000);
    const answer = await fetch(url, { method: 'POST', headers, body: text, signal });
    await answer.arrayBuffer();
    return answer.status;
  };
  return { good: await post(body), bad: await post(body.replace('invoice.paid', 'invoice.gone')) };
}

async function waitForPort(server, find) {
  const end = Date.now() + limitSeconds * 1000;
  while (Date.now() < end && server.exitCode === null && find() === undefined) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return find();
}
