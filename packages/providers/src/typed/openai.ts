/** OpenAI: the preset with the payloads of the package openai. */

import type { Provider } from '@countersign/core';
import type { OpenAI } from 'openai';
import type { OpenAIEvents as NamedOpenAIEvents } from '../events/openai.ts';
import { openai as preset } from '../openai.ts';
import type { ByType, TypedEvents } from './typed-events.ts';

/**
 * The events of OpenAI. Payloads: the union `OpenAI.Webhooks.UnwrapWebhookEvent` of openai 6.49.0.
 */
export interface OpenAIEvents
  extends TypedEvents<NamedOpenAIEvents, ByType<OpenAI.Webhooks.UnwrapWebhookEvent, 'type'>> {}

/**
 * The preset of OpenAI with the payloads of the package openai; at run time the same object as in
 * `@countersign/providers/openai`.
 *
 * Install the package for its types: `npm install --save-dev openai`. None of its code is loaded.
 *
 * @example
 * import { openai } from '@countersign/providers/openai/typed';
 *
 * const read = (event: EventOf<typeof openai>) =>
 *   event.type === 'response.completed' ? event.payload.data.id : undefined;
 */
export const openai = preset as Provider<OpenAIEvents, 'secrets'>;
