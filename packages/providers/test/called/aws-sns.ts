/** Answers the fetch of the certificate with one made for the tests. */

import { readFileSync } from 'node:fs';
import { awsSns } from '../../src/aws-sns.ts';

const certificate = readFileSync(new URL('../certificates/sns.pem', import.meta.url), 'utf8');

export default awsSns({
  topicArns: ['arn:aws:sns:eu-west-1:123456789012:recordings'],
  signatureVersion: '2',
  fetch: async () => new Response(certificate),
});
