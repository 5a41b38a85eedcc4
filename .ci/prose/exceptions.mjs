/** Lines that may keep a phrase of `habits.mjs`, each with the reason. One that no longer applies fails the check. */

/**
 * @typedef {object} Exception
 * @property {string} file - from the root; or a folder, with a slash at the end
 * @property {string} [habit] - its name; default: all
 * @property {string} [line] - a part of the line; default: the whole file or folder
 * @property {string} reason
 */

/** @type {readonly Exception[]} */
export const exceptions = [];
