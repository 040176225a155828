// Who visits: a random id that stays in the visitor's own browser.

import type { Page } from "./wire.js";

const YEAR_S = 31_536_000;

/** Small texts kept between page views: local storage, else a cookie, else this page view alone. */
export interface Memory {
  get(key: string): string | null;
  set(key: string, value: string): void;
}

/** Opens the best memory that this browser grants; storage may be denied at any call. */
export function openMemory(page: Page): Memory {
  const kept = new Map<string, string>();
  return {
    get(key) {
      try {
        const value = page.localStorage.getItem(key);
        if (value != null) return value;
      } catch {
        // Storage is denied; a cookie may not be.
      }
      try {
        const prefix = `${key}=`;
        const found = page.document.cookie.split("; ").find((pair) => pair.startsWith(prefix));
        if (found) return decodeURIComponent(found.slice(prefix.length));
      } catch {
        // Cookies are denied too, as in a sandboxed frame.
      }
      return kept.get(key) ?? null;
    },
    set(key, value) {
      kept.set(key, value);
      try {
        page.localStorage.setItem(key, value);
        return;
      } catch {
        // Denied or full.
      }
      try {
        page.document.cookie = `${key}=${encodeURIComponent(value)};max-age=${YEAR_S};path=/;samesite=lax`;
      } catch {
        // What is in `kept` must do.
      }
    },
  };
}

/**
 * A UUID: random (version 4), or of a time (version 7), which the server keeps by day. `crypto.randomUUID` is
 * missing on pages without https.
 */
export function uuid(page: Page, milliseconds?: number): string {
  const bytes = page.crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 15) | (milliseconds ? 112 : 64);
  bytes[8] = (bytes[8]! & 63) | 128;
  let hex = Array.from(bytes, (byte) => (byte + 256).toString(16).slice(1)).join("");
  if (milliseconds) hex = milliseconds.toString(16).padStart(12, "0") + hex.slice(12);
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** The id of this browser on this page's origin, made at its first visit. */
export function visitorId(page: Page, memory: Memory): string {
  const kept = memory.get("evoloop.visitor");
  if (kept && /^[\w.:-]{1,64}$/.test(kept)) return kept;
  const fresh = uuid(page);
  memory.set("evoloop.visitor", fresh);
  return fresh;
}
