// An engine on a page of the tests, and what it has told.

import { openEngine } from "../src/engine.js";
import type { Op, Target } from "../src/wire.js";
import { World } from "./harness.js";

/** How many operations were applied, and how many were missing. */
export type Told = [applied: number, missed: number];

export function open(world = new World()) {
  const told: Told[] = [];
  let gaveUp = 0;
  const engine = openEngine(world.page);
  const show = (ops: Op[], targets: Target[] = [], variant = "v") =>
    engine.show({ variant_id: variant, patch: { v: 1, ops }, targets }, (missed, isGivenUp) => {
      if (isGivenUp) gaveUp += 1;
      else told.push([missed ? 0 : ops.length, missed]);
    });
  return { world, engine, told, show, gaveUp: () => gaveUp };
}
