/** What cannot be written becomes a refusal of the command: one line for a person. */

import { RefusedError } from "../../control/client-error.ts";
import { RecordingError } from "../sinks/record/recorded-file.ts";

export function refusing<Value>(work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    throw error instanceof RecordingError ? new RefusedError(0, error.message, null) : error;
  }
}
