// Starts a customer's site as a process of its own.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A running customer's site. */
export interface Customer {
  /** Address of its landing page. */
  url: string;
  /** Puts a script element into the page. */
  install(element: string): Promise<void>;
  stop(): void;
}

/** Starts it; the first answer of its landing page can be made slow, so that reading it takes a while. */
export async function startCustomer({ firstAnswerAfterMs = 0 } = {}): Promise<Customer> {
  const script = fileURLToPath(new URL("customer.mjs", import.meta.url));
  const child = spawn(process.execPath, [script, String(firstAnswerAfterMs)], { stdio: ["pipe", "pipe", "inherit"] });
  const line = await new Promise<string>((found, failed) => {
    createInterface(child.stdout).once("line", found);
    child.once("exit", (code) => failed(new Error(`the customer's site ended with ${code}`)));
  });
  const { url } = JSON.parse(line) as { url: string };
  return {
    url,
    async install(element) {
      const answer = await fetch(new URL("/install", url), { method: "PUT", body: element });
      if (!answer.ok) throw new Error(`the customer's site answered ${answer.status}`);
    },
    stop: () => void child.stdin.end(),
  };
}
