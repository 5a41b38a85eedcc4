/** Uses the packages as an app would: verifies one Stripe delivery, refuses a changed one, serves both with Express. */
const { once } = require('node:events');

const secret = 'whsec_a_secret_of_the_tarball_check_0123456789';
const body = JSON.stringify({ id: 'evt_1', object: 'event', type: 'invoice.paid', created: 1, livemode: false });
const changed = body.replace('invoice.paid', 'invoice.gone');

exports.check = async function check({
  createReceiver,
  isWebhookError,
  memoryStore,
  stripe,
  webhook,
  express,
  Stripe,
}) {
  // Stripe's own package creates the signature, so this project does not check itself.
  const header = new Stripe('sk_test_unused').webhooks.generateTestHeaderString({ payload: body, secret });
  const headers = { 'stripe-signature': header, 'content-type': 'application/json' };
  const receiver = createReceiver({
    provider: stripe,
    secrets: secret,
    dedupe: memoryStore(),
    onOutcome: () => undefined,
  });

  const event = await receiver.verify({ body: Buffer.from(body), headers });
  expect(event.id === 'evt_1' && event.type === 'invoice.paid', 'the event is read');
  const error = await receiver.verify({ body: Buffer.from(changed), headers }).catch((reason) => reason);
  expect(isWebhookError(error) && error.code === 'signature_mismatch', `a changed body is refused, not ${error}`);

  let handled = 0;
  const app = express();
  app.post(
    '/stripe',
    webhook(receiver, () => void handled++),
  );
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const post = (text) =>
    fetch(`http://127.0.0.1:${server.address().port}/stripe`, { method: 'POST', headers, body: text });
  try {
    const [good, again, bad] = [await post(body), await post(body), await post(changed)];
    expect(good.status === 200, `Express responds 200 to a signed delivery, not ${good.status}`);
    expect(
      again.status === 200 && handled === 1,
      `a second delivery is not handled again, ${again.status}, ${handled}`,
    );
    expect(bad.status === 401, `Express responds 401 to a changed body, not ${bad.status}`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
};

function expect(isTrue, sentence) {
  if (!isTrue) throw new Error(`expected that ${sentence}`);
}
