/**
 * Declares the names that examples use without declaring them. Nothing here runs; `.ci/docs-code` compiles a copy.
 *
 * A name that differs by package or module has that as a prefix: `hono_app` is the `app` of examples in the package hono, `upstash_env` the
 * `env` of those in upstash.ts.
 */

import type { IncomingMessage } from 'node:http';
import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import type {
  Archive,
  ArchiveMethods,
  ArchiveOptions,
  DedupeStore,
  Delivery,
  HandlerContext,
  Provider,
  Scheme,
  StoreMethods,
  WebhookEvent,
} from '@countersign/core';
import { createReceiver } from '@countersign/core';
import type { LambdaHandler } from '@countersign/http/aws-lambda';
import { stripe } from '@countersign/providers/stripe';
import type { JobQueue, WorkHandle } from '@countersign/queues';
import type { CloudflareProducer } from '@countersign/queues/cloudflare-queues';
import type { D1Binding } from '@countersign/stores/d1';
import type { DenoKv } from '@countersign/stores/deno-kv';
import type { ClaimsNamespace } from '@countersign/stores/durable-object';
import type { postgresStore } from '@countersign/stores/postgres';
import type { AlteredEntry, MountedApp, PeekedEntry, PeekedRecord, QueueContractOptions } from '@countersign/testing';
import type { NatsConnection } from '@nats-io/transport-node';
import type { RootRoute } from '@tanstack/react-router';
import type { Express } from 'express';
import type { FastifyInstance } from 'fastify';
import type { Hono } from 'hono';
import type { Knex } from 'knex';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';

export const receiver = createReceiver({ provider: stripe, secrets: '' });
export declare const body: Uint8Array;
export declare const headers: Headers;
export declare const delivery: Delivery;
export declare const event: WebhookEvent;
export declare const context: HandlerContext;
export declare const error: unknown;
export declare const isReady: (id: string | undefined) => Promise<boolean>;
export declare const database: {
  secretOf(tenant: string): Promise<string>;
  publicKeysOf(keyId: string | undefined): Promise<string[]>;
};
export declare const request: IncomingMessage;
export declare const secret: string;
export declare const secrets: string[];
export declare const staging: string;
export declare const keys: string;
export declare const url: string;
export declare const text: string;
export declare const handle: (event: WebhookEvent) => void;
export declare const scheme: Scheme<'secrets'>;
export declare const provider: Provider;
export declare const acme: Provider;
export declare const shop: Provider;
export declare const { claim, extend, complete, release }: StoreMethods;

export declare const app: Express;
export declare const fastify_app: FastifyInstance;
export declare const fastify: FastifyInstance;
export declare const scope: FastifyInstance;
export declare const hono_app: Hono;

export declare const stores_env: {
  readonly STRIPE_WEBHOOK_SECRET: string;
  readonly DB: D1Binding;
  readonly CLAIMS: ClaimsNamespace;
};
export declare const client: DynamoDB;
export declare const pool: Pool;
export declare const knex: Knex;
export declare const dataSource: DataSource;
export declare const store: ReturnType<typeof postgresStore<Pool>>;
export declare class Payment {
  eventId: string | undefined;
}
export declare const coupon: object;

export declare const queues_connection: { host: string };
export declare const jetstream_connection: NatsConnection;
export declare const pgPool: Pool;
export declare const queues_env: { readonly WEBHOOKS: CloudflareProducer };
export declare const queue: JobQueue;
export declare const makeMyQueue: QueueContractOptions<JobQueue>['make'];
export declare const handlers: WorkHandle<WebhookEvent>;
export declare const fulfil: (payload: object, signal: AbortSignal) => Promise<void>;
export declare const prisma: {
  $transaction(work: (tx: Prisma.TransactionClient) => Promise<void>, options: { timeout: number }): Promise<void>;
};
export declare namespace Prisma {
  interface TransactionClient {
    $queryRawUnsafe(text: string, ...values: unknown[]): Promise<Record<string, unknown>[]>;
  }
}
export declare const Deno: { openKv(): Promise<DenoKv> };
export declare const tokensOfInstallation: (url: string | undefined) => Promise<string[]>;
export declare const fetchKeyFromPlaid: (id: string) => Promise<Record<string, unknown> | undefined>;

export declare const endpoint: (delivery: Delivery) => Promise<void>;
export declare const handler: LambdaHandler;
export declare const countOf: (id: string) => Promise<number>;
export declare const effects: () => readonly string[];
export declare const serveMyFramework: (app: object) => MountedApp;
export declare const myStore: (client: object) => DedupeStore;
export declare const archiveSteps: ArchiveMethods;
export declare const myArchive: (options: ArchiveOptions) => Archive;
export declare const readEntry: (id: string) => Promise<PeekedEntry | undefined>;
export declare const writeEntry: (id: string, changes: AlteredEntry) => Promise<void>;
export declare const readRow: (key: string) => Promise<PeekedRecord | undefined>;
export declare class ConfigService {
  get(name: string): string | undefined;
}

/** As in the route tree that TanStack Start generates. */
declare module '@tanstack/react-router' {
  interface FileRoutesByPath {
    '/webhooks/stripe': {
      id: '/webhooks/stripe';
      path: '/webhooks/stripe';
      fullPath: '/webhooks/stripe';
      preLoaderRoute: RootRoute;
      parentRoute: RootRoute;
    };
  }
}
