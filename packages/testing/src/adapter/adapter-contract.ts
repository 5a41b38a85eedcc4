/**
 * The adapter contract, as tests against a real server: the same bytes get the same verdict, whatever the framework.
 */

import { type ContractRunner, requireThat, skip } from '../contract-runner.ts';
import { AdapterClient } from './adapter-client.ts';
import type { AdapterContractOptions, MountedApp } from './adapter-contract-options.ts';
import { deliveryCases } from './adapter-delivery-cases.ts';
import { handlingCases } from './adapter-handling-cases.ts';
import { Subject } from './adapter-subject.ts';

const caseTimeoutMilliseconds = 60_000;
const mountTimeoutMilliseconds = 300_000;
const cases = [...deliveryCases, ...handlingCases];

/**
 * Declares the cases of the contract for one adapter. The server must serve {@link contractPaths} with an
 * `adapterApp()` from `@countersign/testing/adapter-app`, in this process or in another.
 *
 * @example
 * adapterContract({ describe, it }, async () => serveMyFramework(adapterApp()));
 */
export function adapterContract(
  runner: ContractRunner,
  mount: () => Promise<MountedApp>,
  {
    forms = ['handler', 'middleware'],
    leftOut = {},
    parsedHint = /parser|json\(\)/i,
    onResult = () => undefined,
  }: AdapterContractOptions = {},
): void {
  const { describe, it } = runner;
  const unknown = Object.keys(leftOut).filter((start) => !cases.some(({ name }) => name.startsWith(start)));
  if (unknown.length > 0) throw new TypeError(`No case of the contract begins with: ${unknown.join('; ')}`);
  let mounted: Promise<MountedApp> | undefined;
  let client: AdapterClient | undefined;

  describe('the contract of adapters', () => {
    it(
      'its server starts',
      async () => {
        mounted = mount();
        client = new AdapterClient((await mounted).url);
        requireThat(Array.isArray(await client.journal()), 'the server answers with its journal');
      },
      mountTimeoutMilliseconds,
    );
    for (const form of forms) {
      for (const { name, run, form: only = form } of cases) {
        if (only !== form) continue;
        const reason = Object.entries(leftOut).find(([start]) => name.startsWith(start))?.[1];
        if (reason !== undefined) {
          onResult({ form, name, verdict: 'left out', reason });
          skip(runner, `${form}: ${name} (left out: ${reason})`);
          continue;
        }
        it(
          `${form}: ${name}`,
          async () => {
            requireThat(client !== undefined, 'the server has started');
            try {
              await run(new Subject(client, form, parsedHint));
              onResult({ form, name, verdict: 'holds' });
            } catch (error) {
              onResult({ form, name, verdict: 'fails', reason: String((error as Error)?.message) });
              throw error;
            }
          },
          caseTimeoutMilliseconds,
        );
      }
    }
    it('its server ends', async () => {
      client?.close();
      await (await mounted)?.stop();
    });
  });
}
