// A language model that writes when the test says so: OpenAI's chat completions on loopback.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A running model. */
export interface SlowModel {
  /** What to set as its base address. */
  baseUrl: string;
  /** How many answers were begun. */
  asked(): number;
  /** Lets every answer that was begun, and every later one, come to its end. */
  finish(): void;
  /** Makes further answers wait again. */
  hold(): void;
  stop(): void;
}

/** What the model writes: two drafts that keep every rule, and one that claims what the page does not say. */
const DRAFTS = {
  variant_1: draft("Notes that know where you were", "It says what makes it different."),
  variant_2: draft("Made for bad weather", "It answers a doubt."),
  variant_3: draft("Loved by 90,000 hikers", "It shows proof."),
};

function draft(headline: string, reasoning: string) {
  return { headline, subheadline: "", cta: "", strategy: "benefit first", hypothesis: "More visitors start.", reasoning };
}

/** Starts it. An answer begins at once, in small pieces, and stays open until `finish`. */
export async function startSlowModel(): Promise<SlowModel> {
  let asked = 0;
  let isHeld = true;
  let waiting: (() => void)[] = [];
  const server = createServer((request, response) => {
    request.resume();
    asked += 1;
    const text = JSON.stringify({ variants: DRAFTS });
    const half = Math.floor(text.length / 2);
    const send = (content: string) => response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`);
    response.writeHead(200, { "content-type": "text/event-stream" });
    send(text.slice(0, half));
    const end = () => {
      send(text.slice(half));
      response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] })}\n\n`);
      response.end("data: [DONE]\n\n");
    };
    if (isHeld) waiting.push(end);
    else end();
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked: () => asked,
    finish() {
      isHeld = false;
      const all = waiting;
      waiting = [];
      for (const end of all) end();
    },
    hold: () => void (isHeld = true),
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
