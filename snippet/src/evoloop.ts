// The entry: <script async src="https://HOST/evoloop.js" data-site="SITE_ID"></script>

import { start } from "./start.js";

const page = window;
start(page, document.currentScript as HTMLScriptElement);
