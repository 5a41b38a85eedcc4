import { braintree } from '../../src/braintree.ts';

export default braintree({ publicKey: 'recording_public_key' });
