import { appleAppStoreV2 } from '../../src/apple-app-store-v2.ts';

export default appleAppStoreV2({ bundleId: 'com.example.recording', environment: 'Production' });
