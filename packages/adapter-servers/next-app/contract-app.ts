/** The one app behind all routes: Next.js bundles each route apart, so what they share hangs on the global object. */

import { type AdapterApp, adapterApp } from '@countersign/testing/adapter-app';

const shared = globalThis as { contractApp?: AdapterApp };
shared.contractApp ??= adapterApp();

export const app: AdapterApp = shared.contractApp;
