/** Opens the built page in a real browser and operates it. */

import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { browserArguments, findBrowser } from '@countersign/live-services';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** The file that a user opens. */
export const pageFile = new URL('../dist/index.html', import.meta.url);

/** Undefined if no browser is installed. */
export const browserPath = findBrowser();

/** Serves the page on loopback; `change` may remove something from it, for controls. */
export async function servePage(
  change: (html: string) => string = (html) => html,
): Promise<{ readonly url: string; readonly requests: string[]; close(): Promise<unknown> }> {
  const html = change(readFileSync(pageFile, 'utf8'));
  const requests: string[] = [];
  const server: Server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    response.setHeader('content-type', 'text/html; charset=utf-8').end(html);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    requests,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

/** @throws if the browser does not start */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: browserPath as string, args: [...browserArguments] });
}

/** Opens the page in its own context, and collects all errors that it reports. */
export async function openPage(browser: Browser, url: string, options: BrowserContextOptions = {}) {
  const context: BrowserContext = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  await page.goto(url);
  await page.locator('#facts dt').first().waitFor();
  return { page, context, complaints };
}

/** Chooses a sender and fills in its example. */
export async function fillExample(page: Page, id: string): Promise<void> {
  await page.selectOption('#sender', id);
  await page.click('#example');
}

/** Waits for a verdict of this kind and returns its text. */
export async function verdictOf(page: Page, kind: 'good' | 'bad' | 'doubtful' | 'idle'): Promise<string> {
  const banner = page.locator(`#verdict [data-verdict="${kind}"]`);
  await banner.waitFor({ timeout: 10_000 });
  return (await banner.textContent()) ?? '';
}
