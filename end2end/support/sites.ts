// Serves the sites in end2end/fixtures, with the stub as their Evoloop server.

import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { browserPart, serverPart } from "./bundle.ts";
import { SITE, startStub, type Stub } from "./stub.ts";

/** The sites, by the names of their folders. */
export type SiteName =
  | "plain"
  | "react"
  | "streaming"
  | "vue"
  | "svelte"
  | "spa"
  | "csp"
  | "late"
  | "ticker"
  | "slow"
  | "down"
  | "changed";

/** What a site is told when its document is asked for. */
export interface Asked {
  /** The snippet's tag, or nothing for a visit without the snippet. */
  snippet: string;
  /** The attributes of that tag. */
  attributes: Record<string, string> | null;
  /** Marks the scripts that a content security policy lets through. */
  nonce: string;
  /** Origin of the Evoloop server. */
  api: string;
}

/** What `site` in a fixture's `site` file has. */
export interface Site {
  /** The document, at any address. */
  page: (asked: Asked) => string | Promise<string>;
  /** Sends the document in pieces, in place of `page`. */
  stream?: (asked: Asked, response: ServerResponse) => void;
  headers?: (asked: Asked) => Record<string, string>;
  /** How long the site's own script takes to arrive, in milliseconds. */
  clientDelay?: number;
  /** What is wrong with the Evoloop server when `trouble` says so. */
  api?: "slow" | "down";
}

/** A running site. */
export interface RunningSite extends Stub {
  /** Address of the same page without the snippet. */
  bare: string;
  /** Begins what the site has to endure. */
  trouble(): Promise<void>;
}

/** How long a slow server takes, in milliseconds. */
const SLOW_MS = 3000;

const built = new Map<SiteName, Promise<[Site, string]>>();
const look = readFileSync(new URL("../fixtures/site.css", import.meta.url), "utf8");

/** Each site is built once, however often it is started. */
function parts(name: SiteName): Promise<[Site, string]> {
  const known = built.get(name) ?? Promise.all([serverPart(name), browserPart(name)]).then(([{ site }, client]) => [site as Site, client]);
  built.set(name, known as Promise<[Site, string]>);
  return known as Promise<[Site, string]>;
}

/** Starts a site; `attributes` go to the snippet's tag. */
export async function startSite(name: SiteName, attributes: Record<string, string> = {}): Promise<RunningSite> {
  const [site, client] = await parts(name);
  const stub = await startStub();
  stub.serve = async ({ pathname, searchParams }, response) => {
    const send = (type: string, body: string, headers = {}) =>
      response.writeHead(200, { "content-type": `${type}; charset=utf-8`, ...headers }).end(body);
    if (pathname === "/site.css") return send("text/css", look);
    if (pathname === "/client.js") return void setTimeout(send, site.clientDelay ?? 0, "text/javascript", client);
    const nonce = crypto.randomUUID();
    const all = { src: `${stub.origin}/evoloop.js`, "data-site": SITE, "data-vitals": "0", nonce, ...attributes };
    const tag = Object.entries(all).map(([key, value]) => ` ${key}="${value}"`);
    const isBare = searchParams.has("bare");
    const asked: Asked = {
      snippet: isBare ? "" : `<script async${tag.join("")}></script>`,
      attributes: isBare ? null : all,
      nonce,
      api: stub.origin,
    };
    const headers = site.headers?.(asked) ?? {};
    if (!site.stream) return send("text/html", await site.page(asked), headers);
    response.writeHead(200, { "content-type": "text/html; charset=utf-8", ...headers });
    return site.stream(asked, response);
  };
  return Object.assign(stub, {
    bare: `${stub.page}?bare`,
    trouble: async () => {
      if (site.api === "slow") stub.slowness = SLOW_MS;
      if (site.api === "down") await stub.kill();
    },
  });
}
