// A customer's site, a process of its own: `node customer.mjs [MS]` prints its address as one line
// of JSON. Its first landing page takes MS milliseconds. `PUT /install` with a script element as the body puts it into the page's head.

import { createServer } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

let installed = "";
let firstAnswerAfterMs = Number(process.argv[2] ?? 0);

const landing = () => `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Fieldnote: a notebook for walks</title>
  <meta name="description" content="Fieldnote keeps your notes, photos and routes together, even without a signal.">
  <style>
    body { font: 18px/1.6 Georgia, serif; margin: 3rem auto; max-width: 44rem; padding: 0 1rem; color: #1c2a22; }
    .cta { display: inline-block; padding: 0.8rem 1.6rem; border-radius: 8px; background: #1d6b43; color: #fff; text-decoration: none; }
    img { width: 100%; height: auto; }
  </style>
  ${installed}
</head>
<body>
  <header><a href="/">Fieldnote</a></header>
  <main>
    <h1>Your walks, written down</h1>
    <p class="lead">Fieldnote keeps notes, photos and routes in one place. It works without a signal and syncs when you are back.</p>
    <p><a id="start" class="cta" href="/thanks">Start your notebook</a> <a href="#how">How it works</a></p>
    <img src="/hero.svg" width="800" height="300" alt="A line of hills under a pale sky">
    <h2 id="how">Notes that know where you were</h2>
    <p>Every note carries its place and its hour. A walk of 3 hours becomes one page that you can print.</p>
    <h2>Made for bad weather</h2>
    <p>Large buttons can be pressed with gloves. The battery lasts 14 hours with the route running.</p>
    <ul>
      <li>Works in 12 languages</li>
      <li>Exports to plain text and GPX</li>
      <li>Keeps notes on your phone until you share them</li>
    </ul>
  </main>
  <footer><p>Fieldnote is an example page of a test.</p></footer>
</body>
</html>`;

const hero = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 300" width="800" height="300">
  <rect width="800" height="300" fill="#dfeee6"/><path d="M0 240 180 120 330 220 520 80 800 250V300H0z" fill="#7fb295"/>
</svg>`;

const pages = {
  "/": () => ["text/html; charset=utf-8", landing()],
  "/hero.svg": () => ["image/svg+xml", hero],
  "/thanks": () => ["text/html; charset=utf-8", "<!doctype html><html lang=en><title>Thanks</title><h1>Thank you</h1>"],
};

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, "http://customer.example");
  if (request.method === "PUT" && pathname === "/install") {
    const parts = [];
    for await (const part of request) parts.push(part);
    installed = Buffer.concat(parts).toString();
    response.writeHead(204).end();
    return;
  }
  const page = pages[pathname];
  if (pathname === "/" && firstAnswerAfterMs) {
    const wait = firstAnswerAfterMs;
    firstAnswerAfterMs = 0;
    await pause(wait);
  }
  if (!page) {
    response.writeHead(pathname === "/favicon.ico" ? 204 : 404).end();
    return;
  }
  const [type, body] = page();
  response.writeHead(200, { "content-type": type, "cache-control": "no-store" }).end(body);
});

server.listen(0, "127.0.0.1", () => {
  console.log(JSON.stringify({ url: `http://127.0.0.1:${server.address().port}/` }));
});

// Ends with the test that started it, however that ends.
process.stdin.resume().on("end", () => process.exit(0));
