// Verifies every recorded delivery of a preset without parameters, through the installed packages: accepted unchanged, refused with another
// first byte of its signed content. Prints `right`, or the fault.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createReceiver } from '@countersign/core';
import { registry } from '@countersign/providers/registry';

const require = createRequire(import.meta.url);
const { registry: fromCommonJs } = require('@countersign/providers/registry');
const folder = process.argv[2];
const wrong = [];
let count = 0;

for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
  const recorded = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const entry = registry.get(recorded.provider);
  if (entry?.kind === 'asks') continue;
  for (const load of [entry.load, fromCommonJs.get(recorded.provider).load]) {
    const provider = await load();
    const receiver = createReceiver({
      provider,
      clock: () => new Date(recorded.at * 1000),
      onWarning: () => {},
      ...(recorded.secret !== undefined && { secrets: recorded.secret }),
      ...(recorded.key !== undefined && { keys: recorded.key }),
      ...(recorded.publicUrl !== undefined && { publicUrl: recorded.publicUrl }),
    });
    const { method = 'POST', url = '/', headers, body } = recorded;
    const delivery = { method, url, headers, body: new TextEncoder().encode(body) };
    const verdict = (one) =>
      receiver
        .verify(one)
        .then(() => 'accepted')
        .catch(({ code }) => code);
    const accepted = await verdict(delivery);
    if (accepted !== 'accepted') wrong.push(`${file} is refused: ${accepted}`);
    if (provider.scheme.signed.body && body !== '') {
      const changed = await verdict({ ...delivery, body: new Uint8Array([...delivery.body, 0x21]) });
      if (changed === 'accepted') wrong.push(`${file} is accepted with an extra byte`);
    }
    count++;
  }
}
if (count < 200) wrong.push(`only ${count} deliveries were tried`);
console.log(wrong.length === 0 ? 'right' : wrong.join('\n'));
