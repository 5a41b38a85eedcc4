/** `npm run trace`: traces one genuine delivery through an Express app: calls, changes of file, files. */

import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { type AddressInfo, connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import ts from 'typescript';

const { values } = parseArgs({ options: { list: { type: 'boolean', default: false } } });

/** The files of the functions that were entered, in order. */
const entered: string[] = [];
let isRecording = false;
Object.assign(globalThis, {
  enteredHere(file: string, name: string) {
    if (isRecording) entered.push(`${file} ${name}`);
  },
});

const packages = new URL('../packages/', import.meta.url).href;
registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.startsWith(packages) || !/\/src\/.*\.ts$/.test(url)) return loaded;
    return { ...loaded, source: instrument(readFileSync(fileURLToPath(url), 'utf8'), url.slice(packages.length)) };
  },
});

/** Adds a call to each function in a source that records its entry. */
function instrument(text: string, file: string): string {
  const module = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const insertions: [at: number, text: string][] = [];
  const visit = (node: ts.Node) => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      const body = node.body as ts.Node;
      const mark = `enteredHere(${JSON.stringify(file)}, ${JSON.stringify(nameOf(node))})`;
      const superCall =
        ts.isConstructorDeclaration(node) &&
        ts.isClassDeclaration(node.parent) &&
        node.parent.heritageClauses !== undefined;
      if (ts.isBlock(body) && !superCall) insertions.push([body.getStart(module) + 1, `${mark};`]);
      else if (!ts.isBlock(body)) {
        insertions.push([body.getStart(module), `(${mark},`], [body.end, ')']);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(module);
  let result = text;
  for (const [at, inserted] of insertions.toSorted(([left], [right]) => right - left)) {
    result = result.slice(0, at) + inserted + result.slice(at);
  }
  return result;
}

function nameOf(node: ts.SignatureDeclaration): string {
  if (node.name !== undefined) return node.name.getText();
  const { parent } = node;
  return ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) ? parent.name.getText() : 'inline';
}

const { createReceiver, memoryStore } = await import('@countersign/core');
const { webhook } = await import('@countersign/express');
const { stripe } = await import('@countersign/providers/stripe');
const { default: express } = await import('express');

const secret = 'whsec_trace_only_never_used_elsewhere';
const receiver = createReceiver({ provider: stripe, secrets: secret, dedupe: memoryStore() });
let handled = 0;
const app = express();
app.post('/hook', webhook(receiver, () => void handled++) as never);
const server = app.listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));

/** Sends a delivery whose body arrives after its head, as if from another continent. */
async function deliver(id: string): Promise<string> {
  const body = JSON.stringify({ id, object: 'event', type: 'invoice.paid', data: { object: {} } });
  const time = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
  const head = `POST /hook HTTP/1.1\r\nHost: localhost\r\nStripe-Signature: t=${time},v1=${signature}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write(head);
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.write(body);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}

// The first delivery checks the store's settings and creates keys.
await deliver('evt_first');
isRecording = true;
const answer = await deliver('evt_traced');
isRecording = false;
server.close();
if (!answer.startsWith('HTTP/1.1 200') || handled !== 2) throw new Error(`The delivery was not handled: ${answer}`);

const files = entered.map((step) => step.split(' ')[0] as string);
const changes = files.filter((file, at) => at > 0 && file !== files[at - 1]).length;
if (values.list) for (const step of entered) console.log(step);
console.table([
  { '': 'this delivery', calls: entered.length, 'changes of file': changes, files: new Set(files).size },
  { '': 'goal, at most', calls: 90, 'changes of file': 50, files: 22 },
]);
