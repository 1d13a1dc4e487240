// Marks fields of a result that only an operator may see, and takes them out for everybody else.
import * as v from "valibot";

/** A field that the LAN does not need to know: optional in the type, absent for anyone but an operator. */
export function operatorOnly<const Schema extends v.GenericSchema>(schema: Schema) {
  return v.optional(v.pipe(schema, v.metadata({ operatorOnly: true })));
}

/** Whether `operatorOnly` made this schema. */
export function isOperatorOnly(schema: v.GenericSchema): boolean {
  if (v.getMetadata(schema)["operatorOnly"] === true) return true;
  const wrapped = v.safeParse(wrapper, schema);
  return wrapped.success && isOperatorOnly(wrapped.output.wrapped);
}

/** Makes a function that copies a value of this schema without its operators' fields; null if there is none to take out. */
export function compileRedaction(schema: v.GenericSchema): ((value: unknown) => unknown) | null {
  const inner = innerSchema(schema);
  const entries = objectEntries(inner);
  if (entries !== null) return redactionOfObject(entries);
  const item = arrayItem(inner);
  if (item === null) return null;
  const redactItem = compileRedaction(item);
  if (redactItem === null) return null;
  return (value) => (Array.isArray(value) ? value.map(redactItem) : value);
}

function redactionOfObject(entries: Readonly<Record<string, v.GenericSchema>>): ((value: unknown) => unknown) | null {
  const hidden = new Set<string>();
  const nested = new Map<string, (value: unknown) => unknown>();
  for (const [key, schema] of Object.entries(entries)) {
    if (isOperatorOnly(schema)) hidden.add(key);
    else {
      const redact = compileRedaction(schema);
      if (redact !== null) nested.set(key, redact);
    }
  }
  if (hidden.size === 0 && nested.size === 0) return null;
  return (value) => {
    if (typeof value !== "object" || value === null) return value;
    const shown: Record<string, unknown> = {};
    for (const [key, field] of Object.entries(value)) {
      if (!hidden.has(key)) shown[key] = nested.get(key)?.(field) ?? field;
    }
    return shown;
  };
}

const wrapper = v.looseObject({ type: v.picklist(["optional", "nullable"]), wrapped: v.custom<v.GenericSchema>(isSchema) });
const object = v.looseObject({ entries: v.record(v.string(), v.custom<v.GenericSchema>(isSchema)) });
const array = v.looseObject({ type: v.literal("array"), item: v.custom<v.GenericSchema>(isSchema) });

function isSchema(value: unknown): boolean {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "schema";
}

/** The schema inside `optional` and `nullable`. */
export function innerSchema(schema: v.GenericSchema): v.GenericSchema {
  const wrapped = v.safeParse(wrapper, schema);
  return wrapped.success ? innerSchema(wrapped.output.wrapped) : schema;
}

/** The fields of an object's schema, or null. */
export function objectEntries(schema: v.GenericSchema): Readonly<Record<string, v.GenericSchema>> | null {
  const parsed = v.safeParse(object, schema);
  return parsed.success ? parsed.output.entries : null;
}

/** The items' schema of an array's schema, or null. */
export function arrayItem(schema: v.GenericSchema): v.GenericSchema | null {
  const parsed = v.safeParse(array, schema);
  return parsed.success ? parsed.output.item : null;
}
