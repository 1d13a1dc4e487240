// The command line itself is wrong: exit status 2. What was typed is unknown, missing, of the wrong form, or a file of an option that cannot be read.

export class UsageError extends Error {
  override readonly name = "UsageError";
}
