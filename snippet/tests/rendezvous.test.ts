import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { assign, holdoutUnit, sipHash, unit } from "./rendezvous.js";
import type { Arm } from "./rendezvous.js";

interface Case {
  key_hex: string;
  visitor_id: string;
  variants: Arm[];
  u: number[];
  holdout_u: number;
  winner: string | null;
}

// Tests run from snippet/dist/test/tests; crates/bandit reads the same file.
const path = "../../../../crates/bandit/tests/data/rendezvous.json";
const { cases } = JSON.parse(readFileSync(new URL(path, import.meta.url)).toString()) as { cases: Case[] };
const key = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));

test("SipHash gives its authors' first vectors", () => {
  const published = key("000102030405060708090a0b0c0d0e0f");
  assert.equal(sipHash(published, Uint8Array.from([])), 0x726fdb47dd0e0e31n);
  assert.equal(sipHash(published, Uint8Array.from({ length: 15 }, (_, index) => index)), 0xa129ca6149be45e5n);
});

test("every case of the shared file", () => {
  assert.ok(cases.length >= 200);
  for (const it of cases) {
    const name = `${it.visitor_id} of ${it.variants.length}`;
    assert.deepEqual(it.variants.map(({ id }) => unit(key(it.key_hex), it.visitor_id, id)), it.u, name);
    assert.equal(holdoutUnit(key(it.key_hex), it.visitor_id), it.holdout_u, name);
    assert.equal(assign(key(it.key_hex), it.visitor_id, it.variants), it.winner, name);
  }
});
