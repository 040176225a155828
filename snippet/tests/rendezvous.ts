// The assignment of visitors to arms in a second language, so that the hash is written down twice.
// The snippet ships none of this: the salt never leaves the server.

export interface Arm {
  id: string;
  weight: number;
}

const MASK = (1n << 64n) - 1n;
const rotate = (word: bigint, bits: bigint): bigint => ((word << bits) | (word >> (64n - bits))) & MASK;

/** Little-endian words of eight bytes; the last one ends with the length. */
function words(bytes: Uint8Array): bigint[] {
  const whole = new Uint8Array(Math.floor(bytes.length / 8) * 8 + 8);
  whole.set(bytes);
  whole[whole.length - 1] = bytes.length % 256;
  const view = new DataView(whole.buffer);
  return Array.from({ length: whole.length / 8 }, (_, index) => view.getBigUint64(8 * index, true));
}

/** SipHash-2-4 (Aumasson and Bernstein, 2012) with a key of 16 bytes. */
export function sipHash(key: Uint8Array, message: Uint8Array): bigint {
  const keys = new DataView(key.buffer, key.byteOffset, 16);
  const [k0, k1] = [keys.getBigUint64(0, true), keys.getBigUint64(8, true)];
  let v0 = k0 ^ 0x736f6d6570736575n;
  let v1 = k1 ^ 0x646f72616e646f6dn;
  let v2 = k0 ^ 0x6c7967656e657261n;
  let v3 = k1 ^ 0x7465646279746573n;
  const round = (): void => {
    v0 = (v0 + v1) & MASK;
    v1 = rotate(v1, 13n) ^ v0;
    v0 = rotate(v0, 32n);
    v2 = (v2 + v3) & MASK;
    v3 = rotate(v3, 16n) ^ v2;
    v0 = (v0 + v3) & MASK;
    v3 = rotate(v3, 21n) ^ v0;
    v2 = (v2 + v1) & MASK;
    v1 = rotate(v1, 17n) ^ v2;
    v2 = rotate(v2, 32n);
  };
  for (const word of words(message)) {
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  }
  v2 ^= 0xffn;
  for (let count = 0; count < 4; count += 1) round();
  return v0 ^ v1 ^ v2 ^ v3;
}

/** The upper 53 bits of the hash of both parts with a zero byte between, strictly between 0 and 1. */
function draw(key: Uint8Array, first: string, second: string): number {
  const bytes = new TextEncoder().encode(`${first}\0${second}`);
  return (Number(sipHash(key, bytes) >> 11n) + 0.5) * 2 ** -53;
}

/** The number that an arm draws for a visitor. */
export const unit = (key: Uint8Array, visitor: string, arm: string): number => draw(key, visitor, arm);

/** The number that decides about the holdout. */
export const holdoutUnit = (key: Uint8Array, visitor: string): number => draw(key, "holdout", visitor);

const bytewise = (one: string, other: string): number =>
  Buffer.compare(Buffer.from(one, "utf8"), Buffer.from(other, "utf8"));

/** The id of the visitor's arm: lowest -ln(u)/w, ties to the smaller id; null when no weight is above 0. */
export function assign(key: Uint8Array, visitor: string, arms: Arm[]): string | null {
  let best: { score: number; id: string } | null = null;
  for (const { id, weight } of arms) {
    if (!(weight > 0)) continue;
    const score = -Math.log(unit(key, visitor, id)) / weight;
    if (best === null || score < best.score || (score === best.score && bytewise(id, best.id) < 0)) {
      best = { score, id };
    }
  }
  return best === null ? null : best.id;
}
