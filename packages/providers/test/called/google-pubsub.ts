import { googlePubsub } from '../../src/google-pubsub.ts';

export default googlePubsub({
  audience: 'https://example.com/push',
  serviceAccountEmail: 'push@recording.iam.gserviceaccount.com',
});
