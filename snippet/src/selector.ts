// The subset of CSS selectors of the patch language; the grammar is in crates/domain/src/patch/selector.rs.

const MAX_COMPOUNDS = 20;
const PLACE = /:((first|last|only)-(child|of-type)|nth-(last-)?(child|of-type)\((odd|even|[\dn+\s-]+)\))/gi;
/** Tags that are never touched. */
export const FORBIDDEN = /(^|[\s>+~,(])(script|style|head|meta|link|iframe|object|base)(?![\w-])/i;

/** Whether the browser reads a selector, nothing in it is outside of the subset, and it names nothing that is never touched. */
export function isSelector(document: Document, css: string): boolean {
  document.createDocumentFragment().querySelector(css);
  const bare = css
    .trim()
    .replace(/\\[^]|"[^"]*"|'[^']*'/g, "")
    .replace(/\[[^\]]*]/g, "[]")
    .replace(PLACE, "[]");
  const left = bare.replace(/:not\(\s*[^\s():>+~,]+\s*\)/gi, "[]");
  return !/[:|&]/.test(left) && left.split(/[\s>+~,]+/).length <= MAX_COMPOUNDS && !FORBIDDEN.test(bare);
}
