/**
 * The building blocks of the schema table: a key (one value), a section (named keys) and a family of sections that are
 * named by the operator (channels). The TypeScript type of the parsed config is inferred from them.
 */

/** A value as YAML, --set or the environment hold it, before a key's type has looked at it. */
export type WrittenScalar = string | number | boolean | null;
export type Written = WrittenScalar | readonly WrittenScalar[];

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** Makes a path absolute: relative to the config file's directory, or to the working directory. */
export type ResolvePath = (path: string) => string;

/** What values a key takes. */
export type ValueType<T> = {
  /** Completes "give …" and "X is not …": `a whole number from 1 to 100`. */
  readonly expects: string;
  readonly parse: (written: Written, resolvePath: ResolvePath) => Parsed<T>;
};

export type Key<T> = {
  readonly kind: "key";
  readonly type: ValueType<T>;
  /** The default as an operator would write it. */
  readonly default: Written;
  readonly unit?: string;
  /** Sentences for the example file and the reference. */
  readonly doc: string;
  /** True: may change while the stream goes on. False: the channel (or the daemon) has to be restarted. */
  readonly hot: boolean;
  /** The part of the program that brought the key. */
  readonly since: "core" | "steering" | "receiver" | "live" | "operating" | "cache" | "repair" | "access";
};

export type Fields = { readonly [name: string]: Node };
export type Section<F extends Fields = Fields> = {
  readonly kind: "section";
  readonly doc: string;
  readonly fields: F;
};
/** Sections of one shape under names that the operator chooses; at the root of the schema only. */
export type Family<F extends Fields = Fields> = {
  readonly kind: "family";
  readonly doc: string;
  /** What stands for the name in documentation. */
  readonly placeholder: string;
  readonly member: Section<F>;
};
export type Node = Key<unknown> | Section | Family;

/** The parsed value of a key or of a section. */
export type ValueOf<N> =
  N extends Key<infer T>
    ? T
    : N extends Section<infer F>
      ? { readonly [K in keyof F]: ValueOf<F[K]> }
      : N extends Family<infer F>
        ? ReadonlyMap<string, ValueOf<Section<F>>>
        : never;

export function key<T>(definition: Omit<Key<T>, "kind">): Key<T> {
  return { kind: "key", ...definition };
}

export function section<F extends Fields>(doc: string, fields: F): Section<F> {
  return { kind: "section", doc, fields };
}

export function family<F extends Fields>(doc: string, placeholder: string, member: Section<F>): Family<F> {
  return { kind: "family", doc, placeholder, member };
}

/** The part of the table below `node` that `name` leads to, if there is one. */
export function childOf(node: Node, name: string): Node | undefined {
  if (node.kind === "family") return node.member;
  if (node.kind === "section" && Object.hasOwn(node.fields, name)) return node.fields[name];
  return undefined;
}

export type Place = { readonly path: readonly string[]; readonly node: Node };

/** Everything below `node` in the order of the table; a family is entered once for each of `names`. */
export function placesBelow(node: Node, names: readonly string[], path: readonly string[] = []): readonly Place[] {
  if (node.kind === "key") return [];
  const children =
    node.kind === "family"
      ? names.map((name): Place => ({ path: [...path, name], node: node.member }))
      : Object.entries(node.fields).map(([name, child]): Place => ({
          path: [...path, name],
          node: child,
        }));
  return children.flatMap((place) => [place, ...placesBelow(place.node, names, place.path)]);
}

export type KeyPlace = { readonly path: readonly string[]; readonly key: Key<unknown> };

/** The keys among `placesBelow`. */
export function keysBelow(node: Node, names: readonly string[]): readonly KeyPlace[] {
  return placesBelow(node, names).flatMap((place) => (place.node.kind === "key" ? [{ path: place.path, key: place.node }] : []));
}
