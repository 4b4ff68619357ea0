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
    // What was asked for at another address than its own.
    this.elsewhere = new Set();
  }

  /** Keeps a picture that is coming, for as long as it does not fail. */
  keep(url, loading) {
    this.kept.set(url, loading);
    loading.catch(() => { if (this.kept.get(url) === loading) this.kept.delete(url); });
    return loading;
  }

  /** Takes over the picture that came with the page. */
  adopt(url, img) {
    this.keep(url, img.decode().then(() => img));
  }

  /**
   * The picture as an element, decoded; fetched `from` another address where the same picture can be had before. Fails with the
   * answer of the server, or with an error when there was none.
   */
  get(url, from = url) {
    const coming = this.kept.get(url);
    if (!coming) {
      if (from === url) this.elsewhere.delete(url);
      else this.elsewhere.add(url);
      return this.keep(url, fetched(url, from, this.addresses));
    }
    if (from !== url || !this.elsewhere.delete(url)) return coming;
    // The other address ends when the task is given (404): whoever was still waiting for it then is served by the picture's
    // own. Any other failure is told as it is, and what was let go of meanwhile is not fetched: nobody would free it.
    const served = coming.catch((failure) => {
      if (failure?.status !== 404 || this.kept.get(url) !== served) throw failure;
      return fetched(url, url, this.addresses);
    });
    return this.keep(url, served);
  }

  /** Lets go of all of them, or of all but those below `stays`. */
  drop(stays = null) {
    for (const url of [...this.kept.keys()].filter((url) => stays === null || !url.startsWith(stays))) {
      this.kept.delete(url);
      this.elsewhere.delete(url);
      URL.revokeObjectURL(this.addresses.get(url));
      this.addresses.delete(url);
    }
  }
}
