/** The name of the header is not in the facts; this one is made up for the tests. */

import { constantContact } from '../../src/constant-contact.ts';

export default constantContact({ header: 'x-example-signature' });
