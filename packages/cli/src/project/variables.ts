/** Variables of `.env` files and of the environment, and the meaning of their names. */

import { parseEnv } from 'node:util';

/** One variable, limited to what findings may use. */
export interface Variable {
  readonly name: string;
  readonly value: string;
  readonly file: string;
  readonly line: number | null;
}

/** Names of secrets: whole words count, not letters (MONKEY is not a key). */
const secretName = /(?:^|_)(?:SECRETS?|KEYS?|TOKENS?|SIGNING|WEBHOOKS?)(?:_|$)/i;
/** Names that go with a secret but are not one. */
const plainName =
  /(?:^|_)(?:URLS?|URIS?|HOST|PORT|PATH|FILE|DIR|IDS?|NAME|HEADER|ENABLED|DISABLED|TIMEOUT|TTL|SECONDS|MS|TOLERANCE|ALGORITHM|ENCODING|FORMAT|ENDPOINT|ROUTE|REGION|LEVEL|COUNT|LIMIT|MODE|VERSION|PREFIX|TYPE|PUBLIC|PUBLISHABLE|EXPIRY|EXPIRES(?:_IN)?|ROTATION)$/i;
/** Names of webhook secrets. For others the required format is not known. */
export const webhookName = /(?:^|_)(?:WEBHOOKS?|SIGNING|WHSEC|HMAC|COUNTERSIGN)(?:_|$)/i;
/** Example files that list the variables. */
export const sampleFile = /\.(?:example|sample|template|dist|defaults?)$/i;

/** True if a variable is a secret, by its name. */
export function isSecret({ name }: { readonly name: string }): boolean {
  return secretName.test(name) && !plainName.test(name);
}

/** Node parses the values; the lines are found by the names. */
export function readVariables(file: string, text: string): readonly Variable[] {
  const values = parseEnv(text);
  const lines = text.split('\n');
  const variables = Object.entries(values).map(([name, value = '']) => {
    const start = new RegExp(`^\\s*(?:export\\s+)?${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*=`);
    // If a name occurs twice, the last one counts.
    const at = lines.findLastIndex((line) => start.test(line));
    return { name, value, file, line: at < 0 ? null : at + 1 };
  });
  // Node returns them in alphabetical order.
  return variables.sort((left, right) => (left.line ?? 0) - (right.line ?? 0));
}
