/** Event names of DocuSign Connect in its JSON SIM format. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const docusign = {
  source: {
    title: 'DocuSign’s API description, in Ballerina’s connector docusign.dsesign, ballerina/types_1.bal',
    url: 'https://github.com/ballerina-platform/module-ballerinax-docusign.dsesign',
    readOn: '2026-11-27',
  },
  names: [
    'click-agreed',
    'click-declined',
    'envelope-completed',
    'envelope-corrected',
    'envelope-created',
    'envelope-declined',
    'envelope-deleted',
    'envelope-delivered',
    'envelope-discard',
    'envelope-purge',
    'envelope-resent',
    'envelope-sent',
    'envelope-voided',
    'recipient-authenticationfailed',
    'recipient-autoresponded',
    'recipient-completed',
    'recipient-declined',
    'recipient-delegate',
    'recipient-delivered',
    'recipient-finish-later',
    'recipient-reassign',
    'recipient-resent',
    'recipient-sent',
    'template-created',
    'template-deleted',
    'template-modified',
  ],
  always: [],
} as const satisfies SenderEvents;

/** The events of DocuSign Connect, with unknown payloads. */
export interface DocusignEvents extends NamedEvents<typeof docusign> {}
