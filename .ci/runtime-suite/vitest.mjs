/** Replaces `vitest` for the portable tests, on runtimes on which the real runner does not start. */
import { format } from 'node:util';
import FakeTimers from '@sinonjs/fake-timers';
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  ChaiStyleAssertions,
  chai,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
} from '@vitest/expect';
import { fn, restoreAllMocks, spyOn } from '@vitest/spy';

for (const plugin of [JestExtend, JestChaiExpect, ChaiStyleAssertions, JestAsymmetricMatchers]) chai.use(plugin);

/** The suite to which `it`, `describe` and the hooks add. */
let open;
/** The running test; it collects assertions on promises that it does not await. */
let running;

/** Loads a file and returns its tests, as the suite without a title. */
export async function collect(load) {
  const root = createSuite('', load);
  await fill(root);
  return root;
}

export function setRunningTest(test) {
  running = test;
}

function createSuite(title, register, isSkipped = false) {
  return {
    title,
    register,
    isSkipped,
    children: [],
    hooks: { beforeAll: [], afterAll: [], beforeEach: [], afterEach: [] },
  };
}

/** As in the real runner, the body of a `describe` runs after the file around it. */
async function fill(suite) {
  open = suite;
  await suite.register();
  for (const child of suite.children) if (child.register !== undefined) await fill(child);
}

const registrar = (add, isSkipped = false) =>
  Object.assign((title, ...rest) => add(String(title), rest, isSkipped), {
    each:
      (cases) =>
      (title, ...rest) => {
        for (const row of cases) {
          const values = Array.isArray(row) ? row : [row];
          const [body, ...others] = rest;
          add(titleOf(title, values), [(...given) => body(...values, ...given), ...others], isSkipped);
        }
      },
    skip: (title, ...rest) => add(String(title), rest, true),
    skipIf: (condition) => registrar(add, isSkipped || Boolean(condition)),
  });

/** node:util appends the values for which the title has no placeholder. */
function titleOf(title, values) {
  const places = title.match(/%[sdifjoO]/g)?.length ?? 0;
  return format(title, ...values.slice(0, places));
}

export const describe = registrar((title, [register], isSkipped) => {
  open.children.push(createSuite(title, register, isSkipped));
});

export const it = registrar((title, [body, timeoutMilliseconds], isSkipped) => {
  open.children.push({ title, body, timeoutMilliseconds, isSkipped });
});
export const test = it;

const hook = (name) => (body, timeoutMilliseconds) => void open.hooks[name].push({ body, timeoutMilliseconds });
export const beforeAll = hook('beforeAll');
export const afterAll = hook('afterAll');
export const beforeEach = hook('beforeEach');
export const afterEach = hook('afterEach');

export const expect = Object.assign(
  (value, message) => {
    const assertion = chai.expect(value, message);
    return running === undefined ? assertion : assertion.withTest(running);
  },
  chai.expect,
  globalThis[ASYMMETRIC_MATCHERS_OBJECT],
  {
    unreachable: (message) => chai.assert.fail(`expected${message ? ` "${message}" ` : ' '}not to be reached`),
  },
);

/** Only the compiler checks types. */
export const expectTypeOf = () => anything;
const anything = new Proxy(() => anything, { get: () => anything });

let clock;
export const vi = {
  fn,
  spyOn,
  restoreAllMocks,
  useFakeTimers() {
    const toFake = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'];
    clock ??= FakeTimers.withGlobal(globalThis).install({ toFake });
    return vi;
  },
  async advanceTimersByTimeAsync(milliseconds) {
    await clock.tickAsync(milliseconds);
    return vi;
  },
  /** Retries until it does not throw, every 50 ms for a second or the given number of milliseconds. */
  async waitFor(callback, options = 1000) {
    const until = performance.now() + (typeof options === 'number' ? options : (options.timeout ?? 1000));
    for (;;) {
      try {
        return await callback();
      } catch (error) {
        if (performance.now() > until) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  },
  useRealTimers() {
    clock?.uninstall();
    clock = undefined;
    return vi;
  },
};
