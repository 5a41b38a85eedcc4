/** Writes the source code of a receiver for a sender in a framework, for docs and tools. */

import type { Provider, SignedPart } from '@countersign/core';
import { duplicateRuleOf } from './duplicate-rule.ts';
import { type PresetAnswers, presetCall } from './preset-questions.ts';

/** The framework or runtime of the code. */
export type CodeFramework = 'express' | 'fastify' | 'hono' | 'next' | 'fetch' | 'node' | 'lambda';

/** The frameworks with their names, in the order in which tools list them. */
export const codeFrameworks: readonly (readonly [id: CodeFramework, title: string])[] = [
  ['express', 'Express'],
  ['fastify', 'Fastify'],
  ['hono', 'Hono'],
  ['next', 'Next.js'],
  ['fetch', 'Request and Response'],
  ['node', 'node:http'],
  ['lambda', 'AWS Lambda'],
];

/** The sender, framework and options for the code. */
export interface ReceiverCodeOptions {
  readonly id: string;
  readonly provider: Provider;
  readonly framework: CodeFramework;
  /** Answers for presets that need options. */
  readonly answers?: PresetAnswers;
  /** For senders that sign their URL. Default `https://example.com`. */
  readonly publicUrl?: string;
}

/** Returns the name under which a preset's file exports it. */
export function exportNameOf(id: string): string {
  return id.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/**
 * Returns the environment variable of a sender's secret, such as `STRIPE_WEBHOOK_SECRET`. `STRIPE_SECRET` would usually
 * be the API key.
 */
export function secretVariableOf(id: string): string {
  const name = id.replaceAll('-', '_').toUpperCase();
  return name.includes('WEBHOOK') ? `${name}_SECRET` : `${name}_WEBHOOK_SECRET`;
}

/** Returns a module in TypeScript or JavaScript. Secrets come from the environment. */
export function receiverCode({ id, provider, framework, answers = {}, publicUrl }: ReceiverCodeOptions): string {
  const exportName = exportNameOf(id);
  const { code, coreNames } = presetCall(id, exportName, answers);
  const path = `/webhooks/${id}`;
  const hasGet = (provider.handshakes ?? []).some(({ when }) => when.method === 'GET');
  const { imports, lines } = mounts[framework]({ path, hasGet });
  // If each delivery runs anyway, a store would only seem to stop copies.
  const hasDedupe = duplicateRuleOf(provider).from !== 'none';
  const core = ['createReceiver', ...(hasDedupe ? ['memoryStore'] : []), ...coreNames].join(', ');
  const allImports = [
    `import { ${core} } from '@countersign/core';`,
    `import { ${exportName} } from '@countersign/providers/${id}';`,
    ...lines.filter(isImport),
  ];
  return [
    ...allImports.sort(bySource),
    '',
    'const receiver = createReceiver({',
    ...optionLines(id, provider, code, publicUrl ?? 'https://example.com').map((line) => `  ${line}`),
    ...(hasDedupe ? ['  dedupe: memoryStore(),'] : noDedupe),
    '});',
    '',
    lines
      .filter((line) => !isImport(line))
      .join('\n')
      .trim(),
  ].join('\n');
}

const handle = `async (event) => {
  console.log(event.type, event.id);
}`;

const noDedupe = [
  '  // No dedupe: two events can have the same bytes and nothing tells them apart, so every delivery runs, including retries.',
  '  // Make the handler safe to run twice.',
];

function optionLines(id: string, provider: Provider, call: string, publicUrl: string): readonly string[] {
  const { material, description } = provider.scheme;
  const { handshakes = [] } = provider;
  const variable = id.replaceAll('-', '_').toUpperCase();
  const options = [`provider: ${call},`];
  if (handshakes.some(({ asksApp, signed }) => asksApp && !signed)) {
    options.push(
      '// Not known until the handshake has delivered it.',
      `secrets: () => process.env.${secretVariableOf(id)} ?? [],`,
    );
  } else if (material === 'secrets' || material === 'both') {
    options.push(`secrets: process.env.${secretVariableOf(id)},`);
  }
  if (material === 'keys' || material === 'both') options.push(`keys: process.env.${variable}_PUBLIC_KEY,`);
  if (signsAddress(description as Described)) options.push(`publicUrl: '${publicUrl}',`);
  if (handshakes.some(({ verifyToken }) => verifyToken !== undefined)) {
    options.push(`handshakes: { verifyToken: process.env.${variable}_VERIFY_TOKEN },`);
  }
  if (handshakes.some(({ asksApp }) => asksApp)) {
    options.push(
      'handshakes: {',
      '  // Store or confirm the value, and return true only while you expect it.',
      "  accept: ({ value }) => value !== undefined && process.env.EXPECT_HANDSHAKE === 'yes',",
      '},',
    );
  }
  return options;
}

interface Described {
  readonly signs?: readonly SignedPart[];
  readonly components?: readonly string[];
  readonly binds?: { readonly urlHash?: unknown };
  readonly claims?: { readonly audience?: unknown };
}

/** True if the URL is signed, so that the receiver must know it. */
function signsAddress({ signs = [], components = [], binds, claims }: Described): boolean {
  const isCovered = signs.some(
    (part) => part === 'url' || (typeof part === 'object' && 'covers' in part && part.covers.includes('url')),
  );
  const { audience } = claims ?? {};
  const namesUrl = typeof audience === 'object' && audience !== null && 'publicUrl' in audience;
  return isCovered || namesUrl || components.includes('@target-uri') || binds?.urlHash !== undefined;
}

interface Route {
  readonly path: string;
  /** True if the sender checks the URL with GET. */
  readonly hasGet: boolean;
}

interface Mount {
  readonly imports: readonly string[];
  readonly lines: readonly string[];
}

const log = 'console.log(event.type, event.id);';
const handler = ['async (event) => {', `  ${log}`, '}'];

const mounts: Readonly<Record<CodeFramework, (route: Route) => Mount>> = {
  express: ({ path, hasGet }) => ({
    imports: ["import { webhook } from '@countersign/express';", "import express from 'express';"],
    lines: [
      'const app = express();',
      '// Before app.use(express.json()).',
      ...wrapped(`app.${hasGet ? 'all' : 'post'}('${path}', webhook(receiver, `, '));'),
      'app.listen(3000);',
    ],
  }),
  fastify: ({ path }) => ({
    imports: ["import { webhook } from '@countersign/fastify';", "import fastify from 'fastify';"],
    lines: [
      'const app = fastify();',
      ...wrapped('app.register(webhook(receiver, ', `), { url: '${path}' });`),
      'await app.listen({ port: 3000 });',
    ],
  }),
  hono: ({ path, hasGet }) => ({
    imports: ["import { webhook } from '@countersign/hono';", "import { Hono } from 'hono';"],
    lines: [
      'const app = new Hono();',
      ...wrapped(`app.${hasGet ? 'all' : 'post'}('${path}', webhook(receiver, `, '));'),
      'export default app;',
    ],
  }),
  next: ({ path, hasGet }) => ({
    imports: ["import { webhook } from '@countersign/next';"],
    lines: [
      `// app${path}/route.ts`,
      ...wrapped('export const POST = webhook(receiver, ', ');'),
      ...(hasGet ? ['export const GET = POST;'] : []),
    ],
  }),
  fetch: () => ({
    imports: ["import { fetchHandler } from '@countersign/http/fetch';"],
    lines: [...wrapped('const serve = fetchHandler(receiver, ', ');'), 'export default { fetch: serve };'],
  }),
  node: () => ({
    imports: ["import { nodeHandler } from '@countersign/http/node';", "import { createServer } from 'node:http';"],
    lines: [...wrapped('const serve = nodeHandler(receiver, ', ');'), 'createServer(serve).listen(3000);'],
  }),
  lambda: () => ({
    imports: ["import { lambdaHandler } from '@countersign/http/aws-lambda';"],
    lines: wrapped('export const handler = lambdaHandler(receiver, ', ');'),
  }),
};

function wrapped(before: string, after: string): readonly string[] {
  const [first = '', ...rest] = handler;
  return [`${before}${first}`, ...rest.slice(0, -1), `${rest.at(-1)}${after}`];
}

/** In the order that linters expect: the runtime's own modules first, then scoped packages, then the others. */
function bySource(left: string, right: string): number {
  const keyOf = (line: string) => {
    const source = / from '([^']+)'/.exec(line)?.[1] ?? '';
    return `${source.startsWith('node:') ? 0 : source.startsWith('@') ? 1 : 2}${source}`;
  };
  return keyOf(left) < keyOf(right) ? -1 : 1;
}
