// The few parts of jsdom that the tests use; the package brings no types.
declare module "jsdom" {
  export class VirtualConsole {
    on(event: string, listener: (...values: unknown[]) => void): this;
  }
  export class JSDOM {
    constructor(html?: string, options?: { url?: string; runScripts?: string; virtualConsole?: VirtualConsole });
    readonly window: Window & typeof globalThis;
    reconfigure(settings: { url?: string }): void;
  }
}
