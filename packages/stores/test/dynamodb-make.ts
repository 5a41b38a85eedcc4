/** A store in the DynamoDB of the environment, for the processes that a contract starts. */

import { dynamodbStore } from '@countersign/stores/dynamodb';
import { connectDynamodb } from './dynamodb-server.ts';

export default function make() {
  const client = connectDynamodb(Number(process.env.COUNTERSIGN_TEST_DYNAMODB_PORT));
  return { store: dynamodbStore({ client, maxClockSkewSeconds: 0 }), close: () => client.destroy() };
}
