/** The events of Clockify, under the name of another preset. */

export { type ClockifyEvents as ClockifyUserEvents, clockify as clockifyUser } from './clockify.ts';
