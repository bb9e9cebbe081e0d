/** Values that a schema takes, found by walking the schema itself, so that a route that is added is fuzzed with it. */
import fc from "fast-check";
import * as v from "valibot";

/** The parts of valibot's schemas that this walk knows. */
interface Node extends v.GenericSchema {
  readonly pipe?: readonly (Node | Action)[];
  readonly wrapped?: Node;
  readonly entries?: Readonly<Record<string, Node>>;
  readonly item?: Node;
  readonly items?: readonly Node[];
  readonly options?: readonly (Node | string | number)[];
  readonly literal?: string | number;
}

interface Action {
  readonly kind: string;
  readonly type: string;
  readonly requirement?: unknown;
}

/** A pipe without its wrappings: what it begins with, and all that is asked of it. */
interface Flat {
  readonly root: Node;
  readonly actions: readonly Action[];
}

const flat = (node: Node): Flat => {
  const [first, ...rest] = node.pipe ?? [];
  if (first === undefined) return { root: node, actions: [] };
  // A pipe's first part is made of the pipe itself where that is no schema of its own.
  const inner = isNode(first) && first !== node ? flat(first) : { root: node, actions: [] };
  return { root: inner.root, actions: [...inner.actions, ...rest.filter((part) => !isNode(part))] };
};

const isNode = (part: Node | Action): part is Node => part.kind === "schema";

const bound = (actions: readonly Action[], type: string, otherwise: number): number => {
  const found = actions.find((action) => action.type === type)?.requirement;
  return typeof found === "number" ? found : otherwise;
};

const regexOf = (actions: readonly Action[]): RegExp | undefined => {
  const found = actions.find(({ type }) => type === "regex")?.requirement;
  return found instanceof RegExp ? found : undefined;
};

/** Longer ones are made where lengths are tried; most of what is sent should be quick to send. */
const LONG = 300;

export interface Seasoning {
  /** Texts with a meaning, such as ids, times, tokens: wherever one fits it is tried. */
  readonly texts: readonly string[];
}

/** @throws for a schema of a kind that it does not know, or that takes none of the texts it can think of */
export const arbitraryOf = (
  schema: v.GenericSchema,
  seasoning: Seasoning,
): fc.Arbitrary<unknown> => {
  const node: Node = schema;
  const { root, actions } = flat(node);
  const plain = plainOf(node, root, actions, seasoning);
  return node.pipe === undefined
    ? plain
    : plain.filter((value) => v.safeParse(schema, value).success);
};

const plainOf = (
  node: Node,
  root: Node,
  actions: readonly Action[],
  seasoning: Seasoning,
): fc.Arbitrary<unknown> => {
  const deeper = (inner: v.GenericSchema) => arbitraryOf(inner, seasoning);
  switch (root.type) {
    case "string":
      return textOf(node, actions, seasoning);
    case "number":
      return fc.integer({
        min: bound(actions, "min_value", -1e12),
        max: bound(actions, "max_value", 1e12),
      });
    case "literal":
      return fc.constant(root.literal);
    case "picklist":
      return fc.constantFrom(...(root.options ?? []));
    case "optional":
      return root.wrapped === undefined ? fc.constant(undefined) : deeper(root.wrapped);
    case "union":
    case "variant":
      return fc.oneof(
        ...(root.options ?? []).flatMap((option) =>
          typeof option === "object" ? deeper(option) : [],
        ),
      );
    case "strict_tuple":
      return fc.tuple(...(root.items ?? []).map(deeper));
    case "array":
      return fc.array(root.item === undefined ? fc.constant(null) : deeper(root.item), {
        minLength: bound(actions, "min_length", 0),
        maxLength: Math.min(LONG, bound(actions, "max_length", LONG)),
      });
    case "strict_object":
      return objectOf(root.entries ?? {}, deeper);
    default:
      throw new Error(`a schema of type ${root.type} is not known to the fuzzer`);
  }
};

const objectOf = (
  entries: Readonly<Record<string, Node>>,
  deeper: (inner: v.GenericSchema) => fc.Arbitrary<unknown>,
): fc.Arbitrary<unknown> => {
  const names = Object.keys(entries);
  const requiredKeys = names.filter(
    (name) => entries[name] && flat(entries[name]).root.type !== "optional",
  );
  const fields = Object.fromEntries(
    Object.entries(entries).map(([name, entry]) => [name, deeper(entry)]),
  );
  return fc.record(fields, { requiredKeys });
};

/** By its pattern, by the texts that mean something, and as anything at all where anything will do. */
const textOf = (
  node: Node,
  actions: readonly Action[],
  { texts }: Seasoning,
): fc.Arbitrary<string> => {
  const takes = (text: string): boolean => v.safeParse(node, text).success;
  const ways: fc.Arbitrary<string>[] = [];
  const fitting = texts.filter(takes);
  if (fitting.length > 0) ways.push(fc.constantFrom(...fitting));
  const regex = regexOf(actions);
  if (regex !== undefined) ways.push(fc.stringMatching(regex, { maxLength: LONG }).filter(takes));
  else if (takes("any text")) {
    const minLength = bound(actions, "min_length", 0);
    const maxLength = Math.min(
      LONG,
      bound(actions, "max_length", bound(actions, "max_bytes", LONG)),
    );
    ways.push(fc.string({ unit: "grapheme", minLength, maxLength }).filter(takes));
    ways.push(fc.string({ unit: "binary", minLength, maxLength }).filter(takes));
  }
  if (ways.length === 0) throw new Error("no text is known that the schema takes");
  return fc.oneof(...ways);
};
