/** The browser that tests of pages drive. */

import { findProgram } from './binaries.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * The path of an installed Chromium or Chrome, or undefined.
 *
 * @throws if COUNTERSIGN_REQUIRE_SERVICES is set, as in CI: there a skipped test of a page is a failure
 */
export function findBrowser(): string | undefined {
  for (const name of names) {
    try {
      return findProgram(name);
    } catch {
      // The next one may be there.
    }
  }
  if (process.env.COUNTERSIGN_REQUIRE_SERVICES)
    throw new Error('Neither Chromium nor Chrome is installed, and COUNTERSIGN_REQUIRE_SERVICES requires one.');
  return undefined;
}

/** The flags to start it without a display, in a container, and without connections of its own. */
export const browserArguments: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
