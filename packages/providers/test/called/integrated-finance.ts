/** Two header names are not in the facts; these are made up for the tests. */

import { integratedFinance } from '../../src/integrated-finance.ts';

export default integratedFinance({
  eventTimestampHeader: 'x-example-event-timestamp',
  requestIdHeader: 'x-example-request-id',
});
