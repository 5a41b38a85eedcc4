// Tests the stores and the contract suite through the installed packages, as modules and as CommonJS. Prints `right`, or the fault. SQLite
// needs a Node with node:sqlite; the other stores are loaded and must refuse a value that is not a client.
import { createRequire } from 'node:module';
import { memoryStore } from '@countersign/core';
import { storeContract } from '@countersign/testing';

const require = createRequire(import.meta.url);
const names = {
  redis: 'redisStore',
  postgres: 'postgresStore',
  mysql: 'mysqlStore',
  sqlite: 'sqliteStore',
  'postgres-archive': 'postgresArchive',
  'mysql-archive': 'mysqlArchive',
  'sqlite-archive': 'sqliteArchive',
  upstash: 'upstashStore',
  d1: 'd1Store',
  'durable-object': 'durableObjectStore',
  dynamodb: 'dynamodbStore',
  'deno-kv': 'denoKvStore',
};
const wrong = [];
const modules = new Map();
for (const [path, name] of Object.entries(names)) {
  for (const loaded of [await import(`@countersign/stores/${path}`), require(`@countersign/stores/${path}`)]) {
    modules.set(path, [...(modules.get(path) ?? []), loaded]);
    try {
      loaded[name]({});
      wrong.push(`${name} accepts anything as a client`);
    } catch (error) {
      if (error.code !== 'options_invalid') wrong.push(`${name}: ${error}`);
    }
  }
}

/** The cases of the contract that need no waiting. */
async function contract(make) {
  const cases = [];
  const runner = { describe: (_, body) => body(), it: (name, body) => cases.push([name, body]) };
  storeContract(runner, { make, peek: async () => undefined, clock: 'caller' });
  const quick = cases.filter(([name]) =>
    /tells others|concurrent callers over|differ in one letter|watermark/.test(name),
  );
  if (quick.length < 4) wrong.push(`the contract has ${cases.length} cases, ${quick.length} of the expected ones`);
  for (const [name, body] of quick) await body().catch((error) => wrong.push(`${name}: ${error.message}`));
}

const memory = memoryStore();
await contract(() => ({ store: memory }));
const sqlite = await import('node:sqlite').catch(() => undefined);
for (const { sqliteStore } of sqlite === undefined ? [] : modules.get('sqlite')) {
  const store = sqliteStore({ database: new sqlite.DatabaseSync(':memory:') });
  await store.migrate();
  await contract(() => ({ store }));
  const claim = await store.claim('transaction', 30);
  const isOwned = await store.transact('transaction', claim.token, 60, async (transaction) => {
    store.transactionOf({ transaction }).exec('CREATE TABLE effects (id TEXT)');
  });
  if (!isOwned || (await store.claim('transaction', 30)).state !== 'done') wrong.push('a transaction did not commit');
}
console.log(wrong.length === 0 ? 'right' : wrong.join('\n'));
