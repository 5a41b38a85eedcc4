/** Countersign for the Pages Router of Next.js: `export default webhook(receiver, handle)` in `pages/api`. */

import type { AnyEvent, Handle, Receiver } from '@countersign/core';
import { type FrameworkWords, nodeHandler, type WebhookOptions } from '@countersign/http/node';
import type { NextApiRequest, NextApiResponse } from 'next';

export type { WebhookOptions } from '@countersign/http/node';

/** An API route of the Pages Router. */
export type ApiRoute = (request: NextApiRequest, response: NextApiResponse) => Promise<void>;

const words: FrameworkWords = {
  json: "Next.js's body parser",
  form: "Next.js's body parser",
  text: "Next.js's body parser",
  fixes: {
    body: 'Add to this file: export const config = { api: { bodyParser: false } };',
    url: 'basePath, rewrites and trailingSlash change the path.',
  },
};

/**
 * A complete API route: `export default webhook(receiver, handle)`.
 *
 * The file must contain `export const config = { api: { bodyParser: false } }` itself, because Next.js reads it from
 * the source and does not accept a re-exported one. Without it every delivery gets 500, and the hint says so.
 *
 * @example
 * export const config = { api: { bodyParser: false } };
 * export default webhook(receiver, (event) => console.log(event.type, event.id));
 *
 * @param handle a function, or an object of functions by event type
 * @throws options_invalid
 */
export function webhook<Event extends AnyEvent>(
  receiver: Receiver<Event>,
  handle: NoInfer<Handle<Event>>,
  options?: WebhookOptions,
): ApiRoute {
  return nodeHandler(receiver, handle, options, words);
}
