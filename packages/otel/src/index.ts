/** Spans and metrics of webhooks, by the API and the semantic conventions of OpenTelemetry. */

export { type OpenTelemetryOptions, openTelemetry } from './open-telemetry.ts';
