// What travels between the snippet and `/v1`. The server's types are in crates/domain.

/** Which element an operation means: exactly one, or the operation is a miss. */
export interface Target {
  css: string;
  n?: number;
  tag?: string;
  text?: string;
  alt?: string[];
}

/** An element to insert: its text, then its children. */
export interface PatchNode {
  tag: string;
  text?: string;
  attrs?: Record<string, string>;
  children?: PatchNode[];
}

export type TextOp = { op: "text"; target: Target; value: string };
export type AttrOp = { op: "attr"; target: Target; name: string; value: string };
export type ImageOp = { op: "image"; target: Target; src: string; alt?: string };
export type StyleOp = { op: "style"; target: Target; set: Record<string, string> };
export type ClassOp = { op: "class"; target: Target; add?: string[]; remove?: string[] };
export type HideOp = { op: "hide"; target: Target };
export type MoveOp = { op: "move"; target: Target; to: { before: Target } | { after: Target } };
export type InsertOp = { op: "insert"; at: Record<"before" | "after" | "first" | "last", Target>; node: PatchNode };
export type Op = TextOp | AttrOp | ImageOp | StyleOp | ClassOp | HideOp | MoveOp | InsertOp;

export interface Patch {
  v: number;
  ops: Op[];
}

/** What counts as success. The detail that a type does not need is absent or null. */
export interface Goal {
  id: string;
  type: "click" | "url" | "form" | "event" | "revenue";
  selector?: string | null;
  url_contains?: string | null;
  event_name?: string | null;
  is_primary: boolean;
}

/** The answer of `GET /v1/assign`. Without a token nothing would be counted, so nothing is sent. */
export interface Assignment {
  variant_id: string;
  patch: Patch;
  /** Further elements that must be there for a visit to count: on the control those of the variant in whose place it is. */
  targets?: Target[];
  goals: Goal[];
  token?: string | null;
  /** Whether this is a look at a variant that may not be published. */
  preview?: boolean;
  /** The visitor, where the server says who it is: in stateless mode. */
  visitor_id?: string;
}

/** One event of `POST /v1/event`. Its id stays the same in every retry. */
export interface WireEvent {
  id: string;
  site_id: string;
  variant_id: string;
  visitor_id: string;
  type: "impression" | "conversion" | "guardrail";
  token: string;
  /** The flag of the site's owner, whose visits do not count. */
  owner?: string;
  goal_id?: string;
  value?: number;
  metadata?: Record<string, number | boolean>;
}

/** What became of one event, in the order in which they were sent. */
export interface EventResult {
  result: "recorded" | "duplicate" | "dropped" | "retry";
  counted?: boolean;
  /** Why it was dropped, is not counted, or is to be sent again. */
  reason?: string;
}

/** The page's window, with the constructors that it carries. */
export type Page = Window & typeof globalThis;
