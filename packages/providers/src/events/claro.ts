/** Claro's events. Its page does not show the place of the name. */

import type { SenderEvents } from './sender-events.ts';

/** Claro's events. The page names the fields of each payload without their types, and shows no body around them. */
export interface ClaroEvents {
  readonly 'dataset.created': { readonly datasetId: unknown; readonly name: unknown; readonly type: unknown };
  readonly 'dataset.task.started': { readonly taskId: unknown; readonly type: unknown; readonly datasetId: unknown };
  readonly 'dataset.task.completed': {
    readonly taskId: unknown;
    readonly results: unknown;
    readonly duration: unknown;
  };
  readonly 'dataset.task.failed': { readonly taskId: unknown; readonly error: unknown; readonly details: unknown };
  readonly 'dataset.updated': { readonly datasetId: unknown; readonly changes: unknown };
  readonly 'datasource.uploaded': { readonly datasourceId: unknown; readonly fileName: unknown };
  readonly 'datasource.processed': { readonly datasourceId: unknown; readonly status: unknown };
  readonly 'webhook.test': { readonly testPayload: unknown };
  readonly otherwise: unknown;
}

/** The samples have the fields that the page names, at the top of the body. */
export const claro = {
  source: { title: 'Claro documentation (docs.getclaro.ai), page on webhooks', readOn: '2026-11-21' },
  names: [
    'dataset.created',
    'dataset.task.completed',
    'dataset.task.failed',
    'dataset.task.started',
    'dataset.updated',
    'datasource.processed',
    'datasource.uploaded',
    'webhook.test',
  ],
  always: [],
  samples: {
    'dataset.created': { datasetId: 'example', name: 'example', type: 'example' },
    'dataset.task.started': { taskId: 'example', type: 'example', datasetId: 'example' },
    'dataset.task.completed': { taskId: 'example', results: [], duration: 1 },
    'dataset.task.failed': { taskId: 'example', error: 'example', details: {} },
    'dataset.updated': { datasetId: 'example', changes: {} },
    'datasource.uploaded': { datasourceId: 'example', fileName: 'example.csv' },
    'datasource.processed': { datasourceId: 'example', status: 'example' },
    'webhook.test': { testPayload: {} },
  },
} as const satisfies SenderEvents;
