/** Does something `count` times, `size` at once. */
export async function inGroups(count: number, size: number, act: (index: number) => Promise<void>): Promise<void> {
  for (let first = 0; first < count; first += size) {
    const group = Array.from({ length: Math.min(size, count - first) }, (_, offset) => first + offset);
    await Promise.all(group.map(act));
  }
}
