// The entry: <script async src="https://HOST/evoloop.js" data-site="SITE_ID"></script>

import { start } from "./start.js";

start(window, document.currentScript as HTMLScriptElement | null);
