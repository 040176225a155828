// A server of a test's own, on an empty database, with settings of its own.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A running server. */
export interface OwnServer {
  /** Its address, without a slash at its end. */
  url: string;
  /** Ends it in good order. */
  stop(): Promise<void>;
}

/** Starts the binary under test with these settings beside the usual ones. */
export async function startServer(settings: Record<string, string>): Promise<OwnServer> {
  const binary = process.env["EVOLOOP_E2E_BINARY"];
  if (!binary) throw new Error("EVOLOOP_E2E_BINARY is not set; `cargo xtask test` sets it");
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), "evoloop-end2end-"));
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  const child = spawn(binary, ["serve"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
    env: {
      ...process.env,
      EVOLOOP_ADDR: address,
      EVOLOOP_PUBLIC_URL: url,
      EVOLOOP_DATA_DIR: folder,
      EVOLOOP_DATABASE_URL: `sqlite:${join(folder, "evoloop.db")}?mode=rwc`,
      EVOLOOP_ALLOW_PRIVATE_HOSTS: "127.0.0.1,localhost",
      RUST_LOG: "error",
      ...settings,
    },
  });
  const ended = new Promise<void>((done) => child.once("exit", () => done()));
  for (let tries = 0; ; tries += 1) {
    const answer = await fetch(`${url}/v1/health`).catch(() => undefined);
    if (answer?.ok) break;
    if (tries > 300 || child.exitCode !== null) throw new Error("the server does not start");
    await new Promise((again) => setTimeout(again, 100));
  }
  return {
    url,
    async stop() {
      child.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const freePort = () =>
  new Promise<number>((found, failed) => {
    const probe = createServer();
    probe.once("error", failed);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => found(port));
    });
  });
