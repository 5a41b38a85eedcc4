/** Event names of Typeform. */

import type { TypedEvents } from '../typed/typed-events.ts';
import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const typeform = {
  source: {
    title:
      'Typeform documentation, Create or update webhook (partial); public payloads and guides, which agree (the other)',
    url: 'https://typeform.com/developers/webhooks/reference/create-or-update-webhook',
    readOn: '2026-11-27',
  },
  names: ['form_response', 'form_response_partial'],
  always: [],
} as const satisfies SenderEvents;

/**
 * A response to a form.
 *
 * @see https://www.typeform.com/developers/webhooks/example-payload (read 2026-11-27)
 */
export interface TypeformPayload<Type extends string> {
  readonly event_id: string;
  readonly event_type: Type;
  readonly form_response: TypeformResponse;
}

/** The answers of one person. Times are text as in ISO 8601. */
export interface TypeformResponse {
  readonly form_id: string;
  readonly token: string;
  readonly submitted_at?: string;
  readonly landed_at: string;
  readonly calculated?: { readonly score: number };
  readonly variables?: readonly {
    readonly key: string;
    readonly type: 'number' | 'text';
    readonly number?: number;
    readonly text?: string;
  }[];
  readonly hidden?: Readonly<Record<string, string>>;
  readonly definition?: TypeformDefinition;
  readonly answers?: readonly TypeformAnswer[];
  readonly ending?: unknown;
}

/** The form, as it was. */
export interface TypeformDefinition {
  readonly id: string;
  readonly title: string;
  readonly fields: readonly {
    readonly id: string;
    readonly title: string;
    readonly type: string;
    readonly ref?: string;
    readonly allow_multiple_selections?: boolean;
    readonly allow_other_choice?: boolean;
    readonly choices?: readonly TypeformChoice[];
    readonly properties?: Readonly<Record<string, unknown>>;
  }[];
  readonly endings?: readonly unknown[];
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** A choice of a question. */
export interface TypeformChoice {
  readonly id?: string;
  readonly ref?: string;
  readonly label?: string;
}

/** An answer: the field named by `type` has it. */
export interface TypeformAnswer {
  readonly type: string;
  readonly field: { readonly id: string; readonly type: string; readonly ref?: string };
  readonly text?: string;
  readonly email?: string;
  readonly url?: string;
  readonly file_url?: string;
  readonly date?: string;
  readonly number?: number;
  readonly boolean?: boolean;
  readonly phone_number?: string;
  readonly choice?: TypeformChoice & { readonly other?: string };
  readonly choices?: {
    readonly ids?: readonly string[];
    readonly refs?: readonly string[];
    readonly labels?: readonly string[];
    readonly other?: string;
  };
  readonly payment?: {
    readonly amount: string;
    readonly last4: string;
    readonly name: string;
    readonly success: boolean;
  };
}

type TypeformPayloads = {
  readonly [Name in (typeof typeform)['names'][number]]: TypeformPayload<Name>;
};

/** The events of Typeform, with the fields of its example. */
export interface TypeformEvents extends TypedEvents<NamedEvents<typeof typeform>, TypeformPayloads> {}
