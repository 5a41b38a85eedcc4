/** The imports of names that examples use without importing them, and the functions that need no example. */
import { readFileSync } from 'node:fs';

export const givenSource = readFileSync(new URL('given.mts', import.meta.url), 'utf8');

/** Names that `given.mts` declares. */
export const givenNames = new Set(
  [...givenSource.matchAll(/^export (?:declare )?(?:const|class|namespace) (\w+|\{[^}]*\})/gm)].flatMap(([, names]) =>
    names.match(/\w+/g),
  ),
);

/** Imports from other packages, by name; `upstash_Redis` is the `Redis` of examples in upstash.ts. */
export const givenImports = {
  rabbitmq_connect: "{ connect } from 'amqplib'",
  jetstream: "{ jetstream } from '@nats-io/jetstream'",
  PgBoss: "{ PgBoss } from 'pg-boss'",
  Queue: "{ Queue } from 'bullmq'",
  'graphile-worker_run': "{ run } from 'graphile-worker'",
  SQS: "{ SQS } from '@aws-sdk/client-sqs'",
  Worker: "{ Worker } from 'bullmq'",
  assert: "assert from 'node:assert/strict'",
  Controller: "{ Controller } from '@nestjs/common'",
  createPool: "{ createPool } from 'mysql2/promise'",
  createServer: "{ createServer } from 'node:http'",
  DatabaseSync: "{ DatabaseSync } from 'node:sqlite'",
  describe: "{ describe } from 'vitest'",
  DynamoDB: "{ DynamoDB } from '@aws-sdk/client-dynamodb'",
  expect: "{ expect } from 'vitest'",
  it: "{ it } from 'vitest'",
  pg: "pg from 'pg'",
  IncomingMessage: "type { IncomingMessage } from 'node:http'",
  Post: "{ Post } from '@nestjs/common'",
  Prisma: "type { Prisma } from './given.mts'",
  readFileSync: "{ readFileSync } from 'node:fs'",
  Redis: "{ Redis } from 'ioredis'",
  Stripe: "type { Stripe } from 'stripe'",
  upstash_Redis: "{ Redis } from '@upstash/redis'",
  'delivery-forms_request': "request from 'supertest'",
  writeFile: "{ writeFile } from 'node:fs/promises'",
};

/** Exported functions that need no example, with the reason; `module#*` means all functions of a module. */
export const exportsWithoutExample = {
  '@countersign/core#noteOf': 'for adapters: the other side of withCause',
  '@countersign/core#handlerOf': 'for adapters and edges',
  '@countersign/core#inPlaceOf': 'for adapters',
  '@countersign/queues#asFinal': 'for engines: the other side of isFinal',
  '@countersign/queues#isFinal': 'for engines',
  '@countersign/core/preset#definePreset': 'for the presets of this project, which all show how to use it',
  '@countersign/core/preset#hmac': 'for the presets of this project; apps call hmac of @countersign/core',
  '@countersign/core/preset/public-key#publicKey':
    'for the presets of this project; apps call publicKey of @countersign/core/public-key',
};
