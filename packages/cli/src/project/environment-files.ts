/**
 * Checks the secrets in `.env` files and in the environment, and whether git would commit them. No value is ever shown.
 */

import { createReceiver, defineProvider, isWebhookError, rawBodyHmac } from '@countersign/core';
import { defaultVariable } from '../flags/secrets.ts';
import type { Finding } from './finding.ts';
import type { Senders } from './known-senders.ts';
import type { Project } from './project-files.ts';
import { findWrongVariable, readersOf } from './rules/wrong-secrets.ts';
import { isSecret, readVariables, sampleFile, type Variable, webhookName } from './variables.ts';

const publicName = /^(?:NEXT_PUBLIC|VITE|REACT_APP|NUXT_PUBLIC|PUBLIC|EXPO_PUBLIC|GATSBY)_/i;

/** Problems with the values in `.env` files and in the environment. */
export async function findEnvironmentFaults(
  project: Project,
  env: Readonly<Record<string, string | undefined>>,
  senders: Senders,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const kept: Variable[] = [];
  const readers = readersOf(project);
  const examine = (one: Variable) => {
    const faults = faultsOf(one);
    // A value that is not a secret at all is reported once.
    return faults.length > 0 ? faults : findWrongVariable(one, senders, readers);
  };
  for (const [file, text] of project.environmentFiles) {
    if (sampleFile.test(file)) continue;
    const variables = readVariables(file, text).filter((one) => isSecret(one) || readers.has(one.name));
    kept.push(...variables);
    findings.push(...variables.flatMap((one) => [...examine(one), ...findLeak(one)]), ...findMixedModes(variables));
  }
  const own: Variable[] = Object.entries(env)
    .map(([name, value = '']) => ({ name, value, file: 'environment', line: null }))
    // The rest of an environment is not read.
    .filter(({ name }) => readers.has(name) || (isSecret({ name }) && webhookName.test(name)));
  findings.push(...own.flatMap(examine), ...findShared(kept), ...findShared(own));
  return findings;
}

/** The names of the secrets in the `.env` files, and of webhook secrets in the environment. */
export function secretNames(project: Project, env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const kept = [...project.environmentFiles].flatMap(([file, text]) => readVariables(file, text));
  const own = Object.keys(env).filter((name) => webhookName.test(name));
  return [...kept.map(({ name }) => name), ...own].filter((name) => isSecret({ name }));
}

/** The files that contain a secret, with the line of the first one. */
export function filesWithSecrets(project: Project): readonly { readonly file: string; readonly line: number | null }[] {
  return [...project.environmentFiles].flatMap(([file, text]) => {
    const held = sampleFile.test(file)
      ? undefined
      : readVariables(file, text).find((one) => isSecret(one) && refusalOf(one.value) === undefined);
    return held === undefined ? [] : [{ file, line: held.line }];
  });
}

function faultsOf({ name, value, file, line }: Variable): readonly Finding[] {
  const isWebhook = webhookName.test(name);
  const at = { file, line, certainty: isWebhook ? 'found' : 'looks_like' } as const;
  // A variable may be empty on purpose, to be set elsewhere; even one of a webhook.
  if (value === '') {
    return isWebhook
      ? [
          {
            ...at,
            certainty: 'looks_like',
            rule: 'secret_unusable',
            what: `${name} is empty.`,
            fix: 'Set it, or remove the line if it is set elsewhere.',
          },
        ]
      : [];
  }
  if (/^(['"`]).*\1$|^['"`]|['"`]$/s.test(value)) {
    const what = `${name} has quotes as part of its value, so they are part of the key.`;
    return [
      {
        ...at,
        rule: 'secret_quoted',
        what,
        fix: 'Remove the quotes. Docker and systemd do not strip them; shells and dotenv do.',
      },
    ];
  }
  const hint = refusalOf(value);
  // For other keys and tokens the format is not known, so only obvious non-values count.
  if (hint === undefined || (!isWebhook && /fewer than/.test(hint))) return [];
  return [
    {
      ...at,
      rule: 'secret_unusable',
      what: `${name} cannot be a secret. ${hint.replace(/ Remove (?:it|them)\.$| Create a longer one.*$/, '')}`,
      fix: fixFor(hint),
    },
  ];
}

function fixFor(hint: string): string {
  if (/white space/.test(hint))
    return 'Remove the spaces and line breaks around it; they usually come from copy and paste.';
  if (/fewer than/.test(hint))
    return 'Create a longer one at the sender: an HMAC key needs enough unguessable bytes (RFC 2104 section 3).';
  return 'Use the secret that the sender shows for this endpoint.';
}

/** The reason why the library would refuse a secret, or undefined. It contains no part of the secret. */
function refusalOf(value: string): string | undefined {
  try {
    createReceiver({ provider: anySender, secrets: value, onWarning: () => undefined } as never);
    return undefined;
  } catch (error) {
    return isWebhookError(error) && error.code === 'secret_invalid' ? error.hint?.replace(/^any: /, '') : undefined;
  }
}

const anySender = defineProvider({
  name: 'any',
  title: 'Any',
  scheme: rawBodyHmac({ header: 'x-signature' }),
  source: { title: 'none', url: 'https://example.com', readOn: '2026-11-21' },
  confidence: 'sdk_source',
} as never);

function findLeak({ name, value, file, line }: Variable): readonly Finding[] {
  const isLeak = publicName.test(name) && /SECRET|SIGNING|PRIVATE/i.test(name) && value !== '';
  if (!isLeak) return [];
  const what = `${name} is exposed to browsers by its prefix.`;
  return [
    {
      rule: 'secret_public',
      certainty: 'found',
      file,
      line,
      what,
      fix: 'Rename it without that prefix, and rotate the secret at the sender.',
    },
  ];
}

/** Two names with the same value. The values are compared within this process only. */
function findShared(variables: readonly Variable[]): readonly Finding[] {
  const firsts = new Map<string, Variable>();
  return variables.flatMap((one): Finding[] => {
    // The variable that this command itself reads is a copy on purpose.
    const counts = one.name !== defaultVariable && one.value.length >= 16 && refusalOf(one.value) === undefined;
    const first = counts ? firsts.get(one.value) : undefined;
    if (counts && first === undefined) firsts.set(one.value, one);
    if (first === undefined || first.name === one.name) return [];
    const what = `${one.name} has the same value as ${first.name} (${first.file}${first.line === null ? '' : `:${first.line}`}): anyone who knows one can forge for the other.`;
    return [
      {
        rule: 'secret_shared',
        certainty: 'found',
        file: one.file,
        line: one.line,
        what,
        fix: 'Give each endpoint its own secret.',
      },
    ];
  });
}

/** Test mode keys together with live mode keys, unless the names show that this is intended. */
function findMixedModes(variables: readonly Variable[]): readonly Finding[] {
  const modeOf = ({ name, value }: Variable) =>
    /TEST|LIVE|PROD|SANDBOX/i.test(name) ? undefined : /^(?:sk|pk|rk|whsec|pdl)_(test|live)_/.exec(value)?.[1];
  const [first, ...rest] = variables.filter((one) => modeOf(one) !== undefined);
  const other = first === undefined ? undefined : rest.find((one) => modeOf(one) !== modeOf(first));
  if (first === undefined || other === undefined) return [];
  const what = `${other.name} is in ${modeOf(other)} mode and ${first.name} in ${modeOf(first)} mode: deliveries of one do not verify with the other's secret.`;
  return [
    {
      rule: 'secret_modes_mixed',
      certainty: 'looks_like',
      file: other.file,
      line: other.line,
      what,
      fix: 'Use both from the same mode of the account.',
    },
  ];
}
