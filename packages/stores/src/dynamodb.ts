/** A dedupe store in Amazon DynamoDB: conditional updates of one item per key, on the callers' clocks. */

import { type Claim, type DedupeStore, defineStore, type ReleaseOptions, WebhookError } from '@countersign/core';
import { releaseOrAbandon } from './abandonment.ts';
import { bareError } from './bare-errors.ts';
import * as records from './claim-record.ts';
import { defaultTable } from './sql-store.ts';
import { type StepsByToken, withSureReleases } from './sure-releases.ts';
import { withBareErrors } from './with-bare-errors.ts';

/** A value in DynamoDB's format. */
export type DynamodbValue = { S: string } | { N: string } | { BOOL: boolean } | { SS: string[] };

/** An item as DynamoDB returns it, limited to the value types that the store writes. */
export type DynamodbItem = Readonly<
  Record<
    string,
    {
      readonly S?: string | undefined;
      readonly N?: string | undefined;
      readonly BOOL?: boolean | undefined;
      readonly SS?: readonly string[] | undefined;
    }
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

/** The parts of `new DynamoDB({})` from @aws-sdk/client-dynamodb that the store uses. */
export interface DynamodbClient {
  updateItem(input: DynamodbUpdate): Promise<{ readonly Attributes?: DynamodbItem | undefined }>;
  getItem(input: DynamodbRead): Promise<{ readonly Item?: DynamodbItem | undefined }>;
}

export interface DynamodbStoreOptions {
  /** Your own client: `new DynamoDB({})` from @aws-sdk/client-dynamodb. The store does not change its settings. */
  readonly client: DynamodbClient;
  /** The table's name or ARN. Default `countersign_claims`. {@link dynamodbTable} describes the table. */
  readonly table?: string;
  /**
   * Maximum difference between the clocks of two callers, in seconds: a number from 0 to 300, default 5. A lease or a
   * record counts as expired that much later, so a key whose owner crashed also becomes free that much later.
   */
  readonly maxClockSkewSeconds?: number;
}

/** Steps that lose a race read again; one key does not lose this many in a row. */
const mostTries = 8;

/**
 * Remembers claims in a DynamoDB table, for functions on AWS.
 *
 * DynamoDB has no clock of its own: leases and retention use the clocks of the callers, to the millisecond. If two of
 * them differ by more than `maxClockSkewSeconds`, a caller that is ahead can take over a key whose owner is still
 * working; the owner's completion is then refused.
 *
 * Consistency is strong, within one region: with a global table, let all callers use the same region. A new claim, a
 * duplicate and a completion are one request each; taking over a released key or an expired lease takes two. DynamoDB's
 * own expiry (TTL) deletes up to days late, so the store checks the expiry of a record itself. Enable TTL anyway, on
 * the attribute `expires_at_seconds`, or the table grows forever.
 *
 * @example
 * const store = dynamodbStore({ client: new DynamoDB({}), table: 'countersign_claims' });
 *
 * @throws options_invalid
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
 */
export function dynamodbStore(options: DynamodbStoreOptions): DedupeStore {
  const { client, table: given = defaultTable, maxClockSkewSeconds = 5 } = options;
  if (typeof client?.updateItem !== 'function' || typeof client.getItem !== 'function') {
    throw new WebhookError('options_invalid', {
      at: 'dynamodbStore.client',
      hint: 'Expected new DynamoDB({}) from @aws-sdk/client-dynamodb. A DynamoDBClient does not have the methods.',
    });
  }
  if (typeof maxClockSkewSeconds !== 'number' || !(maxClockSkewSeconds >= 0 && maxClockSkewSeconds <= 300)) {
    throw new WebhookError('options_invalid', {
      at: 'dynamodbStore.maxClockSkewSeconds',
      hint: 'Expected a number of seconds from 0 to 300.',
    });
  }
  const table = requireDynamodbTable(given, 'dynamodbStore.table');
  /** A lease that ended at this time has expired on every caller's clock. */
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
  /** Changes an item if the condition is true; otherwise returns the current item. */
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
      // Some servers that implement DynamoDB's protocol do not return the item.
      return { stands: async () => item ?? (await read(key)) };
    }
  };
  const isChanged = async (...given: Parameters<typeof change>) => 'changed' in (await change(...given));

  /** Its lease ends in 1970, so that no caller waits for the clock skew. */
  const release = (key: string, token: string, options: ReleaseOptions | undefined) =>
    isChanged(
      key,
      // The SDK may have sent the claim twice, and the first one may arrive now.
      `SET ${setExpiry}, #lease_until = :zero, #attempt = #attempt - :taken_back ADD #abandoned :abandoned REMOVE #token`,
      '#token = :token AND #done = :false',
      {
        ...expiryValues(records.attemptMemorySeconds),
        ':token': { S: token },
        ':abandoned': { SS: [token] },
        ':zero': number(0),
        ':taken_back': number(records.attemptsTakenBack(options)),
        ':false': { BOOL: false },
      },
    );
  /** Writes down the token of a claim that may arrive after its release. A completed key stays as it is. */
  const abandon = async (key: string, token: string) => {
    const added = { ':abandoned': { SS: [token] }, ':over': number(overSince()), ':false': { BOOL: false } };
    const isAdded = await isChanged(key, 'ADD #abandoned :abandoned', '#done = :false AND #expires_at > :over', added);
    if (isAdded) return;
    await change(
      key,
      `SET ${setExpiry}, #lease_until = :zero, #attempt = :zero, #done = :false, #abandoned = :abandoned REMOVE #token, #answer`,
      'attribute_not_exists(#key) OR #expires_at <= :over',
      { ...added, ...expiryValues(records.abandonedSeconds), ':zero': number(0) },
    );
  };

  const steps: StepsByToken = {
    async claim(key, leaseSeconds, token) {
      for (let tries = 0; tries < mostTries; tries++) {
        const values = claimValues(token, leaseSeconds);
        const fresh = await change(
          key,
          `${setClaim}, #attempt = :one REMOVE #answer, #abandoned`,
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
        // Its own claim, if it took longer than its lease: it is then claimed again, as the same attempt.
        const counted = isOwnedBy(standing, token) ? 0 : 1;
        const retaken = claimValues(token, leaseSeconds);
        const taken = await change(
          key,
          `${setClaim}, #attempt = #attempt + :one REMOVE #answer`,
          '#done = :false AND (#lease_until <= :over OR #token = :token) AND #expires_at > :over AND NOT contains(#abandoned, :token)',
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
      // If a newer one has overtaken it, the lease is already longer.
      const standing = await extended.stands();
      return isOwnedBy(standing, token) && standing.done?.BOOL === false;
    },
    complete(key, token, retentionSeconds, answer) {
      const text = records.encodeResponse(answer);
      // A repetition by the same owner changes nothing: the first answer may have been lost.
      return isChanged(
        key,
        `SET ${setExpiry}, #done = :true${text === undefined ? ' REMOVE #answer,' : ', #answer = :answer REMOVE'} #abandoned`,
        '#token = :token',
        {
          ...expiryValues(retentionSeconds),
          ':token': { S: token },
          ':true': { BOOL: true },
          ...(text === undefined ? {} : { ':answer': { S: text } }),
        },
      );
    },
    release: (key, token, options) =>
      releaseOrAbandon(options, {
        release: () => release(key, token, options),
        abandon: () => abandon(key, token),
      }),
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
        // Nothing to raise: this event is late, and the mark was written to outlast later events.
        if (before !== undefined) return before;
      }
      throw contended();
    },
  };
  return defineStore(withBareErrors(withSureReleases(steps)));
}

/**
 * Returns the table as the input of CreateTable: string keys, on-demand billing.
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

/** The names of attributes in expressions; some of them are reserved words, so all use placeholders. */
function namesIn(expressions: string): Record<string, string> {
  return Object.fromEntries((expressions.match(/#\w+/g) ?? []).map((name) => [name, name.slice(1)]));
}

function isOwnedBy(item: DynamodbItem | undefined, owner: string): item is DynamodbItem {
  return item?.token?.S === owner;
}

/** True if a lease is still valid when the answer arrives. */
function isCurrent(values: { readonly ':lease_until': { readonly N: string } }): boolean {
  return Number(values[':lease_until'].N) > Date.now();
}

/** The meaning of an existing item for a claim; undefined if it no longer prevents the claim. */
function judge(item: DynamodbItem | undefined, owner: string, over: number): Claim | undefined {
  if (item === undefined || numberOf(item, 'expires_at') <= over) return undefined;
  if (item.done?.BOOL === true) return { state: 'done', response: records.decodeResponse(item.answer?.S) };
  // Its own release came first.
  if (item.abandoned?.SS?.includes(owner)) return { state: 'in_flight', leaseLeftSeconds: 1 };
  // The client lost the answer to this same claim and sent it again.
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
    hint: 'Expected the name of a table, 3 to 255 letters, digits, underscores, dots and hyphens, or its ARN.',
  });
}

/** Adds the fix to an error about a missing table or one with another key; other errors stay unchanged. */
function explainTable(error: unknown, table: string): unknown {
  const { name, message } = error as { name?: unknown; message?: unknown };
  const isOtherKey = name === 'ValidationException' && String(message).includes('does not match the schema');
  if (name !== 'ResourceNotFoundException' && !isOtherKey) return error;
  return new WebhookError('store_unavailable', {
    at: 'dynamodbStore',
    hint: `The table ${table} is missing or has a different key. Run await client.createTable(dynamodbTable('${table}')) once, at deployment.`,
    cause: bareError(error),
  });
}

function contended(): WebhookError {
  return new WebhookError('store_unavailable', {
    at: 'dynamodbStore',
    hint: `Other callers changed the same item at each of ${mostTries} tries. The response is 503, so the sender will retry.`,
  });
}
