/** The one app behind all routes: Next.js bundles each route separately, so shared state is on the global object. */

import { type AdapterApp, adapterApp } from '@countersign/testing/adapter-app';

const shared = globalThis as { contractApp?: AdapterApp };
shared.contractApp ??= adapterApp();

export const app: AdapterApp = shared.contractApp;
