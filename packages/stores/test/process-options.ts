/** How a contract starts its processes on the sources of this repository. */

export const execArgv = ['--conditions=countersign-source', '--disable-warning=ExperimentalWarning'];

/** The title of a block of live tests, which says what is missing where they are skipped. */
export const titleOf = (backend: string, missing: string | undefined) =>
  missing === undefined ? backend : `${backend} (skipped: ${missing} is not installed)`;
