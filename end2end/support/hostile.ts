// A language model that wants harm, and a server of its own that asks it.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** Texts that would run a script wherever they were taken for more than text. */
export const SCRIPTS = [
  "<script>window.__pwned = 1</script>",
  '<img src=x onerror="window.__pwned = 1">',
  '"><svg onload="window.__pwned = 1">',
  "javascript:window.__pwned=1",
  "</title><script>window.__pwned = 1</script>",
  "{{constructor.constructor('window.__pwned = 1')()}}",
  "${window.__pwned = 1}",
  "' onmouseover='window.__pwned = 1",
];

/** What is honest of what it writes: texts that keep every rule, under explanations that do not. */
export const HONEST = ["Notes, photos and routes of your walks", "Write your walks down", "One place for the notes of a walk"];

interface Running {
  url: string;
  stop(): Promise<void>;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

function answer(): string {
  const explained = { strategy: SCRIPTS[1]!, hypothesis: SCRIPTS[0]!, reasoning: `${SCRIPTS[0]} ${SCRIPTS[1]}` };
  const hostile = SCRIPTS.flatMap((text) => [
    { headline: text, subheadline: "", cta: "", ...explained },
    { headline: "", subheadline: `Fieldnote ${text} keeps notes`, cta: text.slice(0, 28), ...explained },
  ]);
  const honest = HONEST.map((headline) => ({ headline, subheadline: "", cta: "", ...explained }));
  return JSON.stringify({ variants: [...hostile, ...honest] });
}

/** Starts the model: OpenAI's chat completions, streamed when that is asked for. */
async function startModel(): Promise<Running> {
  const server = createServer(async (request, response) => {
    const { stream } = JSON.parse(await bodyOf(request)) as { stream?: boolean };
    const content = answer();
    if (stream) {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const event = { choices: [{ delta: { content }, finish_reason: "stop" }] };
      response.end(`data: ${JSON.stringify(event)}\n\ndata: [DONE]\n\n`);
    } else {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ choices: [{ finish_reason: "stop", message: { role: "assistant", content } }] }));
    }
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    stop: () => new Promise((stopped) => void server.close(() => stopped())),
  };
}

/** A port that nobody listens on at this moment. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

/** Starts the product on an empty database, with the hostile model as its copywriter. */
export async function startServerOfHostileModel(): Promise<Running> {
  const binary = process.env["EVOLOOP_E2E_BINARY"];
  if (!binary) throw new Error("EVOLOOP_E2E_BINARY is not set; `cargo xtask test` sets it");
  const model = await startModel();
  const folder = await mkdtemp(join(tmpdir(), "evoloop-hostile-"));
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  const child = spawn(binary, ["serve"], {
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    stdio: ["ignore", "ignore", "inherit"],
    env: {
      ...process.env,
      EVOLOOP_ADDR: address,
      EVOLOOP_PUBLIC_URL: url,
      EVOLOOP_DATA_DIR: folder,
      EVOLOOP_DATABASE_URL: `sqlite:${join(folder, "evoloop.db")}?mode=rwc`,
      EVOLOOP_ALLOW_PRIVATE_HOSTS: "127.0.0.1,localhost",
      EVOLOOP_LLM_BASE_URL: model.url,
      EVOLOOP_LLM_MODEL: "hostile",
      EVOLOOP_LLM_API_KEY: "key-of-the-test",
      EVOLOOP_LOG: "warn",
    },
  });
  const ended = new Promise<void>((done) => child.once("exit", () => done()));
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    await model.stop();
    await rm(folder, { recursive: true, force: true });
  };
  for (let tries = 0; tries < 120; tries += 1) {
    const isHealthy = await fetch(`${url}/v1/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isHealthy) return { url, stop };
    await pause(250);
  }
  await stop();
  throw new Error("the server of the hostile model did not answer");
}
