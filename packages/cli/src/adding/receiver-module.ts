/** The module that creates the receiver of a sender. */

import { presetCall } from '@countersign/providers/tools/preset-questions';
import { checksWithGet, receiverCall } from '@countersign/providers/tools/receiver-code';
import type { AddedSender } from './added-sender.ts';
import type { AppProject } from './app-project.ts';
import { moduleText } from './module-text.ts';

/** The type of the parameter `env`, which is left out of JavaScript. */
export const environmentType = 'Readonly<Record<string, string | undefined>>';

/** Writes the module. It exports a function, so that the environment is read when the app starts, and not by an import. */
export function receiverModule(sender: AddedSender, project: AppProject): string {
  const { id, title, exportName, className, provider, questions, answers, variables } = sender;
  const { language, settings } = project;
  const isTyped = language === 'typescript';
  const read = (name: string) =>
    settings.noPropertyAccessFromIndexSignature === true ? `env['${name}']` : `env.${name}`;
  const asks = questions.length > 0;
  const { code, coreNames } = presetCall(id, exportName, answers);
  const call = receiverCall({
    id,
    provider,
    preset: asks ? 'provider' : exportName,
    // An empty text is refused when the app starts, with the name of the option.
    publicUrl: `${read(variables.publicUrl ?? '')} ?? ''`,
    read,
  });
  const facts = [
    `// Facts that ${title} leaves open. These are examples: replace each with your own.`,
    ...questions.map(({ name, what, isRequired }) => `// - ${name}${isRequired ? '' : ' (optional)'}: ${what}`),
    ...(isTyped ? [] : [`/** @type {Parameters<typeof ${exportName}>[0]} */`]),
    `const facts${isTyped ? `: Parameters<typeof ${exportName}>[0]` : ''} = ${code.slice(exportName.length + 1, -1)};`,
    '',
    '/** The description of the sender. */',
    `export const provider = ${exportName}(facts);`,
    '',
  ];
  const body = [
    ...(asks ? facts : []),
    ...(isTyped
      ? ['/** Creates the receiver. Call it once: it remembers the events that are done. */']
      : [
          '/**',
          ' * Creates the receiver. Call it once: it remembers the events that are done.',
          ' *',
          ` * @param {${environmentType}} [env]`,
          ' */',
        ]),
    `export function create${className}Receiver(env${isTyped ? `: ${environmentType}` : ''} = process.env) {`,
    `  return ${withStoreNote(call.code).replaceAll('\n', '\n  ')};`,
    '}',
  ].join('\n');
  return moduleText(
    {
      about: [`Verifies the deliveries of ${title}. Written by \`countersign add ${id}\`; change it as you like.`],
      imports: [
        { from: '@countersign/core', names: [...call.coreNames, ...coreNames].toSorted() },
        { from: `@countersign/providers/${id}`, names: [exportName] },
      ],
      body,
      // Since TypeScript 6 no package's types are there unless something names them.
      directives: namesNodeTypes(project) ? [] : ['/// <reference types="node" />'],
    },
    project,
  );
}

/** True if `process` has a type without our help, and for JavaScript. */
function namesNodeTypes({ language, framework, settings, has }: AppProject): boolean {
  const isOwn = framework.id === 'next' || framework.id === 'svelte-kit';
  const isOther = ['@types/bun', 'bun-types', '@types/deno'].some(has);
  return language === 'javascript' || isOwn || isOther || settings.types?.includes('node') === true;
}

function withStoreNote(code: string): string {
  return code.replace(
    '  dedupe: memoryStore(),',
    '  // It forgets on a restart, and each process has its own. @countersign/stores has Redis, PostgreSQL and others.\n  dedupe: memoryStore(),',
  );
}

/** The handler, as an expression. */
export const handlerCode = `async (event) => {
  // If this throws, the event is released, so that the sender's retry runs it again.
  console.log(event.type, event.id);
}`;

/** The methods that the route must serve. */
export function routeMethods({ provider }: AddedSender): readonly ('POST' | 'GET')[] {
  return checksWithGet(provider) ? ['POST', 'GET'] : ['POST'];
}
