/** Variables of `.env` files and of the environment, and what their names say of them. */

import { parseEnv } from 'node:util';

/** One variable, as far as findings may know of it. */
export interface Variable {
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
export const webhookName = /(?:^|_)(?:WEBHOOKS?|SIGNING|WHSEC|HMAC|COUNTERSIGN)(?:_|$)/i;
/** Files that show which variables there are. */
export const sampleFile = /\.(?:example|sample|template|dist|defaults?)$/i;

/** True if a variable is one that is to be kept secret, by its name. */
export function isSecret({ name }: { readonly name: string }): boolean {
  return secretName.test(name) && !plainName.test(name);
}

/** Node reads the values; the lines are found by the names. */
export function readVariables(file: string, text: string): readonly Variable[] {
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
