// Pictures of pages: each is fetched once and kept in memory, because a scan may not be kept by the browser's cache, and
// because every view of a scan is written down.

async function fetched(url, from, kept) {
  const answer = await fetch(from);
  if (!answer.ok) throw answer;
  const img = new Image();
  img.src = URL.createObjectURL(await answer.blob());
  kept.set(url, img.src);
  img.draggable = false;
  await img.decode();
  return img;
}

export class Pictures {
  constructor() {
    this.kept = new Map();
    this.addresses = new Map();
  }

  /** Takes over the picture that came with the page. */
  adopt(url, img) {
    const loading = img.decode().then(() => img);
    loading.catch(() => this.kept.delete(url));
    this.kept.set(url, loading);
  }

  /**
   * The picture as an element, decoded; fetched `from` another address where the same picture can be had before. Fails with the
   * answer of the server, or with an error when there was none.
   */
  get(url, from = url) {
    if (!this.kept.has(url)) {
      const loading = fetched(url, from, this.addresses);
      loading.catch(() => this.kept.delete(url));
      this.kept.set(url, loading);
    }
    return this.kept.get(url);
  }

  /** Lets go of all of them, or of all but those below `stays`. */
  drop(stays = null) {
    for (const url of [...this.kept.keys()].filter((url) => stays === null || !url.startsWith(stays))) {
      this.kept.delete(url);
      URL.revokeObjectURL(this.addresses.get(url));
      this.addresses.delete(url);
    }
  }
}
