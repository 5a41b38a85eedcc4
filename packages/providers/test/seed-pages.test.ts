import { existsSync, readFileSync } from 'node:fs';
import type { Provider } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { type ClapworkEvents, clapwork } from '../src/clapwork.ts';
import { type ClaroEvents, claro } from '../src/claro.ts';
import { type ClawgetEvents, clawget } from '../src/clawget.ts';
import type { ClientCasaEvents } from '../src/clientcasa.ts';
import { type ClockifyEvents, clockify } from '../src/clockify.ts';
import { registry } from '../src/registry.ts';
import { presets } from './presets.ts';

/** A sender's page, how the names of its events are read from it, and the names that the preset's type has. */
interface Page {
  readonly provider: Provider;
  readonly file: string;
  readonly count: number;
  readonly namesIn: (page: string) => readonly string[];
  readonly typed: Readonly<Record<string, true>>;
}

/** The text between two headings of a page. */
function between(page: string, start: string, end: string): string {
  const from = page.indexOf(start);
  const to = page.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`the page has no part from ${start} to ${end}`);
  return page.slice(from, to);
}

/** What the first group of a pattern finds. */
function allOf(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map((found) => found[1] as string);
}

const pages: readonly Page[] = [
  {
    provider: clapwork,
    file: '000_6c11b67725879a09.txt',
    count: 12,
    namesIn: (page) => allOf(between(page, 'Available Events', 'Need Help?'), /^([a-z]+\.[a-z]+)$/gm),
    typed: {
      'job.created': true,
      'job.published': true,
      'job.closed': true,
      'contract.created': true,
      'contract.started': true,
      'contract.completed': true,
      'proposal.received': true,
      'proposal.accepted': true,
      'payment.completed': true,
      'payment.failed': true,
      'milestone.approved': true,
      'review.received': true,
    } satisfies Record<Exclude<keyof ClapworkEvents & string, 'otherwise'>, true>,
  },
  {
    provider: claro,
    file: '001_35feb582ca40cfbb.txt',
    count: 8,
    namesIn: (page) => allOf(between(page, 'Available Events', 'Query Parameters'), /^([a-z]+(?:\.[a-z]+)+) \|/gm),
    typed: {
      'dataset.created': true,
      'dataset.task.started': true,
      'dataset.task.completed': true,
      'dataset.task.failed': true,
      'dataset.updated': true,
      'datasource.uploaded': true,
      'datasource.processed': true,
      'webhook.test': true,
    } satisfies Record<Exclude<keyof ClaroEvents & string, 'otherwise'>, true>,
  },
  {
    provider: clawget,
    file: '002_2684416577581438.txt',
    count: 4,
    namesIn: (page) => allOf(between(page, 'Event Types', 'Best Practices'), /^"type": "([a-z.]+)",$/gm),
    typed: {
      'purchase.completed': true,
      'review.created': true,
      'subscription.cancelled': true,
      'payout.completed': true,
    } satisfies Record<Exclude<keyof ClawgetEvents & string, 'otherwise'>, true>,
  },
  {
    provider: presets.get('clientcasa') as Provider,
    file: '003_b5bc6d4383c1f286.txt',
    count: 56,
    namesIn: (page) => allOf(between(page, 'event?string', 'Response Body'), /"([a-z_]+)"/g),
    typed: {
      invoice_sent: true,
      invoice_due_soon: true,
      invoice_overdue: true,
      invoice_paid: true,
      invoice_payment_failed: true,
      invoice_disputed: true,
      invoice_payment_reminder: true,
      invoice_viewed: true,
      payment_received: true,
      payment_refunded: true,
      payment_applied: true,
      payment_unapplied: true,
      payment_deleted: true,
      payment_chargeback: true,
      receipt_sent: true,
      schedule_deposit_ready: true,
      schedule_installment_due: true,
      schedule_installment_paid: true,
      schedule_completed: true,
      document_processed: true,
      document_action_created: true,
      document_action_approved: true,
      document_needs_review: true,
      document_failed: true,
      client_created: true,
      contact_created: true,
      project_created: true,
      time_entry_created: true,
      lead_created: true,
      client_won: true,
      client_lost: true,
      lead_status_changed: true,
      milestone_approaching: true,
      timer_running_reminder: true,
      contract_sent: true,
      contract_viewed: true,
      contract_signed: true,
      contract_recipient_signed: true,
      contract_countersigned: true,
      contract_completed: true,
      contract_expired: true,
      contract_voided: true,
      smart_file_sent: true,
      smart_file_viewed: true,
      smart_file_accepted: true,
      smart_file_completed: true,
      smart_file_expired: true,
      form_submission_completed: true,
      subscription_payment_failed: true,
      payout_paid: true,
      payout_failed: true,
      event_day_created: true,
      event_day_published: true,
      event_day_archived: true,
      timeline_item_completed: true,
      timeline_reminder_sent: true,
    } satisfies Record<Exclude<keyof ClientCasaEvents & string, 'otherwise'>, true>,
  },
  {
    provider: clockify,
    file: '004_f9e93bf741bce40b.txt',
    count: 50,
    namesIn: (page) =>
      allOf(between(page, '## Webhook Events', '## Webhook Payload Structure'), /^\| ([A-Z]+(?:_[A-Z]+)+) \|/gm),
    typed: {
      NEW_TIMER_STARTED: true,
      TIMER_STOPPED: true,
      NEW_TIME_ENTRY: true,
      TIME_ENTRY_UPDATED: true,
      TIME_ENTRY_DELETED: true,
      TIME_ENTRY_RESTORED: true,
      TIME_ENTRY_SPLIT: true,
      NEW_PROJECT: true,
      PROJECT_UPDATED: true,
      PROJECT_DELETED: true,
      NEW_TASK: true,
      TASK_UPDATED: true,
      TASK_DELETED: true,
      NEW_CLIENT: true,
      CLIENT_UPDATED: true,
      CLIENT_DELETED: true,
      NEW_TAG: true,
      TAG_UPDATED: true,
      TAG_DELETED: true,
      USER_JOINED_WORKSPACE: true,
      USER_DELETED_FROM_WORKSPACE: true,
      USER_ACTIVATED_ON_WORKSPACE: true,
      USER_DEACTIVATED_ON_WORKSPACE: true,
      USER_EMAIL_CHANGED: true,
      USER_UPDATED: true,
      USERS_INVITED_TO_WORKSPACE: true,
      LIMITED_USERS_ADDED_TO_WORKSPACE: true,
      USER_GROUP_CREATED: true,
      USER_GROUP_UPDATED: true,
      USER_GROUP_DELETED: true,
      NEW_APPROVAL_REQUEST: true,
      APPROVAL_REQUEST_STATUS_UPDATED: true,
      TIME_OFF_REQUESTED: true,
      TIME_OFF_REQUEST_UPDATED: true,
      TIME_OFF_REQUEST_APPROVED: true,
      TIME_OFF_REQUEST_REJECTED: true,
      TIME_OFF_REQUEST_WITHDRAWN: true,
      BALANCE_UPDATED: true,
      EXPENSE_CREATED: true,
      EXPENSE_UPDATED: true,
      EXPENSE_DELETED: true,
      EXPENSE_RESTORED: true,
      NEW_INVOICE: true,
      INVOICE_UPDATED: true,
      ASSIGNMENT_CREATED: true,
      ASSIGNMENT_UPDATED: true,
      ASSIGNMENT_DELETED: true,
      ASSIGNMENT_PUBLISHED: true,
      COST_RATE_UPDATED: true,
      BILLABLE_RATE_UPDATED: true,
    } satisfies Record<Exclude<keyof ClockifyEvents & string, 'otherwise'>, true>,
  },
];

async function namesOf({ name }: Provider): Promise<readonly string[] | undefined> {
  const events = await registry.get(name)?.events();
  return events !== undefined && 'names' in events ? events.names : undefined;
}

describe.each(pages.map((page) => [page.provider.title, page] as const))('the events of %s', (_, page) => {
  const { provider, typed, count, namesIn } = page;
  const file = new URL(`../../../../shared/seeds/${page.file}`, import.meta.url);

  it('are the same in the list and in the type', async () => {
    const names = await namesOf(provider);
    expect(names).toEqual(Object.keys(typed).sort());
    expect(names).toHaveLength(count);
  });

  if (existsSync(file)) {
    it('are exactly those that the page names', async () => {
      expect(await namesOf(provider)).toEqual([...namesIn(readFileSync(file, 'utf8'))].sort());
    });
  } else {
    it.skip('are exactly those that the page names: the page is absent');
  }
});
