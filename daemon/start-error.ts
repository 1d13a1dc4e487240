/** The daemon could not start: one line for a person. */
export class StartError extends Error {}
