/** The events of Clockify, under the name of another preset. */

export { type ClockifyEvents as ClockifySeedEvents, clockify as clockifySeed } from './clockify.ts';
