/** Event names of Yousign. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const yousign = {
  source: {
    title: 'Yousign’s OpenAPI description, WebhookSubscribedEvents, in a public client; its reference',
    url: 'https://github.com/cashbee-team/yousign_client_v3/blob/225774bf96a040f6b4b9d2ad38854fb7e95ac415/openapi.json',
    readOn: '2026-11-27',
  },
  names: [
    'approver.approved',
    'approver.notified',
    'approver.rejected',
    'bank_account_verification.done',
    'contact.created',
    'electronic_seal.done',
    'electronic_seal.error',
    'id_document_verification.done',
    'signature_request.activated',
    'signature_request.approved',
    'signature_request.canceled',
    'signature_request.declined',
    'signature_request.deleted',
    'signature_request.done',
    'signature_request.expired',
    'signature_request.permanently_deleted',
    'signature_request.reactivated',
    'signature_request.reminder_executed',
    'signer.declined',
    'signer.done',
    'signer.error',
    'signer.identification_blocked',
    'signer.identification_failed',
    'signer.identification_succeeded',
    'signer.identity_saved',
    'signer.link_opened',
    'signer.notified',
    'signer.sender_contacted',
    'user.completed',
    'video_identity_verification.done',
  ],
  always: ['id', 'type'],
} as const satisfies SenderEvents;

/** The events of Yousign, with unknown payloads. */
export interface YousignEvents extends NamedEvents<typeof yousign> {}
