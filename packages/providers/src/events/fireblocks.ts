/** Event names of Fireblocks’ webhooks, second version. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const fireblocks = {
  source: {
    title: 'Fireblocks’ package @fireblocks/ts-sdk 18.0.0, WebhookEvent, and its documentation, Transaction events',
    url: 'https://github.com/fireblocks/ts-sdk/blob/main/models/webhook-event.ts',
    readOn: '2026-11-27',
  },
  names: [
    'connection.added',
    'connection.removed',
    'connection.request.rejected_by_peer',
    'connection.request.waiting_peer_approval',
    'contract_wallet.asset.added',
    'contract_wallet.asset.removed',
    'embedded_wallet.account.created',
    'embedded_wallet.asset.added',
    'embedded_wallet.asset.balance_updated',
    'embedded_wallet.created',
    'embedded_wallet.device.added',
    'embedded_wallet.status.updated',
    'external_wallet.asset.added',
    'external_wallet.asset.removed',
    'internal_wallet.asset.added',
    'internal_wallet.asset.removed',
    'onchain_data.updated',
    'transaction.alert.stuck_confirming',
    'transaction.approval_status.updated',
    'transaction.created',
    'transaction.network_records.processing_completed',
    'transaction.status.updated',
    'vault_account.asset.added',
    'vault_account.asset.balance_updated',
    'vault_account.created',
  ],
  always: ['id', 'type'],
} as const satisfies SenderEvents;

/** The events of Fireblocks, with unknown payloads. */
export interface FireblocksEvents extends NamedEvents<typeof fireblocks> {}
