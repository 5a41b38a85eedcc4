/** Registers no test. */
export {};
