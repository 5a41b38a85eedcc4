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

/** Returns true if the sender checks the URL with GET. */
export function checksWithGet({ handshakes }: Provider): boolean {
  return (handshakes ?? []).some(({ when }) => when.method === 'GET');
}

/** Returns a module in TypeScript or JavaScript. Secrets come from the environment. */
export function receiverCode({ id, provider, framework, answers = {}, publicUrl }: ReceiverCodeOptions): string {
  const exportName = exportNameOf(id);
  const { code, coreNames } = presetCall(id, exportName, answers);
  const path = `/webhooks/${id}`;
  const hasGet = checksWithGet(provider);
  const lines = (framework.code?.({ path, hasGet, handle }) ?? '').trim().split('\n');
  const isImport = (line: string) => line.startsWith('import ');
  const call = receiverCall({ id, provider, preset: code, publicUrl: `'${publicUrl ?? 'https://example.com'}'` });
  const allImports = [
    `import { ${[...call.coreNames, ...coreNames].join(', ')} } from '@countersign/core';`,
    `import { ${exportName} } from '@countersign/providers/${id}';`,
    ...lines.filter(isImport),
  ];
  return [
    ...allImports.sort(bySource),
    '',
    `const receiver = ${call.code};`,
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

/** The input for {@link receiverCall}. */
export interface ReceiverCallOptions {
  readonly id: string;
  readonly provider: Provider;
  /** The preset, as an expression. */
  readonly preset: string;
  /** The origin for senders that sign their URL, as an expression. */
  readonly publicUrl: string;
  /** Returns the expression that reads a variable. Default: `process.env.NAME`. */
  readonly read?: (variable: string) => string;
}

/** Returns the call of `createReceiver` as an expression, the names of `@countersign/core` in it, and the variables that it reads. */
export function receiverCall({
  id,
  provider,
  preset,
  publicUrl,
  read = (variable) => `process.env.${variable}`,
}: ReceiverCallOptions): {
  readonly code: string;
  readonly coreNames: readonly string[];
  readonly variables: ReceiverVariables;
} {
  const variables = receiverVariablesOf(id, provider);
  // Where each delivery runs anyway, a store would only look as if it stopped copies.
  const hasDedupe = duplicateRuleOf(provider).from !== 'none';
  const lines = [
    'createReceiver({',
    ...optionLines(provider, preset, publicUrl, variables, read).map((line) => `  ${line}`),
    ...(hasDedupe ? ['  dedupe: memoryStore(),'] : noDedupe),
    '})',
  ];
  return { code: lines.join('\n'), coreNames: ['createReceiver', ...(hasDedupe ? ['memoryStore'] : [])], variables };
}

const noDedupe = [
  '  // No dedupe: two events can have the same bytes and nothing tells them apart, so every delivery runs, including retries.',
  '  // Make the handler safe to run twice.',
];

/** The environment variables of a sender's receiver. */
export interface ReceiverVariables {
  readonly secret?: string;
  readonly key?: string;
  readonly verifyToken?: string;
}

/** Returns the environment variables that a receiver for this sender reads. */
export function receiverVariablesOf(id: string, provider: Provider): ReceiverVariables {
  const { handshakes = [] } = provider;
  const { material } = provider.scheme;
  const isUnknownYet = handshakes.some(({ asksApp, signed }) => asksApp && !signed);
  const variable = id.replaceAll('-', '_').toUpperCase();
  return {
    ...((isUnknownYet || material === 'secrets' || material === 'both') && { secret: secretVariableOf(id) }),
    ...((material === 'keys' || material === 'both') && { key: `${variable}_PUBLIC_KEY` }),
    ...(handshakes.some(({ verifyToken }) => verifyToken !== undefined) && { verifyToken: `${variable}_VERIFY_TOKEN` }),
  };
}

function optionLines(
  provider: Provider,
  preset: string,
  publicUrl: string,
  variables: ReceiverVariables,
  read: (variable: string) => string,
): readonly string[] {
  const { handshakes = [] } = provider;
  const { secret, key, verifyToken } = variables;
  const options = [`provider: ${preset},`];
  if (secret !== undefined && handshakes.some(({ asksApp, signed }) => asksApp && !signed)) {
    options.push('// Not known until the handshake has delivered it.', `secrets: () => ${read(secret)} ?? [],`);
  } else if (secret !== undefined) {
    options.push(`secrets: ${read(secret)},`);
  }
  if (key !== undefined) options.push(`keys: ${read(key)},`);
  if (describeScheme(provider.scheme).needsPublicUrl) options.push(`publicUrl: ${publicUrl},`);
  if (verifyToken !== undefined) options.push(`handshakes: { verifyToken: ${read(verifyToken)} },`);
  if (handshakes.some(({ asksApp }) => asksApp)) {
    options.push(
      'handshakes: {',
      '  // Store or confirm the value, and return true only while you expect it.',
      `  accept: ({ value }) => value !== undefined && ${read('EXPECT_HANDSHAKE')} === 'yes',`,
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
