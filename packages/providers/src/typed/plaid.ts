/** Plaid: the preset with the payloads of the package plaid. */

import type { Provider } from '@countersign/core';
import type {
  AssetsErrorWebhook,
  AssetsProductReadyWebhook,
  AuthDefaultUpdateWebhook,
  AutomaticallyVerifiedWebhook,
  BankIncomeCompleteWebhook,
  BankIncomeRefreshCompleteWebhook,
  BankIncomeRefreshUpdateWebhook,
  BankTransfersEventsUpdateWebhook,
  BaseReportsErrorWebhook,
  BeaconDuplicateDetectedWebhook,
  BeaconReportCreatedWebhook,
  BeaconReportSyndicationCreatedWebhook,
  BeaconReportUpdatedWebhook,
  BeaconUserStatusUpdatedWebhook,
  CashFlowUpdatesExpectedDepositMissedWebhook,
  CashFlowUpdatesInsightsV2Webhook,
  CashFlowUpdatesInsightsWebhook,
  CashFlowUpdatesLargeDepositWebhook,
  CashFlowUpdatesLowBalanceWebhook,
  CashFlowUpdatesNewIncomeStreamWebhook,
  CashFlowUpdatesNewLoanPaymentWebhook,
  CashFlowUpdatesNSFWebhook,
  CraBankIncomeCompleteWebhook,
  CraBankIncomeErrorWebhook,
  CraCheckReportFailedWebhook,
  CraCheckReportReadyWebhook,
  CraPartnerInsightsCompleteWebhook,
  CraPartnerInsightsErrorWebhook,
  CraReportUpdatedWebhook,
  CraUpgradeFailedWebhook,
  CraUserCheckReportFailedWebhook,
  CraUserCheckReportReadyWebhook,
  DefaultUpdateWebhook,
  EntityScreeningStatusUpdatedWebhook,
  FallbackAuthMicrodepositAutoVerifiedWebhook,
  FallbackAuthMicrodepositVerificationExpiredWebhook,
  HistoricalUpdateWebhook,
  HoldingsDefaultUpdateWebhook,
  HostedMMDVerificationWebhook,
  IdentityDefaultUpdateWebhook,
  IdentityVerificationRetriedWebhook,
  IdentityVerificationStatusUpdatedWebhook,
  IdentityVerificationStepUpdatedWebhook,
  IncomeVerificationRefreshReconnectNeededWebhook,
  IncomeVerificationRiskSignalsStatusWebhook,
  IncomeVerificationStatusWebhook,
  InitialUpdateWebhook,
  InstitutionStatusAlertWebhook,
  InvestmentsDefaultUpdateWebhook,
  InvestmentsHistoricalUpdateWebhook,
  IssueResolvedWebhook,
  ItemAddResultWebhook,
  ItemErrorWebhook,
  ItemLoginRepairedWebhook,
  ItemProductReadyWebhook,
  LayerAuthenticationPassedWebhook,
  LiabilitiesDefaultUpdateWebhook,
  LinkDeliveryCallbackWebhook,
  LinkEventsWebhook,
  LinkSessionFinishedWebhook,
  LinkUserDeliveryStatusWebhook,
  NewAccountsAvailableWebhook,
  PartnerEndCustomerOAuthStatusUpdatedWebhook,
  PaymentInitiationConsentStatusUpdateWebhook,
  PaymentStatusUpdateWebhook,
  PendingDisconnectWebhook,
  PendingExpirationWebhook,
  ProcessorDefaultUpdateWebhook,
  ProcessorHistoricalUpdateWebhook,
  ProcessorInitialUpdateWebhook,
  ProcessorRecurringTransactionsUpdateWebhook,
  ProcessorSyncUpdatesAvailableWebhook,
  ProcessorTransactionsRemovedWebhook,
  ProductPermissionsRequiredAuthWebhook,
  ProductPermissionsRequiredIdentityWebhook,
  ProtectUserEventWebhook,
  RecurringCancelledWebhook,
  RecurringNewTransferWebhook,
  RecurringTransactionsUpdateWebhook,
  RecurringTransferSkippedWebhook,
  ScreeningStatusUpdatedWebhook,
  StatementsRefreshCompleteWebhook,
  SyncUpdatesAvailableWebhook,
  TransactionsRemovedWebhook,
  TransferEventsUpdateWebhook,
  TransferPlatformOnboardingUpdateWebhook,
  UserAccountRevokedWebhook,
  UserIncomeVerificationRefreshReconnectNeededWebhook,
  UserIncomeVerificationRiskSignalsStatusWebhook,
  UserIncomeVerificationStatusWebhook,
  UserPermissionRevokedWebhook,
  VerificationExpiredWebhook,
  WalletTransactionStatusUpdateWebhook,
  WebhookUpdateAcknowledgedWebhook,
} from 'plaid';
import type { PlaidEvents as NamedPlaidEvents } from '../events/plaid.ts';
import { plaid as preset } from '../plaid.ts';
import type { AsJson, TypedEvents } from './typed-events.ts';

/** The interfaces by the type and the code that their comments name. */
interface ByName {
  readonly 'ASSETS.ERROR': AssetsErrorWebhook;
  readonly 'ASSETS.PRODUCT_READY': AssetsProductReadyWebhook;
  readonly 'AUTH.AUTOMATICALLY_VERIFIED': AutomaticallyVerifiedWebhook | FallbackAuthMicrodepositAutoVerifiedWebhook;
  readonly 'AUTH.DEFAULT_UPDATE': AuthDefaultUpdateWebhook;
  readonly 'AUTH.PRODUCT_PERMISSIONS_REQUIRED': ProductPermissionsRequiredAuthWebhook;
  readonly 'AUTH.SMS_MICRODEPOSITS_VERIFICATION': HostedMMDVerificationWebhook;
  readonly 'AUTH.VERIFICATION_EXPIRED': FallbackAuthMicrodepositVerificationExpiredWebhook | VerificationExpiredWebhook;
  readonly 'BANK_TRANSFERS.BANK_TRANSFERS_EVENTS_UPDATE': BankTransfersEventsUpdateWebhook;
  readonly 'BASE_REPORT.ERROR': BaseReportsErrorWebhook;
  readonly 'BEACON.DUPLICATE_DETECTED': BeaconDuplicateDetectedWebhook;
  readonly 'BEACON.REPORT_CREATED': BeaconReportCreatedWebhook;
  readonly 'BEACON.REPORT_SYNDICATION_CREATED': BeaconReportSyndicationCreatedWebhook;
  readonly 'BEACON.REPORT_UPDATED': BeaconReportUpdatedWebhook;
  readonly 'BEACON.USER_STATUS_UPDATED': BeaconUserStatusUpdatedWebhook;
  readonly 'CASH_FLOW_UPDATES.CASH_FLOW_INSIGHTS_UPDATED': CashFlowUpdatesInsightsV2Webhook;
  readonly 'CASH_FLOW_UPDATES.EXPECTED_DEPOSIT_MISSED': CashFlowUpdatesExpectedDepositMissedWebhook;
  readonly 'CASH_FLOW_UPDATES.INSIGHTS_UPDATED': CashFlowUpdatesInsightsWebhook;
  readonly 'CASH_FLOW_UPDATES.LARGE_DEPOSIT_DETECTED': CashFlowUpdatesLargeDepositWebhook;
  readonly 'CASH_FLOW_UPDATES.LOW_BALANCE_DETECTED': CashFlowUpdatesLowBalanceWebhook;
  readonly 'CASH_FLOW_UPDATES.NEW_INCOME_STREAM_DETECTED': CashFlowUpdatesNewIncomeStreamWebhook;
  readonly 'CASH_FLOW_UPDATES.NEW_LOAN_PAYMENT_DETECTED': CashFlowUpdatesNewLoanPaymentWebhook;
  readonly 'CASH_FLOW_UPDATES.NSF_OVERDRAFT_DETECTED': CashFlowUpdatesNSFWebhook;
  readonly 'CHECK_REPORT.CHECK_REPORT_FAILED': CraCheckReportFailedWebhook;
  readonly 'CHECK_REPORT.CHECK_REPORT_READY': CraCheckReportReadyWebhook;
  readonly 'CHECK_REPORT.UPGRADE_FAILED': CraUpgradeFailedWebhook;
  readonly 'CHECK_REPORT.USER_CHECK_REPORT_FAILED': CraUserCheckReportFailedWebhook;
  readonly 'CHECK_REPORT.USER_CHECK_REPORT_READY': CraUserCheckReportReadyWebhook;
  readonly 'CRA_INCOME.BANK_INCOME_COMPLETE': CraBankIncomeCompleteWebhook;
  readonly 'CRA_INCOME.ERROR': CraBankIncomeErrorWebhook;
  readonly 'CRA_INSIGHTS.PARTNER_INSIGHTS_COMPLETE': CraPartnerInsightsCompleteWebhook;
  readonly 'CRA_INSIGHTS.PARTNER_INSIGHTS_ERROR': CraPartnerInsightsErrorWebhook;
  readonly 'CRA_REPORT.CRA_REPORT_UPDATED': CraReportUpdatedWebhook;
  readonly 'DASHBOARD_CONFIGURED_ALERT.INSTITUTION_STATUS_ALERT_TRIGGERED': InstitutionStatusAlertWebhook;
  readonly 'ENTITY_SCREENING.STATUS_UPDATED': EntityScreeningStatusUpdatedWebhook;
  readonly 'HOLDINGS.DEFAULT_UPDATE': HoldingsDefaultUpdateWebhook;
  readonly 'IDENTITY.DEFAULT_UPDATE': IdentityDefaultUpdateWebhook;
  readonly 'IDENTITY.PRODUCT_PERMISSIONS_REQUIRED': ProductPermissionsRequiredIdentityWebhook;
  readonly 'IDENTITY_VERIFICATION.RETRIED': IdentityVerificationRetriedWebhook;
  readonly 'IDENTITY_VERIFICATION.STATUS_UPDATED': IdentityVerificationStatusUpdatedWebhook;
  readonly 'IDENTITY_VERIFICATION.STEP_UPDATED': IdentityVerificationStepUpdatedWebhook;
  readonly 'INCOME.BANK_INCOME_COMPLETE': BankIncomeCompleteWebhook;
  readonly 'INCOME.BANK_INCOME_REFRESH_COMPLETE': BankIncomeRefreshCompleteWebhook;
  readonly 'INCOME.BANK_INCOME_REFRESH_UPDATE': BankIncomeRefreshUpdateWebhook;
  readonly 'INCOME.INCOME_VERIFICATION': IncomeVerificationStatusWebhook;
  readonly 'INCOME.INCOME_VERIFICATION_REFRESH_RECONNECT_NEEDED': IncomeVerificationRefreshReconnectNeededWebhook;
  readonly 'INCOME.INCOME_VERIFICATION_RISK_SIGNALS': IncomeVerificationRiskSignalsStatusWebhook;
  readonly 'INCOME.PRODUCT_READY': ItemProductReadyWebhook;
  readonly 'INCOME.USER_INCOME_VERIFICATION': UserIncomeVerificationStatusWebhook;
  readonly 'INCOME.USER_INCOME_VERIFICATION_REFRESH_RECONNECT_NEEDED': UserIncomeVerificationRefreshReconnectNeededWebhook;
  readonly 'INCOME.USER_INCOME_VERIFICATION_RISK_SIGNALS': UserIncomeVerificationRiskSignalsStatusWebhook;
  readonly 'INVESTMENTS_TRANSACTIONS.DEFAULT_UPDATE': InvestmentsDefaultUpdateWebhook;
  readonly 'INVESTMENTS_TRANSACTIONS.HISTORICAL_UPDATE': InvestmentsHistoricalUpdateWebhook;
  readonly 'ISSUES.ISSUE_RESOLVED': IssueResolvedWebhook;
  readonly 'ITEM.ERROR': ItemErrorWebhook;
  readonly 'ITEM.LOGIN_REPAIRED': ItemLoginRepairedWebhook;
  readonly 'ITEM.NEW_ACCOUNTS_AVAILABLE': NewAccountsAvailableWebhook;
  readonly 'ITEM.PENDING_DISCONNECT': PendingDisconnectWebhook;
  readonly 'ITEM.PENDING_EXPIRATION': PendingExpirationWebhook;
  readonly 'ITEM.USER_ACCOUNT_REVOKED': UserAccountRevokedWebhook;
  readonly 'ITEM.USER_PERMISSION_REVOKED': UserPermissionRevokedWebhook;
  readonly 'ITEM.WEBHOOK_UPDATE_ACKNOWLEDGED': WebhookUpdateAcknowledgedWebhook;
  readonly 'LAYER.LAYER_AUTHENTICATION_PASSED': LayerAuthenticationPassedWebhook;
  readonly 'LIABILITIES.DEFAULT_UPDATE': LiabilitiesDefaultUpdateWebhook;
  readonly 'LINK.EVENTS': LinkEventsWebhook;
  readonly 'LINK.ITEM_ADD_RESULT': ItemAddResultWebhook;
  readonly 'LINK.SESSION_FINISHED': LinkSessionFinishedWebhook;
  readonly 'LINK_DELIVERY.DELIVERY_STATUS': LinkUserDeliveryStatusWebhook;
  readonly 'LINK_DELIVERY.LINK_CALLBACK': LinkDeliveryCallbackWebhook;
  readonly 'PARTNER.END_CUSTOMER_OAUTH_STATUS_UPDATED': PartnerEndCustomerOAuthStatusUpdatedWebhook;
  readonly 'PAYMENT_INITIATION.CONSENT_STATUS_UPDATE': PaymentInitiationConsentStatusUpdateWebhook;
  readonly 'PAYMENT_INITIATION.PAYMENT_STATUS_UPDATE': PaymentStatusUpdateWebhook;
  readonly 'PROTECT.PROTECT_USER_EVENT': ProtectUserEventWebhook;
  readonly 'SCREENING.STATUS_UPDATED': ScreeningStatusUpdatedWebhook;
  readonly 'STATEMENTS.STATEMENTS_REFRESH_COMPLETE': StatementsRefreshCompleteWebhook;
  readonly 'TRANSACTIONS.DEFAULT_UPDATE': DefaultUpdateWebhook | ProcessorDefaultUpdateWebhook;
  readonly 'TRANSACTIONS.HISTORICAL_UPDATE': HistoricalUpdateWebhook | ProcessorHistoricalUpdateWebhook;
  readonly 'TRANSACTIONS.INITIAL_UPDATE': InitialUpdateWebhook | ProcessorInitialUpdateWebhook;
  readonly 'TRANSACTIONS.RECURRING_TRANSACTIONS_UPDATE':
    | ProcessorRecurringTransactionsUpdateWebhook
    | RecurringTransactionsUpdateWebhook;
  readonly 'TRANSACTIONS.SYNC_UPDATES_AVAILABLE': ProcessorSyncUpdatesAvailableWebhook | SyncUpdatesAvailableWebhook;
  readonly 'TRANSACTIONS.TRANSACTIONS_REMOVED': ProcessorTransactionsRemovedWebhook | TransactionsRemovedWebhook;
  readonly 'TRANSFER.PLATFORM_ONBOARDING_UPDATE': TransferPlatformOnboardingUpdateWebhook;
  readonly 'TRANSFER.RECURRING_CANCELLED': RecurringCancelledWebhook;
  readonly 'TRANSFER.RECURRING_NEW_TRANSFER': RecurringNewTransferWebhook;
  readonly 'TRANSFER.RECURRING_TRANSFER_SKIPPED': RecurringTransferSkippedWebhook;
  readonly 'TRANSFER.TRANSFER_EVENTS_UPDATE': TransferEventsUpdateWebhook;
  readonly 'WALLET.WALLET_TRANSACTION_STATUS_UPDATE': WalletTransactionStatusUpdateWebhook;
}

type Named<Map> = {
  readonly [Name in keyof Map]: Name extends `${infer Type}.${infer Code}`
    ? AsJson<Map[Name]> & { readonly webhook_type: Type; readonly webhook_code: Code }
    : never;
};

/**
 * The events of Plaid. Payloads: one interface for each event, such as `SyncUpdatesAvailableWebhook`, of plaid 47.0.0.
 *
 * A name is the webhook’s type and its code. Two products share some names; their payload is one of two.
 */
export interface PlaidEvents extends TypedEvents<NamedPlaidEvents, Named<ByName>> {}

/**
 * The preset of Plaid with the payloads of the package plaid; at run time the same object as in
 * `@countersign/providers/plaid`.
 *
 * Install the package for its types: `npm install --save-dev plaid`. None of its code is loaded.
 *
 * @example
 * import { plaid } from '@countersign/providers/plaid/typed';
 *
 * const read = (event: EventOf<typeof plaid>) =>
 *   event.type === 'TRANSACTIONS.SYNC_UPDATES_AVAILABLE' ? event.payload.initial_update_complete : undefined;
 */
export const plaid = preset as Provider<PlaidEvents, 'keys'>;
