/** Types that put the payloads of a sender's own package into the map of its events. Nothing here exists at run time. */

/**
 * The events of a preset with the payloads of another map: those of `Map` where it has the name, those of the preset otherwise. Names that
 * only `Map` has are added; other names stay accepted, and an id or a type that is always sent stays promised.
 */
export type TypedEvents<Named, Map> = Pick<Named, Exclude<keyof Named, keyof Map>> & Map;

/**
 * A union of payloads as a map, by the field that contains the name. A payload for several names is listed under each.
 *
 * Packages that write a name as an enum compare it with the enum's members; in JSON it is text, so here it is its text.
 */
export type ByType<Union, Key extends string> = {
  readonly [Member in Union as TextIn<Member, Key>]: SpelledIn<Member, Key>;
};

/** An interface that serves several names, once for each, with the name in its field. */
export type ForEach<Names extends string, Payload, Key extends keyof Payload> = {
  readonly [Name in Names]: Omit<Payload, Key> & { readonly [Field in Key]: Name };
};

/** A type of a package as its JSON: enums of text and dates are text, and what a class has in addition to its fields is left out. */
export type AsJson<Value> = 0 extends 1 & Value
  ? Value
  : Value extends Date
    ? string
    : Value extends string
      ? `${Value}`
      : Value extends (...values: never) => unknown
        ? never
        : Value extends object
          ? { [Key in keyof Value]: AsJson<Value[Key]> }
          : Value;

/** The text of a name; `never` for a field that is any text. */
export type TextOf<Name> = Name extends string ? (string extends Name ? never : `${Name}`) : never;

type TextIn<Member, Key extends string> = Key extends keyof Member ? TextOf<Member[Key]> : never;

/** The member itself if its name is text already. */
type SpelledIn<Member, Key extends string> = Key extends keyof Member
  ? [TextOf<Member[Key]>] extends [Member[Key]]
    ? Member
    : Omit<Member, Key> & { readonly [Field in Key]: TextOf<Member[Key]> }
  : never;
