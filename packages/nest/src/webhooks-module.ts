/** The module that holds an app's receivers. */

import { ConfigurableModuleBuilder, Module } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { BodyLimitReport } from './body-limit-report.ts';
import { createWebhookRoutes, routesToken, type WebhookRoutes, type WebhooksModuleOptions } from './webhook-routes.ts';

// Two modules are never mistaken for one another: Nest 10 compares the visible parts of their options, and secrets are
// not visible.
const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<WebhooksModuleOptions>({
  moduleName: 'Webhooks',
  alwaysTransient: true,
})
  .setClassMethodName('forRoot')
  .setExtras({ isGlobal: true }, (definition, { isGlobal }) => ({ ...definition, global: isGlobal }))
  .build();

/**
 * Holds the receivers of an app, under the names that `@Webhook()` uses.
 *
 * `forRoot(options)` takes {@link WebhooksModuleOptions}; `forRootAsync({ imports, inject, useFactory })` gets them
 * from a factory. Global by default, so it is imported once, in the root module; with `isGlobal: false` each module
 * that has webhooks imports it.
 *
 * @example
 * WebhooksModule.forRootAsync({
 *   inject: [ConfigService],
 *   useFactory: (config: ConfigService) => ({
 *     receivers: { github: createReceiver({ provider: github, secrets: config.get('GITHUB_WEBHOOK_SECRET') }) },
 *   }),
 * });
 *
 * @throws options_invalid, when the app starts
 */
export class WebhooksModule extends ConfigurableModuleClass {}

// Decorators as calls: the published code needs no decorators, and no metadata emitted by a compiler.
Module({
  providers: [
    { provide: routesToken, inject: [MODULE_OPTIONS_TOKEN], useFactory: createWebhookRoutes },
    {
      provide: BodyLimitReport,
      inject: [HttpAdapterHost, routesToken],
      useFactory: (host: HttpAdapterHost, routes: WebhookRoutes) => new BodyLimitReport(host, routes),
    },
  ],
  exports: [routesToken],
})(WebhooksModule);
