/** ClientCasa's preset takes its scheme from the user; this one, and its header, are made up for the tests. */

import { rawBodyHmac } from '@countersign/core';
import { clientcasa } from '../../src/clientcasa.ts';

export default clientcasa({
  scheme: rawBodyHmac({ header: 'x-example-signature' }),
  eventType: { json: 'event' },
});
