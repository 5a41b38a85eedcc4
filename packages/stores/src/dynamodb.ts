/** A dedupe store in Amazon DynamoDB: conditional updates of one item per key, on the callers' clocks. */

import { type Claim, type DedupeStore, defineStore, WebhookError } from '@countersign/core';
import { bareError } from './bare-errors.ts';
import * as records from './claim-record.ts';
import { defaultTable } from './sql-store.ts';
import { type StepsByToken, withSureReleases } from './sure-releases.ts';
import { withBareErrors } from './with-bare-errors.ts';

/** A value as DynamoDB writes it. */
export type DynamodbValue = { S: string } | { N: string } | { BOOL: boolean };

/** An item as DynamoDB returns it; of each value the kinds that the store writes. */
export type DynamodbItem = Readonly<
  Record<
    string,
    { readonly S?: string | undefined; readonly N?: string | undefined; readonly BOOL?: boolean | undefined }
  >
>;

/** An UpdateItem as the store sends it. */
export interface DynamodbUpdate {
  TableName: string;
  Key: Record<string, DynamodbValue>;
  UpdateExpression: string;
  ConditionExpression: string;
  ExpressionAttributeNames: Record<string, string>;
  ExpressionAttributeValues: Record<string, DynamodbValue>;
  ReturnValues: 'ALL_OLD' | 'ALL_NEW';
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD';
}

/** A GetItem as the store sends it. */
export interface DynamodbRead {
  TableName: string;
  Key: Record<string, DynamodbValue>;
  ConsistentRead: true;
}

/** What the store needs of `new DynamoDB({})` of @aws-sdk/client-dynamodb. */
export interface DynamodbClient {
  updateItem(input: DynamodbUpdate): Promise<{ readonly Attributes?: DynamodbItem | undefined }>;
  getItem(input: DynamodbRead): Promise<{ readonly Item?: DynamodbItem | undefined }>;
}

export interface DynamodbStoreOptions {
  /** Your own client: `new DynamoDB({})` of @aws-sdk/client-dynamodb. The store changes none of its settings. */
  readonly client: DynamodbClient;
  /** The table's name or ARN. Default `countersign_claims`. {@link dynamodbTable} describes the table. */
  readonly table?: string;
  /**
   * By how much the clocks of two callers may differ, in seconds: a number from 0 to 300, default 5. A lease or a record
   * counts as over that much later, so a key whose owner crashed comes back that much later too.
   */
  readonly maxClockSkewSeconds?: number;
}

/** Steps that lost a race look again; this many in a row do not happen to one key. */
const mostTries = 8;

/**
 * Remembers claims in a DynamoDB table, for functions on AWS.
 *
 * DynamoDB has no clock of its own: leases and retention run on the clocks of the callers, to the millisecond. Where two
 * of them differ by more than `maxClockSkewSeconds`, a caller that is ahead can take over a key whose owner is still at
 * work; the owner's completion is refused then.
 *
 * Consistency is strong, within one region: with a global table, let all callers use the same region. A fresh claim, a
 * duplicate and a completion are one request each; taking over a released key or a lease that is over takes two.
 * DynamoDB's own expiry (TTL) deletes up to days late, so the store looks at the expiry of a record by itself. Switch it
 * on all the same, on the attribute `expires_at_seconds`, or the table grows forever.
 *
 * @throws options_invalid
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
 */
export function dynamodbStore(options: DynamodbStoreOptions): DedupeStore {
  const { client, table: given = defaultTable, maxClockSkewSeconds = 5 } = options;
  if (typeof client?.updateItem !== 'function' || typeof client.getItem !== 'function') {
    throw new WebhookError('options_invalid', {
      at: 'dynamodbStore.client',
      hint: 'It takes new DynamoDB({}) of @aws-sdk/client-dynamodb. A DynamoDBClient has no methods of its own.',
    });
  }
  if (typeof maxClockSkewSeconds !== 'number' || !(maxClockSkewSeconds >= 0 && maxClockSkewSeconds <= 300)) {
    throw new WebhookError('options_invalid', {
      at: 'dynamodbStore.maxClockSkewSeconds',
      hint: 'It takes a number of seconds from 0 to 300.',
    });
  }
  const table = requireDynamodbTable(given, 'dynamodbStore.table');
  /** What ended at this instant is over on every caller's clock. */
  const overSince = () => Date.now() - milliseconds(maxClockSkewSeconds);
  const expiryValues = (keptSeconds: number) => {
    const expiresAt = Date.now() + milliseconds(keptSeconds);
    return {
      ':expires_at': number(expiresAt),
      ':expires_at_seconds': number(Math.ceil(expiresAt / 1000 + maxClockSkewSeconds)),
    };
  };
  const claimValues = (token: string, leaseSeconds: number) => ({
    ...expiryValues(leaseSeconds + records.attemptMemorySeconds),
    ':lease_until': number(Date.now() + milliseconds(leaseSeconds)),
    ':token': { S: token },
    ':false': { BOOL: false },
  });

  const read = async (key: string): Promise<DynamodbItem | undefined> => {
    try {
      return (await client.getItem({ TableName: table, Key: { key: { S: key } }, ConsistentRead: true })).Item;
    } catch (error) {
      throw explainTable(error, table);
    }
  };
  /** Changes an item where the condition holds; otherwise tells what stands there. */
  const change = async (
    key: string,
    update: string,
    condition: string,
    values: Record<string, DynamodbValue>,
    returns: 'ALL_OLD' | 'ALL_NEW' = 'ALL_NEW',
  ): Promise<{ changed: DynamodbItem | undefined } | { stands: () => Promise<DynamodbItem | undefined> }> => {
    try {
      const { Attributes: changed } = await client.updateItem({
        TableName: table,
        Key: { key: { S: key } },
        UpdateExpression: update,
        ConditionExpression: condition,
        ExpressionAttributeNames: namesIn(`${update} ${condition}`),
        ExpressionAttributeValues: values,
        ReturnValues: returns,
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      return { changed };
    } catch (error) {
      const { name, Item: item } = error as { name?: unknown; Item?: DynamodbItem };
      if (name !== 'ConditionalCheckFailedException') throw explainTable(error, table);
      // Some servers that speak DynamoDB's protocol do not send the item along.
      return { stands: async () => item ?? (await read(key)) };
    }
  };
  const isChanged = async (...given: Parameters<typeof change>) => 'changed' in (await change(...given));

  const steps: StepsByToken = {
    async claim(key, leaseSeconds, token) {
      for (let tries = 0; tries < mostTries; tries++) {
        const values = claimValues(token, leaseSeconds);
        const fresh = await change(
          key,
          `${setClaim}, #attempt = :one REMOVE #answer`,
          'attribute_not_exists(#key) OR #expires_at <= :over',
          { ...values, ':one': number(1), ':over': number(overSince()) },
        );
        if ('changed' in fresh) {
          if (isCurrent(values)) return { state: 'claimed', token, attempt: 1 };
          continue;
        }
        const standing = await fresh.stands();
        const claim = judge(standing, token, overSince());
        if (claim !== undefined) return claim;
        // Its own, if it took longer than its lease: then it is taken once more, as the same attempt.
        const counted = isOwnedBy(standing, token) ? 0 : 1;
        const retaken = claimValues(token, leaseSeconds);
        const taken = await change(
          key,
          `${setClaim}, #attempt = #attempt + :one REMOVE #answer`,
          '#done = :false AND (#lease_until <= :over OR #token = :token) AND #expires_at > :over',
          { ...retaken, ':one': number(counted), ':over': number(overSince()) },
        );
        if ('changed' in taken) {
          if (isCurrent(retaken)) return { state: 'claimed', token, attempt: numberOf(taken.changed, 'attempt') };
          continue;
        }
        const claimOfAnother = judge(await taken.stands(), token, overSince());
        if (claimOfAnother !== undefined) return claimOfAnother;
      }
      throw contended();
    },
    async extend(key, token, leaseSeconds) {
      const extended = await change(
        key,
        `SET ${setExpiry}, #lease_until = :lease_until`,
        '#token = :token AND #done = :false AND #lease_until <= :lease_until',
        claimValues(token, leaseSeconds),
      );
      if ('changed' in extended) return true;
      // Where it was overtaken by a younger one, the lease is longer already.
      const standing = await extended.stands();
      return isOwnedBy(standing, token) && standing.done?.BOOL === false;
    },
    complete(key, token, retentionSeconds, answer) {
      const text = records.encodeAnswer(answer);
      // Once more by the same owner is no change: the first answer may have got lost on its way back.
      return isChanged(
        key,
        `SET ${setExpiry}, #done = :true${text === undefined ? ' REMOVE #answer' : ', #answer = :answer'}`,
        '#token = :token',
        {
          ...expiryValues(retentionSeconds),
          ':token': { S: token },
          ':true': { BOOL: true },
          ...(text === undefined ? {} : { ':answer': { S: text } }),
        },
      );
    },
    release(key, token, options) {
      // Its lease ends in 1970, so that no caller waits for the skew of clocks.
      return isChanged(
        key,
        `SET ${setExpiry}, #lease_until = :zero, #attempt = #attempt - :taken_back REMOVE #token`,
        '#token = :token AND #done = :false',
        {
          ...expiryValues(records.attemptMemorySeconds),
          ':token': { S: token },
          ':zero': number(0),
          ':taken_back': number(records.attemptsTakenBack(options)),
          ':false': { BOOL: false },
        },
      );
    },
    async raiseWatermark(key, position, retentionSeconds) {
      const positionOf = (item: DynamodbItem | undefined) =>
        item === undefined || numberOf(item, 'expires_at') <= overSince() ? undefined : numberOf(item, 'position');
      if (position === undefined) return positionOf(await read(key));
      for (let tries = 0; tries < mostTries; tries++) {
        const raised = await change(
          key,
          `SET ${setExpiry}, #position = :position`,
          'attribute_not_exists(#key) OR #expires_at <= :over OR #position < :position',
          {
            ...expiryValues(retentionSeconds),
            ':position': number(position),
            ':over': number(overSince()),
          },
          'ALL_OLD',
        );
        if ('changed' in raised) return positionOf(raised.changed);
        const before = positionOf(await raised.stands());
        // Nothing to raise: this event comes late, and the mark was written to outlast whatever comes late after it.
        if (before !== undefined) return before;
      }
      throw contended();
    },
  };
  return defineStore(withBareErrors(withSureReleases(steps)));
}

/**
 * The table as the input of CreateTable: keys of text, paid per request.
 *
 * @example
 * await client.createTable(dynamodbTable());
 * await client.updateTimeToLive({
 *   TableName: 'countersign_claims',
 *   TimeToLiveSpecification: { AttributeName: 'expires_at_seconds', Enabled: true },
 * });
 *
 * @throws options_invalid
 */
export function dynamodbTable(table: string = defaultTable): {
  TableName: string;
  BillingMode: 'PAY_PER_REQUEST';
  AttributeDefinitions: { AttributeName: 'key'; AttributeType: 'S' }[];
  KeySchema: { AttributeName: 'key'; KeyType: 'HASH' }[];
} {
  return {
    TableName: requireDynamodbTable(table, 'dynamodbTable.table'),
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'key', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }],
  };
}

const setExpiry = '#expires_at = :expires_at, #expires_at_seconds = :expires_at_seconds';
const setClaim = `SET ${setExpiry}, #lease_until = :lease_until, #token = :token, #done = :false`;

function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000);
}

function number(value: number): { N: string } {
  return { N: String(value) };
}

function numberOf(item: DynamodbItem | undefined, name: string): number {
  return Number(item?.[name]?.N ?? 0);
}

/** The names of attributes in expressions; some of them are reserved words, so all are given by reference. */
function namesIn(expressions: string): Record<string, string> {
  return Object.fromEntries((expressions.match(/#\w+/g) ?? []).map((name) => [name, name.slice(1)]));
}

function isOwnedBy(item: DynamodbItem | undefined, owner: string): item is DynamodbItem {
  return item?.token?.S === owner;
}

/** Whether a lease goes on when the answer is there. */
function isCurrent(values: { readonly ':lease_until': { readonly N: string } }): boolean {
  return Number(values[':lease_until'].N) > Date.now();
}

/** What an item that stands in the way means to a claim; undefined where it does not stand in the way any more. */
function judge(item: DynamodbItem | undefined, owner: string, over: number): Claim | undefined {
  if (item === undefined || numberOf(item, 'expires_at') <= over) return undefined;
  if (item.done?.BOOL === true) return { state: 'done', answer: records.decodeAnswer(item.answer?.S) };
  // The client lost the answer to this very claim and sent it once more.
  if (isOwnedBy(item, owner)) {
    const isHeld = numberOf(item, 'lease_until') > Date.now();
    return isHeld ? { state: 'claimed', token: owner, attempt: numberOf(item, 'attempt') } : undefined;
  }
  const left = numberOf(item, 'lease_until') - over;
  return left > 0 ? { state: 'in_flight', leaseLeftSeconds: records.leaseLeftSeconds(left) } : undefined;
}

/** @throws options_invalid */
function requireDynamodbTable(table: string, at: string): string {
  if (/^(arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:\d{12}:table\/)?[A-Za-z0-9_.-]{3,255}$/.test(table)) return table;
  throw new WebhookError('options_invalid', {
    at,
    hint: 'It takes the name of a table, 3 to 255 letters, digits, underscores, dots and hyphens, or its ARN.',
  });
}

/** Says what to do about a table that is not there or has another key; anything else stays as it is. */
function explainTable(error: unknown, table: string): unknown {
  const { name, message } = error as { name?: unknown; message?: unknown };
  const isOtherKey = name === 'ValidationException' && String(message).includes('does not match the schema');
  if (name !== 'ResourceNotFoundException' && !isOtherKey) return error;
  return new WebhookError('store_unavailable', {
    at: 'dynamodbStore',
    hint: `The table ${table} is missing or has another key. Run await client.createTable(dynamodbTable('${table}')) once, at deployment.`,
    cause: bareError(error),
  });
}

function contended(): WebhookError {
  return new WebhookError('store_unavailable', {
    at: 'dynamodbStore',
    hint: `Others changed the same item at each of ${mostTries} tries. The sender is told to come back.`,
  });
}
