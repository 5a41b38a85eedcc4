/** The built page in a real Chromium: its results, its privacy, and its accessibility. */

import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { registry } from '@countersign/providers/registry';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserPath, fillExample, openPage, pageFile, servePage, startBrowser, verdictOf } from './inspector-page.ts';

const screenshots = new URL('../../../.cache/inspector/', import.meta.url);
const pictureOf = (name: string) => new URL(`${name}.png`, screenshots).pathname;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const title = browserPath === undefined ? 'the page (skipped: neither Chromium nor Chrome is installed)' : 'the page';

/** Senders whose certificate comes from a URL have no example. */
const withExample = [...registry.values()]
  .filter(({ id, kind }) => kind !== 'unverifiable' && !['aws-sns', 'paypal'].includes(id))
  .map(({ id }) => id);

describe.skipIf(browserPath === undefined)(title, () => {
  let browser: Browser;
  let served: Awaited<ReturnType<typeof servePage>>;
  beforeAll(async () => {
    served = await servePage();
    browser = await startBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await served?.close();
  });

  const withPage = async (
    use: (page: Page, complaints: readonly string[]) => Promise<void>,
    options: Parameters<typeof openPage>[2] = {},
  ) => {
    const { page, context, complaints } = await openPage(browser, served.url, options);
    try {
      await use(page, complaints);
      expect(complaints).toEqual([]);
    } finally {
      await context.close();
    }
  };

  it('accepts the recorded delivery of every sender, and refuses it with a changed body or secret', async () => {
    await withPage(async (page) => {
      const found: string[] = [];
      for (const id of withExample) {
        await fillExample(page, id);
        // The title distinguishes this verdict from that of the previous sender.
        const verdict = page.locator('#verdict [data-verdict="good"]', {
          hasText: `It verifies: ${registry.get(id)?.title} sent it.`,
        });
        await verdict.waitFor({ timeout: 5000 }).then(
          () => found.push(id),
          () => undefined,
        );
      }
      expect(found).toEqual(withExample);
      expect(found.length).toBeGreaterThan(105);

      await fillExample(page, 'shopify');
      await verdictOf(page, 'good');
      await page.locator('#body').press('End');
      await page.locator('#body').press('x');
      expect(await verdictOf(page, 'bad')).toContain('does not verify');
      await fillExample(page, 'shopify');
      await verdictOf(page, 'good');
      await page.fill('#secret', 'shpss_anotherOneThatDidNotSignThis');
      expect(await verdictOf(page, 'bad')).toContain('does not verify');
    });
  }, 120_000);

  it('shows the signed text in numbered pieces, each with its source', async () => {
    await withPage(async (page) => {
      await fillExample(page, 'stripe');
      await verdictOf(page, 'good');
      const pieces = page.locator('#signed .piece');
      expect(await pieces.evaluateAll((all) => all.map((one) => one.className))).toEqual([
        'piece timestamp',
        'piece fixed',
        'piece body',
      ]);
      expect(await page.locator('#signed .pieces').textContent()).toMatch(
        /^1 header stripe-signature, item t, 10 bytes2 the received bytes of the body/,
      );
      expect(await pieces.nth(2).locator('.mark').first().textContent()).toBe('LF');
      const colors = await pieces.evaluateAll((all) => all.map((one) => getComputedStyle(one).backgroundColor));
      expect(new Set(colors).size).toBe(3);
      // Without its headers, the text still shows what is missing.
      await page.fill('#headers', '');
      await verdictOf(page, 'bad');
      expect(await pieces.first().textContent()).toContain('header_missing');
    });
  });

  it('shows the claims of a token, and says that a stored token signs nothing', async () => {
    await withPage(async (page) => {
      await fillExample(page, 'google-pubsub');
      await verdictOf(page, 'good');
      await page.locator('#signed summary').last().click();
      expect(await page.locator('#signed details[open] pre').textContent()).toContain('"aud"');
      await fillExample(page, 'gitlab');
      await page.locator('#signed', { hasText: 'Nothing. The sender repeats a stored token' }).waitFor();
    });
  });

  it.each([
    ['github', 'a newline at the end', (body: string) => `${body}\n`, 'body_trailing_newline'],
    [
      'elevenlabs',
      're-serialized JSON',
      (body: string) => JSON.stringify(JSON.parse(body), null, 4),
      'body_reserialised',
    ],
  ])('names for %s %s as the cause, with the fix for the chosen framework', async (id, _, change, cause) => {
    await withPage(async (page) => {
      await page.selectOption('#framework', 'fastify');
      await fillExample(page, id);
      await verdictOf(page, 'good');
      await page.fill('#body', change(await page.inputValue('#body')));
      await verdictOf(page, 'bad');
      const first = page.locator('#diagnosis li').first();
      await first.waitFor();
      expect(await first.getAttribute('data-cause')).toBe(cause);
      expect(await first.textContent()).toContain('proved');
      if (cause === 'body_reserialised') expect(await first.textContent()).toContain('addContentTypeParser');
    });
  });

  it('recognizes another secret, a wrong time and a forgery', async () => {
    await withPage(async (page) => {
      await fillExample(page, 'stripe');
      await verdictOf(page, 'good');
      const right = await page.inputValue('#secret');
      await page.fill('#secret', 'whsec_anotherOneThatDidNotSignThis');
      await page.locator('#diagnosis [data-verdict="unexplained"]').waitFor();
      await page.fill('#other-secret', right);
      await page.locator('#diagnosis [data-cause="other_secret"]').waitFor();
      await page.fill('#secret', right);
      await page.fill('#arrived', '');
      expect(await verdictOf(page, 'doubtful')).toContain('The signature is right');
      expect(await page.locator('#verdict').textContent()).toContain('timestamp_too_old');
      await page.fill('#arrived', 'yesterday or so');
      await page.locator('#arrived-error', { hasText: 'Not a time' }).waitFor();
      expect(await page.locator('#arrived').getAttribute('aria-invalid')).toBe('true');
    });
  });

  it('announces a verdict once, however long the user types, and leaves opened details open', async () => {
    await withPage(async (page) => {
      await fillExample(page, 'google-pubsub');
      await verdictOf(page, 'good');
      await page.locator('#signed summary').last().click();
      await page.evaluate(() => {
        const said = globalThis as unknown as { changes: number };
        said.changes = 0;
        const watch = new MutationObserver(() => said.changes++);
        watch.observe(document.getElementById('verdict') as Element, { childList: true, subtree: true });
      });
      const changes = () => page.evaluate(() => (globalThis as unknown as { changes: number }).changes);
      await page.locator('#target').pressSequentially('/a/path', { delay: 120 });
      await page.waitForTimeout(400);
      expect(await changes()).toBe(0);
      expect(await page.locator('#signed details[open]').count()).toBe(1);
      await page.fill('#key', '');
      await verdictOf(page, 'idle');
      expect(await changes()).toBeGreaterThan(0);
    });
  });

  it('asks for the parameters of a preset, and says why a sender cannot be verified', async () => {
    await withPage(async (page) => {
      await page.selectOption('#sender', 'convoy');
      await page.locator('#verdict', { hasText: 'mode, hash, encoding' }).waitFor();
      await page.getByLabel('mode').fill('advanced');
      await page.getByLabel('hash').fill('SHA-9000');
      await page.getByLabel('encoding').fill('hex');
      expect(await verdictOf(page, 'doubtful')).toMatch(/options_invalid|missing or invalid/);
      await page.selectOption('#sender', 'paypal');
      await page.getByLabel('webhookId').fill('4JH86294D6297924G');
      await page.locator('#verdict', { hasText: 'the certificate' }).waitFor();
      expect(await page.locator('#key-label').textContent()).toBe('Certificate');
      const unverifiable = [...registry.values()].find(({ kind }) => kind === 'unverifiable');
      await page.selectOption('#sender', unverifiable?.id ?? '');
      await page.locator('#verdict', { hasText: 'Cannot be verified.' }).waitFor();
      expect(await page.locator('#example').isDisabled()).toBe(true);
    });
  });

  it('splits a raw request, keeps pasted line ends, and reads a file byte for byte', async () => {
    await withPage(async (page) => {
      const paste = (selector: string, text: string) =>
        page.locator(selector).evaluate((field, pasted) => {
          const data = new DataTransfer();
          data.setData('text/plain', pasted);
          const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
          (field as HTMLTextAreaElement).focus();
          (field as HTMLTextAreaElement).select();
          if (field.dispatchEvent(event)) {
            (field as HTMLTextAreaElement).value = pasted;
            field.dispatchEvent(new Event('input', { bubbles: true }));
          }
        }, text);
      await paste('#headers', 'PUT /hooks?a=1 HTTP/1.1\r\nHost: example.com\r\nX-One: 1\r\n\r\n{"a":\r\n1}');
      await expect.poll(() => page.inputValue('#headers')).toBe('Host: example.com\nX-One: 1');
      expect(await page.inputValue('#target')).toBe('/hooks?a=1');
      expect(await page.inputValue('#method')).toBe('PUT');
      await expect.poll(() => page.locator('#body-note').textContent()).toContain('9 bytes');

      await page.click('#clear');
      await paste('#body', 'one\r\ntwo\r\n');
      await expect.poll(() => page.locator('#body-note').textContent()).toMatch(/^10 bytes, line ends are CRLF, ends/);
      await page.locator('#body').press('Control+End');
      await page.locator('#body').press('x');
      await expect.poll(() => page.locator('#body-note').textContent()).toMatch(/^9 bytes\./);

      await page.setInputFiles('#body-file', {
        name: 'body.bin',
        mimeType: 'application/octet-stream',
        buffer: Buffer.from([0xff, 0x00, 0x0d, 0x0a]),
      });
      await expect
        .poll(() => page.locator('#body-note').textContent())
        .toMatch(/^4 bytes, line ends are CRLF, .* not UTF-8/);
    });
  });

  it('writes the code for each framework', async () => {
    await withPage(async (page) => {
      await fillExample(page, 'twilio');
      await verdictOf(page, 'good');
      const codes = new Set<string>();
      const marks = {
        express: "from '@countersign/express'",
        fastify: "from '@countersign/fastify'",
        hono: "from '@countersign/hono'",
        next: 'export const POST',
        fetch: 'fetchHandler(',
        node: 'nodeHandler(',
        lambda: 'lambdaHandler(',
      };
      for (const [framework, mark] of Object.entries(marks)) {
        await page.selectOption('#framework', framework);
        await page.locator('#code code', { hasText: mark }).waitFor();
        const code = (await page.locator('#code code').textContent()) ?? '';
        expect(code).toContain("import { twilio } from '@countersign/providers/twilio'");
        expect(code).toContain('publicUrl: ');
        codes.add(code);
      }
      expect(codes.size).toBe(7);
    });
  });

  it('requests only itself from the server, and cannot connect to anything', async () => {
    const { page, context } = await openPage(browser, served.url);
    const before = served.requests.length;
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    for (const id of ['stripe', 'google-pubsub', 'slack']) {
      await fillExample(page, id);
      await verdictOf(page, 'good');
    }
    expect(asked).toEqual([]);
    expect(served.requests.length).toBe(before);
    const reach = () =>
      page.evaluate(async (url) => {
        const tries = {
          fetch: () => fetch(`${url}fetch`),
          image: () =>
            new Promise((resolve, reject) => {
              const image = new Image();
              image.onload = resolve;
              image.onerror = reject;
              image.src = `${url}image`;
            }),
          // It returns true and is blocked later, so only requests that reach the server count.
          beacon: async () => {
            navigator.sendBeacon(`${url}beacon`, 'x');
            throw new Error('unknown here');
          },
          script: () =>
            new Promise((resolve, reject) => {
              const script = document.createElement('script');
              script.onload = resolve;
              script.onerror = reject;
              script.src = `${url}script`;
              document.head.append(script);
            }),
          markup: async () => {
            document.createElement('p').innerHTML = '<img src=x>';
          },
          code: async () => {
            // biome-ignore lint/security/noGlobalEval: it has to be refused
            globalThis.eval('1');
          },
        };
        const reached: string[] = [];
        for (const [name, attempt] of Object.entries(tries)) {
          try {
            await attempt();
            reached.push(name);
          } catch {
            // Expected.
          }
        }
        return reached;
      }, served.url);
    expect(await reach()).toEqual([]);
    await page.waitForTimeout(300);
    const sent = served.requests.slice(before);
    expect(sent).toEqual([]);
    await context.close();
  });

  it('connects if its policy is removed: the control of the test before', async () => {
    const bare = await servePage((html) => html.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, ''));
    const { page, context } = await openPage(browser, bare.url);
    await page.evaluate((url) => fetch(`${url}fetch`).then(() => navigator.sendBeacon(`${url}beacon`, 'x')), bare.url);
    await expect.poll(() => bare.requests).toContain('POST /beacon');
    expect(bare.requests).toContain('GET /fetch');
    await context.close();
    await bare.close();
  });

  it('keeps nothing and shows no secret', async () => {
    await withPage(async (page) => {
      await fillExample(page, 'stripe');
      await verdictOf(page, 'good');
      const secret = await page.inputValue('#secret');
      expect(secret).toMatch(/^whsec_/);
      expect(await page.getAttribute('#secret', 'type')).toBe('password');
      const shown = await page.evaluate(() =>
        document.documentElement.innerHTML.replace(/<script[\s\S]*<\/script>/, ''),
      );
      expect(shown).not.toContain(secret);
      expect(shown).toContain('evt_1Rec0001');
      await page.click('#secret-show');
      expect(await page.getAttribute('#secret', 'type')).toBe('text');
      const kept = await page.evaluate(async () => ({
        local: localStorage.length,
        session: sessionStorage.length,
        cookies: document.cookie,
        databases: (await indexedDB.databases()).length,
        address: location.href,
      }));
      expect(kept).toEqual({ local: 0, session: 0, cookies: '', databases: 0, address: served.url });
      await page.click('#clear');
      await expect.poll(() => page.inputValue('#secret')).toBe('');
      expect(await page.getAttribute('#secret', 'type')).toBe('password');
    });
  });

  it('works from disk, without a server', async () => {
    const { page, context, complaints } = await openPage(browser, pageFile.href);
    await fillExample(page, 'standard-webhooks');
    expect(await verdictOf(page, 'good')).toContain('It verifies');
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('can be used with the keyboard alone', async () => {
    await withPage(async (page) => {
      const focused = () =>
        page.evaluate(() => document.activeElement?.id || document.activeElement?.textContent?.trim());
      await page.keyboard.press('Tab');
      expect(await focused()).toBe('Skip to the results');
      await page.keyboard.press('Tab');
      expect(await focused()).toBe('sender');
      await page.keyboard.type('GitH');
      expect(await page.inputValue('#sender')).toBe('github');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await verdictOf(page, 'good');
      const order: (string | undefined)[] = [];
      for (let press = 0; press < 16; press++) {
        await page.keyboard.press('Tab');
        order.push(await focused());
        const outline = await page.evaluate(() => getComputedStyle(document.activeElement as Element).outlineStyle);
        expect(outline, order.at(-1)).not.toBe('none');
      }
      const wanted = ['headers', 'body', 'body-form', 'body-file', 'secret', 'secret-show'];
      expect(order.filter((id) => wanted.includes(id ?? ''))).toEqual(wanted);
      await page.locator('#secret-show').focus();
      await page.keyboard.press('Space');
      expect(await page.getAttribute('#secret-show', 'aria-pressed')).toBe('true');
    });
  });

  describe.each([
    ['light', { colorScheme: 'light', viewport: { width: 1280, height: 900 } }],
    ['dark', { colorScheme: 'dark', viewport: { width: 1280, height: 900 } }],
    ['phone', { colorScheme: 'light', viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }],
    ['phone-dark', { colorScheme: 'dark', viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }],
  ] as const)('as %s', (name, options) => {
    it('violates no WCAG rule, and never scrolls sideways', async () => {
      await withPage(async (page) => {
        const check = async (state: string) => {
          await page.evaluate(axe);
          const violations = await page.evaluate(async () => {
            const run = (globalThis as unknown as { axe: { run(options: object): Promise<{ violations: AxeRow[] }> } })
              .axe;
            const { violations } = await run.run({
              runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
            });
            return violations.map(
              ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`,
            );
          });
          expect(violations, state).toEqual([]);
          const [width, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
          expect(width, state).toBeLessThanOrEqual(room as number);
        };
        await check('empty');
        await fillExample(page, 'slack');
        await verdictOf(page, 'good');
        await check('verified');
        mkdirSync(screenshots, { recursive: true });
        const picture = await page.screenshot({ path: pictureOf(`verified-${name}`), fullPage: true });
        expect(picture.length).toBeGreaterThan(20_000);
        // docs/images contains three of the screenshots that show one screen.
        await page.screenshot({ path: pictureOf(`screen-verified-${name}`) });
        await fillExample(page, 'github');
        await verdictOf(page, 'good');
        await page.fill('#body', `${await page.inputValue('#body')}\n`);
        await verdictOf(page, 'bad');
        await page.locator('#diagnosis li').first().waitFor();
        await check('refused');
        await page.screenshot({ path: pictureOf(`refused-${name}`), fullPage: true });
        await page.locator('#verdict-title').evaluate((one) => one.scrollIntoView());
        await page.screenshot({ path: pictureOf(`screen-refused-${name}`) });
      }, options);
    });
  });

  it('shows the verdict in one line at the bottom of a phone, which links to the results', async () => {
    const viewport = { width: 390, height: 844 };
    await withPage(
      async (page) => {
        await fillExample(page, 'stripe');
        await page.locator('#brief', { hasText: 'It verifies' }).click();
        expect(await page.locator('#verdict').evaluate((one) => one.getBoundingClientRect().top)).toBeLessThan(400);
      },
      { viewport },
    );
    await withPage(async (page) => expect(await page.locator('#brief').isVisible()).toBe(false));
  });

  it('is dark if the user prefers it', async () => {
    const backgroundOf = async (colorScheme: 'light' | 'dark') => {
      const { page, context } = await openPage(browser, served.url, { colorScheme });
      const color = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      await context.close();
      return (color.match(/\d+/g) ?? []).slice(0, 3).reduce((sum, part) => sum + Number(part), 0);
    };
    expect(await backgroundOf('light')).toBeGreaterThan(600);
    expect(await backgroundOf('dark')).toBeLessThan(120);
  });
});

interface AxeRow {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}
