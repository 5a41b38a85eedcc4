/** The Worker that the tests of Durable Objects run in workerd: the store behind one route, a look past it behind another. */

import {
  ClaimsObject as Claims,
  type ClaimsNamespace,
  type ClaimsObjectState,
  durableObjectStore,
} from '@countersign/stores/durable-object';

const shards = 4;

/** The object as it is exported to users, with a way to read its table and to tell of its alarm. */
export class ClaimsObject extends Claims {
  readonly #state: ClaimsObjectState;

  constructor(state: ClaimsObjectState) {
    const { storage } = state;
    // The first look at the alarm of an object fails, as it does in an outage of its storage.
    let isFirst = true;
    super({
      storage: {
        sql: storage.sql,
        async getAlarm() {
          if (!isFirst) return storage.getAlarm();
          isFirst = false;
          throw new Error('The storage is away.');
        },
        setAlarm: (at) => storage.setAlarm(at),
      },
    });
    this.#state = state;
  }

  override async fetch(request: Request): Promise<Response> {
    if (new URL(request.url).hostname !== 'debug.invalid') return super.fetch(request);
    const { sql, values = [], alarm } = (await request.json()) as { sql: string; values?: string[]; alarm?: boolean };
    if (alarm) await this.alarm();
    const rows = this.#state.storage.sql.exec(sql, ...values).toArray();
    return Response.json({ rows, alarmAt: await this.#state.storage.getAlarm() });
  }
}

export default {
  async fetch(request: Request, env: { CLAIMS: ClaimsNamespace }): Promise<Response> {
    const body = await request.text();
    if (new URL(request.url).pathname === '/debug') {
      const answers = Array.from({ length: shards }, async (_, place) => {
        const id = env.CLAIMS.idFromName(`countersign:${place}`);
        return (await env.CLAIMS.get(id).fetch('https://debug.invalid/', { method: 'POST', body })).json();
      });
      return Response.json(await Promise.all(answers));
    }
    const { step, values } = JSON.parse(body) as { step: 'claim'; values: [string, number] };
    const store = durableObjectStore({ namespace: env.CLAIMS, shards });
    // JSON makes null of undefined, and no step takes null.
    const given = values.map((value) => value ?? undefined) as [string, number];
    return Response.json({ result: await store[step](...given) });
  },
};
