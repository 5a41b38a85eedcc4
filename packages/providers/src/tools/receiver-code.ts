/** Writes the source code of a receiver for a sender in a framework, for docs and tools. */

import type { Provider } from '@countersign/core';
import { describeScheme } from '@countersign/core/describe';
import { duplicateRuleOf } from './duplicate-rule.ts';
import { type PresetAnswers, presetCall } from './preset-questions.ts';

/** The framework in which the code is to run: the `facts` of an adapter or an edge. */
export interface CodeFramework {
  /** Imports and statements that serve a receiver named `receiver`. */
  readonly code?: (route: CodeRoute) => string;
}

/** The input for a framework's code. */
export interface CodeRoute {
  /** Such as `/webhooks/stripe`. */
  readonly path: string;
  /** True if the sender checks the URL with GET. */
  readonly hasGet: boolean;
  /** The handler, as code. */
  readonly handle: string;
}

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
  const lines = (framework.code?.({ path, hasGet, handle }) ?? '').trim().split('\n');
  const isImport = (line: string) => line.startsWith('import ');
  // Where each delivery runs anyway, a store would only look as if it stopped copies.
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
  const { material } = provider.scheme;
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
  if (describeScheme(provider.scheme).needsPublicUrl) options.push(`publicUrl: '${publicUrl}',`);
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

/** As linters sort them: the runtime's own first, then scoped packages, then the others. */
function bySource(left: string, right: string): number {
  const keyOf = (line: string) => {
    const source = / from '([^']+)'/.exec(line)?.[1] ?? '';
    return `${source.startsWith('node:') ? 0 : source.startsWith('@') ? 1 : 2}${source}`;
  };
  return keyOf(left) < keyOf(right) ? -1 : 1;
}
