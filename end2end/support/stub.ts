// A small stand-in for `/v1`, and a page that uses the snippet, on two origins as in life.

import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export const SITE = "7b0c6f0e-3f0a-4b57-9f0e-0c1f5f8a6c11";
export const VARIANT = "0e8a1c52-6e0b-4c80-8a86-3a9e6d4d9a02";
export const CONTROL = "0e8a1c52-6e0b-4c80-8a86-3a9e6d4d9a01";
/** Whom the stub takes a visitor without storage for. */
export const DERIVED_VISITOR = "derived-of-the-day";

export interface StubEvent {
  id: string;
  type: string;
  visitor_id: string;
  token: string;
  owner?: string;
  goal_id?: string;
  value?: number;
  metadata?: { applied?: number; missed?: number; ms?: number; painted_before_apply?: boolean; gave_up?: boolean };
}

/** An operation of a patch, as far as the stub looks into it. */
interface Op {
  [more: string]: unknown;
  target?: object;
  to?: Record<string, object>;
  at?: Record<string, object>;
}

export interface Stub {
  /** Origin of `/v1` and of the script. */
  origin: string;
  /** Address of the page. */
  page: string;
  /** Queries of `/v1/assign`, in order. */
  assigns: URLSearchParams[];
  /** Requests of `/v1/event`, in order. */
  batches: StubEvent[][];
  /** Bodies of `/v1/forget`, in order. */
  forgotten: object[];
  /** What to answer; change at will. */
  patch: { v: 1; ops: Op[] };
  goals: object[];
  /** Status of the next answers of `/v1/event`, then 200. */
  eventStatuses: number[];
  /** Asked at each request of `/v1/event`: it is refused, lost on the way, or taken with the answer lost on the way back. */
  eventFault: (events: StubEvent[]) => "refused" | "lost" | "unanswered" | null;
  /** Events of the requests that were taken, in order. */
  taken: StubEvent[];
  /** Never answers `/v1/assign`. */
  hangs: boolean;
  /** How long `/v1` takes to answer, in milliseconds. */
  slowness: number;
  /** More attributes of the snippet's tag. No samples are taken of how the page fares, unless `data-vitals` stands here. */
  attributes: string;
  /** Answers for the page, in place of `html`. */
  serve: ((url: URL, response: ServerResponse) => unknown) | null;
  /** The page's body. */
  html: string;
  /** More headers of the page. */
  headers: Record<string, string>;
  /** Every event once, in order of first arrival. */
  events(): StubEvent[];
  /** Stops `/v1`; the page goes on. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

const built = (name: string) => readFileSync(new URL(`../../snippet/dist${name}`, import.meta.url));
const png = (width: number, height: number, color: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><rect width="${width}" height="${height}" fill="${color}"/></svg>`;

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

const listen = (handle: (request: IncomingMessage, response: ServerResponse) => void) =>
  new Promise<[Server, string]>((ready) => {
    const server = createServer(handle);
    server.listen(0, "127.0.0.1", () => ready([server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`]));
  });

/** The targets of a patch, each once, as `/v1/assign` lists them. */
function targetsOf(ops: Op[]): object[] {
  const all = ops.flatMap(({ target, to, at }) => [target, ...Object.values(to ?? {}), ...Object.values(at ?? {})]);
  const distinct = new Map(all.filter((target) => target != null).map((target) => [JSON.stringify(target), target]));
  return [...distinct.values()];
}

const close = (server: Server) =>
  new Promise<void>((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });

export async function startStub(): Promise<Stub> {
  const [api, origin] = await listen(async (request, response) => {
    const url = new URL(request.url!, origin);
    const answer = (status: number, body: unknown) => {
      response.writeHead(status, { "content-type": "application/json", "access-control-allow-origin": "*" });
      setTimeout(() => response.end(JSON.stringify(body)), stub.slowness);
    };
    if (/^\/evoloop(-debug)?\.js$/.test(url.pathname)) {
      // The panel is a module, which any page may load.
      response.writeHead(200, { "content-type": "text/javascript", "access-control-allow-origin": "*" }).end(built(url.pathname));
    } else if (url.pathname === "/v1/assign") {
      stub.assigns.push(url.searchParams);
      if (stub.hangs) return;
      answer(200, {
        site_id: SITE,
        // What a variant is never changes.
        variant_id: stub.patch.ops.length ? VARIANT : CONTROL,
        is_control: !stub.patch.ops.length,
        holdout: false,
        epoch: 1,
        patch: stub.patch,
        targets: targetsOf(stub.patch.ops),
        goals: stub.goals,
        token: url.searchParams.get("current") || `v1.1.${stub.assigns.length}.${VARIANT}.mac`,
        ttl_s: 3600,
        // A snippet without storage is told who it is.
        ...(url.searchParams.get("stateless") === "1" ? { visitor_id: DERIVED_VISITOR } : {}),
      });
    } else if (url.pathname === "/v1/event" && request.method === "POST") {
      const { events } = JSON.parse(await bodyOf(request)) as { events: StubEvent[] };
      stub.batches.push(events);
      const fault = stub.eventFault(events);
      if (fault === "lost") return void request.socket.destroy();
      const status = fault === "refused" ? 503 : (stub.eventStatuses.shift() ?? 200);
      if (status === 200) stub.taken.push(...events);
      if (fault === "unanswered") return void request.socket.destroy();
      answer(status, { status: "recorded", results: events.map(({ id }) => ({ id, result: "recorded", counted: true })) });
    } else if (url.pathname === "/v1/forget" && request.method === "POST") {
      stub.forgotten.push(JSON.parse(await bodyOf(request)) as object);
      answer(200, { status: "forgotten" });
    } else {
      answer(404, {});
    }
  });
  const [site, page] = await listen((request, response) => {
    const url = new URL(request.url!, page);
    const { pathname } = url;
    const send = (type: string, body: string) =>
      response.writeHead(200, { "content-type": type, ...stub.headers }).end(body);
    if (pathname === "/wide.svg") return send("image/svg+xml", png(600, 300, "teal"));
    if (pathname === "/tall.svg") return send("image/svg+xml", png(300, 900, "tomato"));
    if (pathname.endsWith(".svg")) return response.writeHead(404).end();
    if (pathname === "/favicon.ico") return response.writeHead(204).end();
    if (stub.serve) return stub.serve(url, response);
    const script = `<script async src="${origin}/evoloop.js" data-site="${SITE}" ${stub.attributes} data-vitals="0"></script>`;
    return send("text/html; charset=utf-8", `<!doctype html><html lang="en"><title>Page</title>${script}${stub.html}`);
  });
  const stub: Stub = {
    origin,
    page: `${page}/`,
    assigns: [],
    batches: [],
    forgotten: [],
    patch: { v: 1, ops: [] },
    goals: [],
    eventStatuses: [],
    eventFault: () => null,
    taken: [],
    hangs: false,
    slowness: 0,
    attributes: "",
    serve: null,
    html: "<h1>Old headline</h1>",
    headers: {},
    events: () => [...new Map(stub.batches.flat().map((event) => [event.id, event] as const)).values()],
    kill: () => close(api),
    stop: async () => {
      await Promise.all([close(api), close(site)]);
    },
  };
  return stub;
}
