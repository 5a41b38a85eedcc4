/** The sources of secrets and public keys for commands. None of them is ever printed. */

import type { Key, KeyMaterial } from '@countersign/core';
import type { Command } from 'commander';
import { CliFailure } from '../frame/failure.ts';
import type { Frame } from '../frame/frame.ts';
import { nameOf, readInput, requireOneStdin } from '../frame/input-file.ts';
import type { Prompts } from '../frame/prompts.ts';
import type { Surroundings } from '../frame/surroundings.ts';

/** The variable that is read by default. */
export const defaultVariable = 'COUNTERSIGN_SECRET';

/** The options added by {@link addSecretOptions}. */
export interface SecretOptions {
  readonly secret?: readonly string[];
  readonly secretEnv?: readonly string[];
  readonly secretFile?: readonly string[];
  readonly key?: readonly string[];
  readonly allowWeakSecrets?: boolean;
}

/** The secrets and keys of a receiver, and the name of each in the output, by its position in the list. */
export interface Material {
  readonly secrets?: readonly string[];
  readonly keys?: readonly Key[];
  readonly sources: { readonly secrets: readonly string[]; readonly keys: readonly string[] };
}

/** Adds the sources of secrets and keys. */
export function addSecretOptions(command: Command): Command {
  return command
    .option(
      '--secret-env <name>',
      `the variable with the secret, instead of ${defaultVariable}; may be repeated`,
      collect,
    )
    .option('--secret-file <file>', 'a file with the secret, without its last line break; may be repeated', collect)
    .option('--secret <value>', 'the secret itself, which will be in your shell history; may be repeated', collect)
    .option('--key <file>', 'a public key or certificate (PEM, JWK, JWK Set) or the https URL of a JWK Set', collect)
    .option('--allow-weak-secrets', 'accept short and placeholder secrets and whitespace, for published test vectors');
}

/** The secrets and keys that a scheme needs. @throws CliFailure usage, secret_missing, file_unreadable */
export async function readMaterial(
  needed: KeyMaterial,
  provider: string,
  options: SecretOptions,
  { surroundings, output, prompts }: Frame,
): Promise<Material> {
  const takesSecrets = needed === 'secrets' || needed === 'both';
  const takesKeys = needed === 'keys' || needed === 'both';
  const { secretFile = [], key = [] } = options;
  requireOneStdin([...secretFile, ...key]);
  if (options.secret !== undefined) {
    output.warn(
      `--secret leaves the secret in your shell history and in the process list; use ${defaultVariable}, --secret-env or --secret-file.`,
    );
  }
  if (!takesKeys && key.length > 0) {
    throw new CliFailure(
      'usage',
      `${provider} is verified ${takesSecrets ? 'with a shared secret' : 'without a key'}; remove --key.`,
    );
  }
  const isSecretNamed = [options.secret, options.secretEnv, options.secretFile].some((given) => given !== undefined);
  if (!takesSecrets && isSecretNamed) {
    throw new CliFailure(
      'usage',
      `${provider} is verified ${takesKeys ? 'with a public key; pass it as --key' : 'without a secret'}.`,
    );
  }
  const secrets = takesSecrets ? await readSecrets(provider, options, isSecretNamed, surroundings, prompts) : [];
  const keys = takesKeys ? await readKeys(provider, key, surroundings) : [];
  return {
    ...(takesSecrets && { secrets: secrets.map(({ value }) => value) }),
    ...(takesKeys && { keys: keys.map(({ value }) => value) }),
    sources: { secrets: secrets.map(({ source }) => source), keys: keys.map(({ source }) => source) },
  };
}

interface Sourced<Value> {
  readonly value: Value;
  readonly source: string;
}

async function readSecrets(
  provider: string,
  options: SecretOptions,
  isNamed: boolean,
  surroundings: Surroundings,
  prompts: Prompts | undefined,
): Promise<readonly Sourced<string>[]> {
  const found: Sourced<string>[] = [];
  for (const name of isNamed ? (options.secretEnv ?? []) : [defaultVariable]) {
    const value = surroundings.env[name];
    if (value !== undefined && value !== '') found.push({ value, source: name });
    else if (isNamed) throw new CliFailure('secret_missing', `${variableName(name)} is not set, or is empty.`);
  }
  for (const [index, path] of (options.secretFile ?? []).entries()) {
    // The path is left out of errors: someone may have passed the secret instead.
    const bytes = await readInput(path, surroundings, 'the file of --secret-file');
    const value = Buffer.from(bytes)
      .toString('utf8')
      .replace(/^\ufeff/, '')
      .replace(/\r?\n$/, '');
    if (value === '') throw new CliFailure('secret_missing', 'the file of --secret-file is empty.');
    found.push({ value, source: `--secret-file${index === 0 ? '' : ` (${index + 1})`}` });
  }
  for (const [index, value] of (options.secret ?? []).entries()) {
    if (value === '') throw new CliFailure('secret_missing', '--secret is empty.');
    found.push({ value, source: `--secret${index === 0 ? '' : ` (${index + 1})`}` });
  }
  if (found.length > 0) return found;
  if (prompts !== undefined) return [{ value: await prompts.askSecret(provider), source: 'the secret that was typed' }];
  throw new CliFailure(
    'secret_missing',
    `${provider} needs the secret shared with the sender. Set ${defaultVariable}, or name another variable with --secret-env or a file with --secret-file.`,
  );
}

async function readKeys(
  provider: string,
  paths: readonly string[],
  surroundings: Surroundings,
): Promise<readonly Sourced<Key>[]> {
  if (paths.length === 0) {
    throw new CliFailure('secret_missing', `${provider} needs the sender's public key. Pass its file with --key.`);
  }
  const keys: Sourced<Key>[] = [];
  for (const path of paths) {
    if (/^https?:\/\//.test(path)) {
      keys.push({ value: { url: path }, source: path });
      continue;
    }
    const source = nameOf(path);
    const text = Buffer.from(await readInput(path, surroundings))
      .toString('utf8')
      .replace(/^\ufeff/, '')
      .trim();
    for (const value of parseKeys(text, source)) keys.push({ value, source });
  }
  return keys;
}

function parseKeys(text: string, name: string): readonly Key[] {
  if (text === '') throw new CliFailure('secret_missing', `${name} is empty.`);
  if (!/^[[{]/.test(text)) return [text];
  try {
    const parsed: unknown = JSON.parse(text);
    return (Array.isArray(parsed) ? parsed : [parsed]) as Key[];
  } catch {
    // The engine's message quotes the file.
    throw new CliFailure('secret_invalid', `${name} begins like JSON but is not valid JSON, so it is not a JWK.`);
  }
}

/** A text that looks like a variable name; anything else might be the secret itself. */
function variableName(name: string): string {
  return /^[A-Z][A-Z0-9_]{0,99}$/.test(name) ? `the variable ${name}` : 'the variable of --secret-env';
}

function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}
