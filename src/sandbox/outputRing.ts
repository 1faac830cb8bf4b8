/** What is kept of a process's output: its beginning and its end, in bounded memory. Owns counting what was dropped between them. */

export class OutputRing {
  readonly #headLimit: number;
  readonly #tailLimit: number;
  readonly #head: Uint8Array[] = [];
  #headBytes = 0;
  #tail: Buffer | null = null;
  #tailBytes = 0;

  /** @param limits bytes kept at the head and at the tail */
  constructor(limits: { readonly head: number; readonly tail: number }) {
    this.#headLimit = limits.head;
    this.#tailLimit = limits.tail;
  }

  /** All bytes that came, kept or not. */
  get bytes(): number {
    return this.#headBytes + this.#tailBytes;
  }

  push(chunk: Uint8Array): void {
    const forHead = chunk.subarray(0, this.#headLimit - this.#headBytes);
    if (forHead.length > 0) {
      this.#head.push(Uint8Array.from(forHead)); // a copy: a small slice would keep its whole chunk alive
      this.#headBytes += forHead.length;
    }
    const rest = chunk.subarray(forHead.length);
    if (rest.length > 0) this.#pushTail(rest);
  }

  /** `dropped` bytes lie between `head` and `tail`. */
  kept(): { readonly head: Uint8Array; readonly tail: Uint8Array; readonly dropped: number } {
    const head = Buffer.concat(this.#head);
    if (this.#tail === null) return { head, tail: new Uint8Array(0), dropped: this.#tailBytes };
    const at = this.#tailBytes % this.#tailLimit;
    const tail = this.#tailBytes < this.#tailLimit ? this.#tail.subarray(0, at) : Buffer.concat([this.#tail.subarray(at), this.#tail.subarray(0, at)]);
    return { head, tail, dropped: this.#tailBytes - tail.length };
  }

  #pushTail(bytes: Uint8Array): void {
    const start = this.#tailBytes;
    this.#tailBytes += bytes.length;
    if (this.#tailLimit === 0) return;
    this.#tail ??= Buffer.alloc(this.#tailLimit);
    const skipped = Math.max(0, bytes.length - this.#tailLimit);
    const kept = bytes.subarray(skipped);
    const at = (start + skipped) % this.#tailLimit;
    const first = kept.subarray(0, this.#tailLimit - at);
    this.#tail.set(first, at);
    this.#tail.set(kept.subarray(first.length), 0);
  }
}
