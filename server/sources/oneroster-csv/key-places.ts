/** Which stretches of people hold a key: 8 bytes a person at most, where the keys themselves would take ten times that. */
export interface KeyPlaces {
  add(key: string, stretch: number): void;
  /** Stretches that may hold the key, each once. Whoever asks compares the keys themselves: two of them may share a hash. */
  of(key: string): readonly number[];
}

/** `count`: how many keys there will be at most. */
export function keyPlaces(count: number): KeyPlaces {
  const size = 2 ** Math.ceil(Math.log2(Math.max(8, count * 1.4)));
  const hashes = new Int32Array(size);
  // One more than the stretch; 0 says that the place is free.
  const stretches = new Uint32Array(size);
  const placeOf = (hash: number): number => (hash >>> 0) & (size - 1);
  const next = (place: number): number => (place + 1) & (size - 1);
  return {
    add(key, stretch) {
      const hash = hashOf(key);
      let place = placeOf(hash);
      while (stretches[place] !== 0 && (hashes[place] !== hash || stretches[place] !== stretch + 1)) place = next(place);
      hashes[place] = hash;
      stretches[place] = stretch + 1;
    },
    of(key) {
      const hash = hashOf(key);
      const found: number[] = [];
      for (let place = placeOf(hash); stretches[place] !== 0; place = next(place)) {
        if (hashes[place] === hash) found.push((stretches[place] ?? 1) - 1);
      }
      return found;
    },
  };
}

/** 32 bits of FNV-1a over UTF-16 units, mixed so that the low ones are as good as the high ones. */
export function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}
