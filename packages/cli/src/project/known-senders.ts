/** The senders that a project receives from: the presets it imports, and the secrets it passes to each. */

import type { Provider } from '@countersign/core';
import { registry } from '@countersign/providers/registry';
import { exampleAnswers, presetArgument } from '@countersign/providers/tools/preset-questions';
import { receiverOf } from './known-calls.ts';
import type { Project } from './project-files.ts';
import type { SourceFile } from './source-file.ts';
import {
  calledName,
  childOf,
  childrenOf,
  fieldOf,
  findWithin,
  isCall,
  isMember,
  keyName,
  type Syntax,
} from './syntax.ts';

/** Presets by their ids. */
export type Senders = ReadonlyMap<string, Provider>;

const presetModule = /^@countersign\/providers\/([a-z0-9-]+)(?:\.|$)/;

/** The presets named in the source, and those that variables are named after: `STRIPE_WEBHOOK_SECRET`. */
export async function loadSenders(project: Project, variables: readonly string[]): Promise<Senders> {
  const ids = new Set(variables.flatMap((name) => sendersByName(name)));
  for (const file of project.files.values()) {
    for (const { module } of file.imports) {
      const id = presetModule.exec(module)?.[1];
      if (id !== undefined) ids.add(id);
    }
    if (/\bconstructEvent/.test(file.text)) ids.add('stripe');
  }
  const senders = new Map<string, Provider>();
  for (const id of ids) {
    const entry = registry.get(id);
    if (entry === undefined || entry.kind === 'unverifiable') continue;
    const loaded = await entry.load();
    senders.set(
      id,
      entry.kind === 'asks'
        ? (loaded as (argument: unknown) => Provider)(presetArgument(id, exampleAnswers(id)))
        : (loaded as Provider),
    );
  }
  return senders;
}

/** The presets that a variable is named after, in any version: GITLAB_SIGNING_TOKEN matches two. */
export function sendersByName(variable: string): readonly string[] {
  const name = variable.toUpperCase();
  return [...registry.keys()].filter((id) => {
    const words = id
      .replace(/-v\d[a-z]?$/, '')
      .replaceAll('-', '_')
      .toUpperCase();
    return new RegExp(`(?:^|_)${words}(?:_|$)`).test(name);
  });
}

/** The place where a file imports a preset. */
export function importedSenders(file: SourceFile): readonly { readonly id: string; readonly line: number }[] {
  return file.imports.flatMap(({ module, node }) => {
    const id = presetModule.exec(module)?.[1];
    return id === undefined ? [] : [{ id, line: node.line }];
  });
}

/** An expression that a file passes to a receiver, or to a check in Stripe's own package, as a sender's secret. */
export interface GivenSecret {
  /** The id of the preset. */
  readonly sender: string;
  readonly secret: Syntax;
}

/** The secrets that a file passes, each with its sender if that is known. */
export function secretsBySender(file: SourceFile): readonly GivenSecret[] {
  return file.calls.flatMap((call): GivenSecret[] => {
    const given = childrenOf(call, 'arguments');
    if (/^constructEvent(?:Async)?$/.test(calledName(call) ?? ''))
      return given[2] === undefined ? [] : [{ sender: 'stripe', secret: given[2] }];
    if (file.calleeOf(call) !== '@countersign/core.createReceiver') return [];
    const options = file.valueOf(given[0]);
    const sender = senderOf(file, fieldOf(options, 'provider'));
    const secret = fieldOf(options, 'secrets');
    return sender === undefined || secret === undefined ? [] : [{ sender, secret }];
  });
}

/** The preset that an expression is: itself, called, spread into an object, or passed to defineProvider(). */
function senderOf(file: SourceFile, node: Syntax | undefined, depth = 0): string | undefined {
  const value = file.valueOf(node);
  if (value === undefined || depth > 3) return undefined;
  const id = presetModule.exec(file.nameOf(value) ?? file.calleeOf(value) ?? '')?.[1];
  if (id !== undefined) return id;
  const spread = childrenOf(value, 'properties').find(({ type }) => type === 'SpreadElement');
  const [inner] = isCall(value) ? childrenOf(value, 'arguments') : [childOf(spread, 'argument')];
  return inner === undefined ? undefined : senderOf(file, inner, depth + 1);
}

/** The environment variables that an expression reads. */
export function variablesIn(file: SourceFile, node: Syntax, depth = 0): readonly string[] {
  const names: string[] = [];
  findWithin(node, (piece) => {
    const name = variableOf(file, piece);
    if (name !== undefined) names.push(name);
    else if (piece.type === 'Identifier' && depth < 3) {
      const { value, field } = file.bindingOf(piece) ?? {};
      if (value !== undefined && field === undefined && value !== node)
        names.push(...variablesIn(file, value, depth + 1));
    }
    return false;
  });
  return [...new Set(names)];
}

/** `process.env.NAME` and its like, `config.get('NAME')`, and SvelteKit's `$env/static/private`. */
function variableOf(file: SourceFile, piece: Syntax): string | undefined {
  if (isMember(piece)) {
    const object = childOf(piece, 'object');
    const text = file.text.slice(object?.start, object?.end);
    return /(?:^|\.)env$/.test(text) ? keyName(piece) : undefined;
  }
  if (isCall(piece)) {
    const receiver = receiverOf(piece);
    const text = file.text.slice(receiver?.start, receiver?.end);
    const isLookUp = /^(?:get|getOrThrow)$/.test(calledName(piece) ?? '') && /(?:env|config(?:Service)?)$/i.test(text);
    return isLookUp ? file.textOf(childrenOf(piece, 'arguments')[0]) : undefined;
  }
  if (piece.type !== 'Identifier') return undefined;
  const { module, imported } = file.bindingOf(piece) ?? {};
  return module === '$env/static/private' ? imported : undefined;
}
