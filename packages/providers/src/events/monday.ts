/** Event names of monday.com as deliveries have them; subscriptions have other names, such as create_item. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const monday = {
  source: {
    title: 'monday.com’s package, @mondaydotcomorg/api 14.0.0 (events), and recorded deliveries of others (spelling)',
    url: 'https://www.npmjs.com/package/@mondaydotcomorg/api/v/14.0.0',
    readOn: '2026-11-27',
  },
  names: [
    'archive_pulse',
    'create_column',
    'create_pulse',
    'create_update',
    'delete_pulse',
    'delete_update',
    'edit_update',
    'move_pulse_into_group',
    'move_subitem',
    'restore_pulse',
    'update_column_value',
    'update_name',
  ],
  always: ['id', 'type'],
} as const satisfies SenderEvents;

/** The events of monday.com, with unknown payloads. */
export interface MondayEvents extends NamedEvents<typeof monday> {}
