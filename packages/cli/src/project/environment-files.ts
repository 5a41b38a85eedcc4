/** Looks at the secrets of `.env` files and of the environment, and at whether git would take them. No value is ever shown. */

import { parseEnv } from 'node:util';
import { createReceiver, defineProvider, isWebhookError, rawBodyHmac } from '@countersign/core';
import { defaultVariable } from '../secrets.ts';
import type { Finding } from './finding.ts';
import type { Project } from './project-files.ts';

/** One variable, as far as findings may know of it. */
interface Variable {
  readonly name: string;
  readonly value: string;
  readonly file: string;
  readonly line: number | null;
}

/** Names of what is to be kept secret: the word counts, not the letters (MONKEY is no key). */
const secretName = /(?:^|_)(?:SECRETS?|KEYS?|TOKENS?|SIGNING|WEBHOOKS?)(?:_|$)/i;
/** Names of what goes along with a secret and is none. */
const plainName =
  /(?:^|_)(?:URLS?|URIS?|HOST|PORT|PATH|FILE|DIR|IDS?|NAME|HEADER|ENABLED|DISABLED|TIMEOUT|TTL|SECONDS|MS|TOLERANCE|ALGORITHM|ENCODING|FORMAT|ENDPOINT|ROUTE|REGION|LEVEL|COUNT|LIMIT|MODE|VERSION|PREFIX|TYPE|PUBLIC|PUBLISHABLE|EXPIRY|EXPIRES(?:_IN)?|ROTATION)$/i;
/** Names of secrets of webhooks. Of others it is not known what they have to be like. */
const webhookName = /(?:^|_)(?:WEBHOOKS?|SIGNING|WHSEC|HMAC|COUNTERSIGN)(?:_|$)/i;
const publicName = /^(?:NEXT_PUBLIC|VITE|REACT_APP|NUXT_PUBLIC|PUBLIC|EXPO_PUBLIC|GATSBY)_/i;
const sampleFile = /\.(?:example|sample|template|dist|defaults?)$/i;

/** What is wrong with the values in `.env` files and in the environment. */
export async function findEnvironmentFaults(
  project: Project,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const kept: Variable[] = [];
  for (const [file, text] of project.environmentFiles) {
    if (sampleFile.test(file)) continue;
    const variables = readVariables(file, text).filter(isSecret);
    kept.push(...variables);
    findings.push(...variables.flatMap((one) => [...faultsOf(one), ...findLeak(one)]), ...findMixedModes(variables));
  }
  const own: Variable[] = Object.entries(env)
    .map(([name, value = '']) => ({ name, value, file: 'environment', line: null }))
    // The rest of an environment is nobody's business here.
    .filter(({ name }) => isSecret({ name }) && webhookName.test(name));
  findings.push(...own.flatMap(faultsOf), ...findShared(kept), ...findShared(own));
  return findings;
}

/** The files that hold a secret, by the line of the first one. */
export function filesWithSecrets(project: Project): readonly { readonly file: string; readonly line: number | null }[] {
  return [...project.environmentFiles].flatMap(([file, text]) => {
    const held = sampleFile.test(file)
      ? undefined
      : readVariables(file, text).find((one) => isSecret(one) && refusalOf(one.value) === undefined);
    return held === undefined ? [] : [{ file, line: held.line }];
  });
}

function isSecret({ name }: { readonly name: string }): boolean {
  return secretName.test(name) && !plainName.test(name);
}

/** Node reads the values; the lines are found by the names. */
function readVariables(file: string, text: string): readonly Variable[] {
  const values = parseEnv(text);
  const lines = text.split('\n');
  const variables = Object.entries(values).map(([name, value = '']) => {
    const start = new RegExp(`^\\s*(?:export\\s+)?${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*=`);
    // Of a name that stands twice, the last one counts.
    const at = lines.findLastIndex((line) => start.test(line));
    return { name, value, file, line: at < 0 ? null : at + 1 };
  });
  // Node gives them in the order of the alphabet.
  return variables.sort((left, right) => (left.line ?? 0) - (right.line ?? 0));
}

function faultsOf({ name, value, file, line }: Variable): readonly Finding[] {
  const isWebhook = webhookName.test(name);
  const at = { file, line, certainty: isWebhook ? 'found' : 'looks_like' } as const;
  // A variable may be left empty on purpose, to be set elsewhere; one of a webhook may be too.
  if (value === '') {
    return isWebhook
      ? [
          {
            ...at,
            certainty: 'looks_like',
            rule: 'secret_unusable',
            what: `${name} is empty.`,
            fix: 'Set it, or take the line away where it comes from elsewhere.',
          },
        ]
      : [];
  }
  if (/^(['"`]).*\1$|^['"`]|['"`]$/s.test(value)) {
    const what = `${name} has quotes as a part of its value, which take part in every signature.`;
    return [
      {
        ...at,
        rule: 'secret_quoted',
        what,
        fix: 'Take the quotes away. Docker and systemd do not strip them, shells and dotenv do.',
      },
    ];
  }
  const hint = refusalOf(value);
  // Of other keys and tokens a shape is not known; only what is plainly no value counts.
  if (hint === undefined || (!isWebhook && /fewer than/.test(hint))) return [];
  return [
    {
      ...at,
      rule: 'secret_unusable',
      what: `${name} cannot be a secret. ${hint.replace(/ Take it away;.*$| Create a longer one.*$/, '')}`,
      fix: fixFor(hint),
    },
  ];
}

function fixFor(hint: string): string {
  if (/white space/.test(hint)) return 'Take away spaces and line ends around it; they mostly come from copying.';
  if (/fewer than/.test(hint))
    return 'Create a longer one at the sender: a key of an HMAC has at least as many bytes as can not be guessed (RFC 2104 section 3).';
  return 'Put in the secret that the sender shows for this endpoint.';
}

/** Why the library would refuse a secret, in its own words, or undefined. The words hold no part of it. */
function refusalOf(value: string): string | undefined {
  try {
    createReceiver({ provider: anySender, secrets: value, onWarning: () => undefined } as never);
    return undefined;
  } catch (error) {
    return isWebhookError(error) && error.code === 'secret_invalid' ? error.hint : undefined;
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
  const what = `${name} is built into what browsers load, by the beginning of its name.`;
  return [
    {
      rule: 'secret_public',
      certainty: 'found',
      file,
      line,
      what,
      fix: 'Name it without that beginning, and replace the secret at the sender.',
    },
  ];
}

/** Two names with one value. The values are compared within this process and go no further. */
function findShared(variables: readonly Variable[]): readonly Finding[] {
  const firsts = new Map<string, Variable>();
  return variables.flatMap((one): Finding[] => {
    // What this command itself reads is a copy on purpose.
    const counts = one.name !== defaultVariable && one.value.length >= 16 && refusalOf(one.value) === undefined;
    const first = counts ? firsts.get(one.value) : undefined;
    if (counts && first === undefined) firsts.set(one.value, one);
    if (first === undefined || first.name === one.name) return [];
    const what = `${one.name} has the same value as ${first.name} (${first.file}${first.line === null ? '' : `:${first.line}`}): whoever knows one can forge for the other.`;
    return [
      {
        rule: 'secret_shared',
        certainty: 'found',
        file: one.file,
        line: one.line,
        what,
        fix: 'Give each endpoint a secret of its own.',
      },
    ];
  });
}

/** Keys of test mode beside keys of live mode, where the names do not say that this is meant. */
function findMixedModes(variables: readonly Variable[]): readonly Finding[] {
  const modeOf = ({ name, value }: Variable) =>
    /TEST|LIVE|PROD|SANDBOX/i.test(name) ? undefined : /^(?:sk|pk|rk|whsec|pdl)_(test|live)_/.exec(value)?.[1];
  const [first, ...rest] = variables.filter((one) => modeOf(one) !== undefined);
  const other = first === undefined ? undefined : rest.find((one) => modeOf(one) !== modeOf(first));
  if (first === undefined || other === undefined) return [];
  const what = `${other.name} is of ${modeOf(other)} mode and ${first.name} of ${modeOf(first)} mode: deliveries of the one do not verify by the other's secret.`;
  return [
    {
      rule: 'secret_modes_mixed',
      certainty: 'looks_like',
      file: other.file,
      line: other.line,
      what,
      fix: 'Take both from the same mode of the account.',
    },
  ];
}
