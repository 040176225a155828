import assert from "node:assert/strict";
import { test } from "node:test";
import { openMemory, uuid, visitorId } from "../src/identity.js";
import { World } from "./harness.js";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function denyStorage({ page }: World): void {
  Object.defineProperty(page, "localStorage", {
    get: () => {
      throw new Error("denied");
    },
  });
}

test("ids are random UUIDs", () => {
  const { page } = new World();
  const ids = Array.from({ length: 200 }, () => uuid(page));
  for (const id of ids) assert.match(id, UUID);
  assert.equal(new Set(ids).size, 200);
});

test("an id of a time tells it, and is no less unique", () => {
  const { page } = new World();
  const time = Date.UTC(2026, 10, 26, 12);
  const ids = Array.from({ length: 200 }, () => uuid(page, time));
  assert.equal(new Set(ids).size, 200);
  for (const id of ids) {
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16), time);
  }
});

test("a visitor keeps the id, and a broken one is replaced", () => {
  const { page } = new World();
  const id = visitorId(page, openMemory(page));
  assert.equal(visitorId(page, openMemory(page)), id);
  page.localStorage.setItem("evoloop.visitor", "<script>");
  assert.match(visitorId(page, openMemory(page)), UUID);
});

test("a cookie serves where storage is denied", () => {
  const world = new World();
  denyStorage(world);
  const id = visitorId(world.page, openMemory(world.page));
  assert.match(world.page.document.cookie, new RegExp(`evoloop.visitor=${id}`));
  assert.equal(visitorId(world.page, openMemory(world.page)), id);
  const memory = openMemory(world.page);
  memory.set("k", "a b;c=d");
  assert.equal(openMemory(world.page).get("k"), "a b;c=d");
});

test("without either, the id lasts for the page view", () => {
  const world = new World();
  denyStorage(world);
  Object.defineProperty(world.page.document, "cookie", {
    get: () => {
      throw new Error("denied");
    },
    set: () => {
      throw new Error("denied");
    },
  });
  const memory = openMemory(world.page);
  const id = visitorId(world.page, memory);
  assert.equal(visitorId(world.page, memory), id);
  assert.notEqual(visitorId(world.page, openMemory(world.page)), id);
});
