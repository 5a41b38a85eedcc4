import { rfc9421 } from '../../src/rfc9421.ts';

export default rfc9421({
  algorithm: 'ed25519',
  components: ['@method', '@target-uri', 'content-digest'],
  tag: 'recording',
});
