// Where an inserted element can stand; see crates/domain/src/patch/nesting.rs.

/** Whether an element can stand inside these, the outermost first. */
export function takes(around: string[], tag: string): boolean {
  const parent = around[around.length - 1] ?? "";
  const within = (tags: RegExp) => around.some((name) => tags.test(name));
  return (
    !/^(t(able|head|body|foot|r|extarea)|colgroup|select|opt(group|ion)|pre|listing|img|[bh]r|input|button|head|html)$/.test(parent) &&
    !within(/^(svg|math)$/) &&
    (/^(span|a|strong|em|b|i|small|img|br)$/.test(tag) || !within(/^(p|h[1-6]|span)$/)) &&
    (tag !== "a" || !within(/^a$/)) &&
    (tag === "li") === /^[uo]l$/.test(parent)
  );
}
