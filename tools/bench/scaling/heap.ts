/** Values in the order of a number: a binary heap. */
export class Heap<T> {
  public readonly keys: number[] = [];
  private readonly values: T[] = [];

  public get size(): number {
    return this.keys.length;
  }

  public push(key: number, value: T): void {
    const { keys, values } = this;
    let i = keys.length;
    keys.push(key);
    values.push(value);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (keys[parent] <= key) {
        break;
      }
      keys[i] = keys[parent];
      values[i] = values[parent];
      i = parent;
    }
    keys[i] = key;
    values[i] = value;
  }

  public pop(): T {
    const { keys, values } = this;
    const top = values[0];
    const key = keys.pop() as number;
    const value = values.pop() as T;
    const n = keys.length;
    let i = 0;
    while (n > 0) {
      let child = 2 * i + 1;
      if (child >= n) {
        break;
      }
      if (child + 1 < n && keys[child + 1] < keys[child]) {
        child++;
      }
      if (keys[child] >= key) {
        break;
      }
      keys[i] = keys[child];
      values[i] = values[child];
      i = child;
    }
    if (n > 0) {
      keys[i] = key;
      values[i] = value;
    }
    return top;
  }

  public all(): readonly T[] {
    return this.values;
  }
}
