/** Microsoft Graph: the preset with the payloads of the package @microsoft/microsoft-graph-types. */

import type { Provider } from '@countersign/core';
import type { ChangeNotification } from '@microsoft/microsoft-graph-types';
import type { MicrosoftGraphEvents as NamedMicrosoftGraphEvents } from '../events/microsoft-graph.ts';
import { microsoftGraph as preset } from '../microsoft-graph.ts';
import type { ForEach, TypedEvents } from './typed-events.ts';

/**
 * The events of Microsoft Graph. Payloads: `ChangeNotification` of @microsoft/microsoft-graph-types 2.43.1.
 *
 * A delivery is a batch; the payload is one notification of it. Lifecycle notifications have no change type.
 */
export interface MicrosoftGraphEvents
  extends TypedEvents<
    NamedMicrosoftGraphEvents,
    ForEach<'created' | 'deleted' | 'updated', ChangeNotification, 'changeType'> & {
      readonly otherwise: ChangeNotification;
    }
  > {}

/**
 * The preset of Microsoft Graph with the payloads of the package @microsoft/microsoft-graph-types; at run time the same
 * object as in `@countersign/providers/microsoft-graph`.
 *
 * Install the package for its types: `npm install --save-dev @microsoft/microsoft-graph-types`. None of its code is
 * loaded.
 *
 * @example
 * import { microsoftGraph } from '@countersign/providers/microsoft-graph/typed';
 *
 * const read = (event: EventOf<typeof microsoftGraph>) =>
 *   event.type === 'created' ? event.payload.resourceData : undefined;
 */
export const microsoftGraph = preset as Provider<MicrosoftGraphEvents, 'secrets'>;
