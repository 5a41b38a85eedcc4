/** Looks past the stores into what they keep. */

import type { PeekedRecord } from '@countersign/testing';

/** What a row of a SQL table says. `kept` is what is left of it in seconds. */
export function recordOfRow(row: Record<string, unknown> | undefined): PeekedRecord | undefined {
  if (row === undefined) return undefined;
  const isDone = row.done === true || row.done === 1;
  const isReleased = row.token === '' || row.token === '-';
  return {
    state: isDone ? 'done' : isReleased ? 'released' : 'claimed',
    token: row.token as string,
    attempt: Number(row.attempt),
    // Without a completion it is a list of abandoned claims.
    response: row.answer === null || !isDone ? undefined : JSON.parse(row.answer as string),
    expiresInSeconds: Number(row.kept),
  };
}

type Ask = (text: string, values: string[]) => Promise<Record<string, unknown>[]>;

const peekBy = (text: string) => (ask: Ask) => async (key: string) => recordOfRow((await ask(text, [key]))[0]);

export const peekPostgresBy = peekBy(
  `SELECT done, token, attempt, answer, extract(epoch FROM expires_at - clock_timestamp())::float8 AS kept
FROM countersign_claims WHERE key = $1 AND expires_at > clock_timestamp()`,
);

const mysqlNow = "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000";
export const peekMysqlBy = peekBy(
  `SELECT *, (expires_at - ${mysqlNow}) / 1000 AS kept FROM countersign_claims WHERE claim_key = ? AND expires_at > ${mysqlNow}`,
);

const sqliteNow = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)";
export const peekSqliteBy = peekBy(
  `SELECT *, (expires_at - ${sqliteNow}) / 1000.0 AS kept FROM countersign_claims WHERE key = ? AND expires_at > ${sqliteNow}`,
);

/** The text and the time to live of a key, by any client. */
export const peekRedisBy =
  (eye: () => { get(key: string): Promise<string | null>; pttl(key: string): Promise<number> }) =>
  async (key: string): Promise<PeekedRecord | undefined> => {
    const [text, left] = [await eye().get(`countersign:${key}`), await eye().pttl(`countersign:${key}`)];
    if (text === null) return undefined;
    const [kind, count, ...rest] = text.split(':');
    const expiresInSeconds = left / 1000;
    if (kind === 'd') {
      const answer = rest.join(':');
      return { state: 'done', response: answer === '' ? undefined : JSON.parse(answer), expiresInSeconds };
    }
    const attempt = Number(count);
    if (kind === 'r') return { state: 'released', attempt };
    return { state: 'claimed', attempt, token: rest[0], expiresInSeconds };
  };
